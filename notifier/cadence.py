"""When a digest is due. Pure: reads no clock, no database, no mail server."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from config.settings import Weekday
from store.models import Cadence

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time of one cadence: from ``start`` up to, and without, ``end``; UTC."""

    start: datetime
    end: datetime


def latest_window(
    cadence: Cadence, now: datetime, zone: ZoneInfo, weekday: Weekday, hour: int
) -> Window:
    """Return the last window that has ended at ``now``.

    A day's window ends at ``hour`` in ``zone``, a week's on ``weekday``, a month's on its first
    ``weekday``. Where the clock jumps over the hour, it is the moment of the jump; where the hour
    comes twice, the first of the two.

    >>> oslo = ZoneInfo("Europe/Oslo")
    >>> wednesday = datetime(2026, 5, 20, 6, tzinfo=UTC)
    >>> latest_window(Cadence.WEEKLY, wednesday, oslo, "mon", 8).end.isoformat()
    '2026-05-18T06:00:00+00:00'
    """
    today = now.astimezone(zone).date()
    moments = (
        datetime.combine(day, time(hour), zone).astimezone(UTC)
        for day in _scheduled_days(cadence, today, WEEKDAYS.index(weekday))
    )
    end, start = islice((moment for moment in moments if moment <= now), 2)
    return Window(start, end)


def due_windows(
    now: datetime, zone: ZoneInfo, weekday: Weekday, hour: int
) -> dict[Cadence, Window]:
    """Return the last window of every cadence that has ended at ``now``."""
    return {cadence: latest_window(cadence, now, zone, weekday, hour) for cadence in Cadence}


def _scheduled_days(cadence: Cadence, last: date, weekday: int) -> Iterator[date]:
    """Yield the days of a cadence from ``last`` backwards, without end."""
    day = last
    while True:
        if _is_scheduled(cadence, day, weekday):
            yield day
        day -= timedelta(days=1)


def _is_scheduled(cadence: Cadence, day: date, weekday: int) -> bool:
    match cadence:
        case Cadence.DAILY:
            return True
        case Cadence.WEEKLY:
            return day.weekday() == weekday
        case Cadence.MONTHLY:
            return day.weekday() == weekday and day.day <= 7
