"""When a digest is due. Pure: reads no clock, no database, no mail server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from config.settings import Weekday
from store.models import Cadence

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

MADE_UP = timedelta(days=7)
"""How long ago a window may have ended that nobody was asked for, as when a machine was off."""

INSTANT = timedelta(hours=1)
"""Length of the windows of what cannot wait: one mail in each at most."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time of one cadence: from ``start`` up to, and without, ``end``; UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rhythm:
    """On which day and at which hour a reader is written to."""

    zone: ZoneInfo
    """In which the day and the hour are meant."""
    weekday: Weekday
    """Of weekly and monthly digests."""
    hour: int


def latest_window(cadence: Cadence, now: datetime, rhythm: Rhythm) -> Window:
    """Return the last window that has ended at ``now``.

    A day's window ends at the reader's hour, a week's on their weekday, a month's on its first such
    weekday. Where the clock jumps over the hour, it is the moment of the jump; where the hour comes
    twice, the first of the two. What cannot wait has a window in each hour.

    >>> oslo = Rhythm(ZoneInfo("Europe/Oslo"), "mon", 8)
    >>> wednesday = datetime(2026, 5, 20, 6, tzinfo=UTC)
    >>> latest_window(Cadence.WEEKLY, wednesday, oslo).end.isoformat()
    '2026-05-18T06:00:00+00:00'
    """
    if cadence is Cadence.INSTANT:
        end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return Window(end - INSTANT, end)
    return _latest(cadence, now.astimezone(rhythm.zone).date(), now.astimezone(UTC), rhythm)


def is_asked_for(window: Window, now: datetime) -> bool:
    """Return whether the scheduler asks who is due in ``window``, also when that is late."""
    return now - window.end <= MADE_UP


def has_struck(rhythm: Rhythm, now: datetime) -> bool:
    """Return whether the reader's hour of this day has come."""
    return now.astimezone(rhythm.zone).hour >= rhythm.hour


@lru_cache(maxsize=4096)
def _latest(cadence: Cadence, today: date, now: datetime, rhythm: Rhythm) -> Window:
    moments = (
        datetime.combine(day, time(rhythm.hour), rhythm.zone).astimezone(UTC)
        for day in _scheduled_days(cadence, today, WEEKDAYS.index(rhythm.weekday))
    )
    end, start = islice((moment for moment in moments if moment <= now), 2)
    return Window(start, end)


def _scheduled_days(cadence: Cadence, last: date, weekday: int) -> Iterator[date]:
    """Yield the days of a cadence from ``last`` backwards, without end."""
    day = last
    while True:
        if _is_scheduled(cadence, day, weekday):
            yield day
        day -= timedelta(days=1)


def _is_scheduled(cadence: Cadence, day: date, weekday: int) -> bool:
    match cadence:
        case Cadence.DAILY | Cadence.INSTANT:
            return True
        case Cadence.WEEKLY:
            return day.weekday() == weekday
        case Cadence.MONTHLY:
            return day.weekday() == weekday and day.day <= 7
