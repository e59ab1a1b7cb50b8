"""The hour of a deadline where the source gives a date alone: dated rules, read from YAML."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, HttpUrl

from config.documents import read_document

BRUSSELS = ZoneInfo("Europe/Brussels")


class DeadlineRule(BaseModel):
    """At which hour submissions to one programme end."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    programme: str
    time: time
    zone: str
    valid_from: date
    valid_to: date
    source: HttpUrl


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
        ConfigurationError: If the file is wrong.
    """
    return read_document(folder / "rules" / "deadlines.yaml", _Rules).rules


def placed_in_time(day: date, programme: str, rules: tuple[DeadlineRule, ...]) -> Moment:
    """Return the moment at which a deadline on ``day`` (Brussels) ends for ``programme``.

    >>> placed_in_time(date(2026, 9, 15), "unheard_of", ()).at.isoformat()
    '2026-09-15T21:59:59+00:00'
    """
    for rule in rules:
        if rule.programme == programme and rule.valid_from <= day <= rule.valid_to:
            local = datetime.combine(day, rule.time, ZoneInfo(rule.zone))
            return Moment(local.astimezone(UTC), rule.id)
    midnight = datetime.combine(day + timedelta(days=1), time(), BRUSSELS)
    return Moment(midnight.astimezone(UTC) - timedelta(seconds=1), None)
