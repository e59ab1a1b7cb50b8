"""By what a search is narrowed down: what each opportunity has of it, and how that is called."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from config.programmes import programme_name
from config.translation import say, translatable
from store.eligibility import Eligibility
from store.filters import is_action
from store.models import Kind, Opportunity, Status
from store.opportunities import next_cutoff, status_at
from web.choices import ACTION_TYPES


@dataclass(frozen=True, slots=True)
class Item:
    """An opportunity as it is narrowed down by, at one moment."""

    opportunity: Opportunity
    eligibility: Eligibility | None
    """None where nobody judged yet."""
    now: datetime


Words: TypeAlias = Callable[[str, str], str]
"""Returns what a value is called, of the value and a language."""


@dataclass(frozen=True, slots=True)
class Facet:
    """Something to narrow a search down by."""

    title: str
    values: Callable[[Item], Iterable[str]]
    words: Words
    order: tuple[str, ...] = ()
    """The values as they are shown; empty where the most frequent comes first."""
    usual: tuple[str, ...] = ()
    """What is chosen where nothing is."""
    passes: bool = False
    """Whether the same opportunity has other values as time passes."""


STATUSES: dict[str, str] = {
    Status.OPEN: translatable("open"),
    Status.FORTHCOMING: translatable("forthcoming"),
    Status.INVITED: translatable("only for those invited to stage 2"),
    Status.CLOSED: translatable("closed"),
}
KINDS: dict[str, str] = {
    Kind.TOPIC: translatable("topic of a call"),
    Kind.PROPOSALS: translatable("call for proposals of the external action"),
    Kind.CASCADE: translatable("cascade funding"),
    Kind.PRIZE: translatable("prize"),
    Kind.NATIONAL: translatable("applied for at a national agency"),
}
WINDOWS = {
    "7": translatable("within a week"),
    "30": translatable("within 30 days"),
    "90": translatable("within 90 days"),
    "180": translatable("within half a year"),
    "none": translatable("no date stated"),
}
"""Days to the next deadline, each with those before."""

BUDGETS = {
    "small": translatable("up to EUR 500,000"),
    "medium": translatable("EUR 500,000 to 2 million"),
    "large": translatable("EUR 2 to 5 million"),
    "huge": translatable("above EUR 5 million"),
    "unknown": translatable("not stated"),
}
"""By the greatest contribution to one project."""

CEILINGS = (
    ("small", Decimal(500_000)),
    ("medium", Decimal(2_000_000)),
    ("large", Decimal(5_000_000)),
)
ROLES = {
    "coordinator": translatable("we may lead"),
    "beneficiary": translatable("we may join with funding"),
    "associated_partner": translatable("we may join without funding"),
    "unclear": translatable("not clear"),
}


def _programme(item: Item) -> Iterable[str]:
    return (item.opportunity.programme,)


def _status(item: Item) -> Iterable[str]:
    return (status_at(item.opportunity, item.now).value,)


def _actions(item: Item) -> Iterator[str]:
    """Yield the short types of an opportunity; a code of which none is known stands for itself."""
    for code in item.opportunity.action_types:
        short = [one for one in ACTION_TYPES if is_action(code, one)]
        yield from short or [code]


def _windows(item: Item) -> Iterator[str]:
    cutoff = next_cutoff(item.opportunity, item.now)
    if cutoff is None:
        yield "none"
        return
    for days in ("7", "30", "90", "180"):
        if cutoff.deadline <= item.now + timedelta(days=int(days)):
            yield days


def _budget(item: Item) -> Iterable[str]:
    most = item.opportunity.max_contribution_eur or item.opportunity.min_contribution_eur
    if most is None:
        return ("unknown",)
    return (next((name for name, ceiling in CEILINGS if most <= ceiling), "huge"),)


def _roles(item: Item) -> Iterator[str]:
    if item.eligibility is None:
        return
    answers = {verdict.role: verdict.answer for verdict in item.eligibility.roles}
    yield from (role for role, answer in answers.items() if answer == "yes")
    if "unknown" in (answers["coordinator"], answers["beneficiary"]):
        yield "unclear"


def _call(item: Item) -> Iterable[str]:
    return (item.opportunity.call_id,) if item.opportunity.call_id else ()


def _destination(item: Item) -> Iterable[str]:
    return (item.opportunity.destination,) if item.opportunity.destination else ()


def _kind(item: Item) -> Iterable[str]:
    return (item.opportunity.kind.value,)


def _of(table: Mapping[str, str]) -> Words:
    return lambda value, language: say(language, table[value]) if value in table else value


def _itself(value: str, _: str) -> str:
    return value


FACETS: dict[str, Facet] = {
    "status": Facet(
        translatable("Status"),
        _status,
        _of(STATUSES),
        tuple(STATUSES),
        usual=(Status.OPEN.value, Status.FORTHCOMING.value),
        passes=True,
    ),
    "closes": Facet(translatable("Deadline"), _windows, _of(WINDOWS), tuple(WINDOWS), passes=True),
    "role": Facet(translatable("Who may apply"), _roles, _of(ROLES), tuple(ROLES)),
    "programme": Facet(translatable("Programme"), _programme, programme_name),
    "action": Facet(translatable("Type of action"), _actions, _of(ACTION_TYPES)),
    "budget": Facet(translatable("Size of a grant"), _budget, _of(BUDGETS), tuple(BUDGETS)),
    "kind": Facet(translatable("Kind"), _kind, _of(KINDS), tuple(KINDS)),
    "destination": Facet(translatable("Destination"), _destination, _itself),
    "call": Facet(translatable("Call"), _call, _itself),
}
"""By their names in an address, in the order in which they are shown."""
