"""The hour of a deadline where the source gives a date alone: dated rules, read from YAML."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator

from config.documents import Fault, read_document, refuse_faults

BRUSSELS = ZoneInfo("Europe/Brussels")
NATIONAL = "national_action"
"""Kind of what national agencies run; its hour is never that of the programme's other actions."""

KindName = Literal["topic", "call_for_proposals", "cascade", "prize", "national_action"]
ActionPattern = Annotated[str, Field(pattern=r"^[\w-]+\*?$")]
"""A code of a type of action; a ``*`` at its end stands for any ending."""


class DeadlineRule(BaseModel):
    """At which hour submissions to one programme, or to a part of it, end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    programme: str
    kinds: tuple[KindName, ...] = ()
    """Kinds of opportunities; none named means all but national actions."""
    action_types: tuple[ActionPattern, ...] = ()
    """Codes of types of action; none named means all."""
    time: time
    zone: Literal["Europe/Brussels"]  # in any other, a rule could move a deadline to another day
    valid_from: date
    valid_to: date
    source: HttpUrl

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from > self.valid_to:
            raise ValueError(f"valid_from {self.valid_from} is after valid_to {self.valid_to}")
        if self.time.tzinfo is not None:
            raise ValueError("time: the zone stands in zone")
        return self

    @property
    def specificity(self) -> int:
        """How much of a programme it singles out: the type of action counts more than the kind."""
        return 2 * bool(self.action_types) + bool(self.kinds)

    def speaks_of(self, day: date, programme: str, kind: str, action_types: Iterable[str]) -> bool:
        """Return whether it says the hour of such an opportunity on ``day``."""
        return (
            self.programme == programme
            and self.valid_from <= day <= self.valid_to
            and (kind in self.kinds if self.kinds else kind != NATIONAL)
            and (
                not self.action_types
                or any(_fits(p, code) for p in self.action_types for code in action_types)
            )
        )


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[DeadlineRule, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A deadline placed in time."""

    at: datetime
    """UTC. The last second of the Brussels day where no rule knows the hour."""
    rule_id: str | None
    """The rule the hour comes from; None where no rule knows it."""


def deadline_rules(folder: Path) -> tuple[DeadlineRule, ...]:
    """Return the rules of the configuration ``folder``.

    Raises:
        ConfigurationError: If the file is wrong, or two of its rules contradict each other.
    """
    path = folder / "rules" / "deadlines.yaml"
    rules = read_document(path, _Rules).rules
    refuse_faults(path, _faults(rules))
    return rules


def placed_in_time(
    day: date,
    programme: str,
    rules: Iterable[DeadlineRule],
    *,
    kind: str = "topic",
    action_types: Iterable[str] = (),
) -> Moment:
    """Return the moment at which a deadline on ``day`` (Brussels) ends.

    Of the rules that speak of it the most specific one wins. Two equally specific ones can only
    meet where an opportunity has two types of action; then it is the earlier hour.

    >>> placed_in_time(date(2026, 9, 15), "unheard_of", ()).at.isoformat()
    '2026-09-15T21:59:59+00:00'
    """
    codes = tuple(action_types)
    fitting = [rule for rule in rules if rule.speaks_of(day, programme, kind, codes)]
    if fitting:
        rule = min(fitting, key=lambda rule: (-rule.specificity, rule.time))
        return Moment(datetime.combine(day, rule.time, BRUSSELS).astimezone(UTC), rule.id)
    midnight = datetime.combine(day + timedelta(days=1), time(), BRUSSELS)
    return Moment(midnight.astimezone(UTC) - timedelta(seconds=1), None)


def _fits(pattern: str, code: str) -> bool:
    if pattern.endswith("*"):
        return code.startswith(pattern[:-1])
    return code == pattern


def _faults(rules: tuple[DeadlineRule, ...]) -> Iterator[Fault]:
    for (_, one), (place, other) in combinations(enumerate(rules), 2):
        if one.id == other.id:
            yield ("rules", place, "id"), f"{other.id} stands twice"
        elif _contradict(one, other):
            yield (
                ("rules", place),
                f"{one.id} and {other.id} both say the hour of the same deadlines; name the kinds"
                " or action_types of one of them, or let their dates follow each other",
            )


def _contradict(one: DeadlineRule, other: DeadlineRule) -> bool:
    """Return whether the same deadline may fall under both, and neither is the more specific."""
    return (
        one.programme == other.programme
        and one.specificity == other.specificity
        and one.valid_from <= other.valid_to
        and other.valid_from <= one.valid_to
        and (not one.kinds or not other.kinds or bool(set(one.kinds) & set(other.kinds)))
        and (
            not one.action_types
            or any(_meet(p, q) for p in one.action_types for q in other.action_types)
        )
    )


def _meet(one: str, other: str) -> bool:
    """Return whether a code may fit both patterns."""
    return _fits(one, other.removesuffix("*")) or _fits(other, one.removesuffix("*"))
