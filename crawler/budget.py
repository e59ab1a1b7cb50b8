"""What a topic pays, read from the budget of its whole call. Pure."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from crawler.records import BUDGET, BudgetLine, FieldError, Row
from store.collected import CollectedBudget


def read_budget(row: Row, topic_id: str) -> CollectedBudget:
    """Return the topic's own part of its call's budget.

    The portal prints the budget of the whole call on each topic; the topics of one list share one
    sum, which is repeated on each of its lines. Zero means that nothing is stated.
    """
    own = shared = Decimal()
    shared_by = 0
    mine: list[BudgetLine] = []
    for lines in row.document("budgetOverview", BUDGET).lines.values():
        matching = [line for line in lines if line.topic_id.casefold() == topic_id.casefold()]
        if not matching:
            continue
        mine += matching
        topics = len({line.topic_id.casefold() for line in lines})
        shared_by = max(shared_by, topics)
        amount = sum(map(_year_amount, matching[0].by_year.values()), Decimal())
        own, shared = (own + amount, shared) if topics == 1 else (own, shared + amount)
    return CollectedBudget(
        own_eur=own or None,
        shared_eur=shared or None,
        shared_by=shared_by,
        min_contribution_eur=_extreme(min, [line.min_contribution for line in mine]),
        max_contribution_eur=_extreme(max, [line.max_contribution for line in mine]),
        expected_grants=sum(line.expected_grants for line in mine) or None,
    )


def _extreme(choose: Callable[[list[int]], int], amounts: list[int]) -> Decimal | None:
    stated = [amount for amount in amounts if amount]
    return Decimal(choose(stated)) if stated else None


def _year_amount(text: str) -> Decimal:
    return read_euro(text) or Decimal()


def read_euro(text: str) -> Decimal | None:
    """Return an amount; None where none, or zero, is stated.

    Raises:
        FieldError: If it is no number.
    """
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise FieldError(f"budget: no amount: {text!r}") from error
    if not amount.is_finite() or amount < 0:
        raise FieldError(f"budget: no amount: {text!r}")
    return amount or None
