"""How often something was asked for, counted in stretches of time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from store.models import RateCount
from store.once import insert_once

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """How often something was asked for in the present stretch of time."""

    number: int
    """This time included."""
    until: datetime
    """When counting begins anew."""


def count_asking(session: Session, key: str, window: timedelta, now: datetime) -> Asked:
    """Count that something was asked for once more, and return how often it was."""
    start = now - (now - EPOCH) % window
    insert_once(session, RateCount, {"key": key, "window_start": start, "number": 0})
    number = session.scalars(
        update(RateCount)
        .where(RateCount.key == key, RateCount.window_start == start)
        .values(number=RateCount.number + 1)
        .returning(RateCount.number)
    ).one()
    return Asked(number, start + window)
