"""Money in words. What the source does not state is never a zero, a call's budget never a grant."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_compact_decimal, format_decimal

from config.translation import say, say_many
from store.models import Kind, Opportunity


def budget_line(opportunity: Opportunity, language: str) -> str:
    """Return what one grant may bring and what there is in all."""
    parts = [_grants(opportunity, language), whole_budget(opportunity, language)]
    return "; ".join(part for part in parts if part) or say(language, "not stated by the source")


def _grants(opportunity: Opportunity, language: str) -> str:
    number = opportunity.expected_grants or 0
    size = grant_size(opportunity, language)
    if size and opportunity.kind is Kind.NATIONAL:  # sums to choose from, whatever a project costs
        return say(language, "a fixed lump sum, {size}", size=size)
    if not number:
        return say(language, "grants of {size} each", size=size) if size else ""
    if not size:
        return say_many(language, number, "about {n} grant", "about {n} grants")
    return say_many(
        language, number, "about {n} grant of {size}", "about {n} grants of {size} each", size=size
    )


def grant_size(opportunity: Opportunity, language: str) -> str:
    """Return what one project may get; nothing where the source does not state it."""
    least, most = opportunity.min_contribution_eur, opportunity.max_contribution_eur
    if least and most:
        return amount_range(least, most, language)
    if most:
        return say(language, "up to {amount}", amount=amount(most, language))
    return say(language, "at least {amount}", amount=amount(least, language)) if least else ""


def whole_budget(opportunity: Opportunity, language: str) -> str:
    """Return what there is in all; nothing where the source does not state it."""
    others = opportunity.budget_shared_by - 1
    if others < 1:
        own = opportunity.budget_eur
        return say(language, "{amount} in all", amount=amount(own, language)) if own else ""
    if not opportunity.shared_budget_eur:
        return say_many(
            language,
            others,
            "budget shared with {n} other topic",
            "budget shared with {n} other topics",
        )
    shared = amount(opportunity.shared_budget_eur, language)
    return say_many(
        language,
        others,
        "{amount} shared with {n} other topic",
        "{amount} shared with {n} other topics",
        amount=shared,
    )


def amount(eur: Decimal, language: str) -> str:
    """Return an amount as people say it.

    >>> amount(Decimal("18900000"), "en"), amount(Decimal("18900000"), "nb")
    ('EUR 18.9 million', '18,9 millioner euro')
    """
    return _euro(_number(eur, language), language)


def amount_range(least: Decimal, most: Decimal, language: str) -> str:
    """Return a range, its unit said once.

    >>> amount_range(Decimal("9e6"), Decimal("9e6"), "en")
    'EUR 9 million'
    """
    low, high = _number(least, language), _number(most, language)
    if low == high:
        return _euro(low, language)
    number, _, unit = low.partition(" ")
    same_unit = unit and high.endswith(f" {unit}")
    dash = "–" if same_unit or not unit else " – "
    return _euro(f"{number if same_unit else low}{dash}{high}", language)


def _euro(number: str, language: str) -> str:
    return say(language, "EUR {number}", number=number)


@lru_cache(4_000)  # readers of one evening are told the same amounts
def _number(eur: Decimal, language: str) -> str:
    if eur < 1_000_000:
        return format_decimal(eur, format="#,##0", locale=language)
    return format_compact_decimal(eur, format_type="long", locale=language, fraction_digits=2)
