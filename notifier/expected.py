"""When a reader may next be written to. Pure: reads no clock, no database, no mail server."""

from datetime import datetime, timedelta

from notifier.cadence import Rhythm, latest_window
from store.models import Cadence

STEP = timedelta(hours=12)
"""Shorter than any window that ends on a day."""


def next_end(cadence: Cadence, now: datetime, rhythm: Rhythm) -> datetime:
    """Return when the window ends that is open at ``now``.

    >>> from datetime import UTC
    >>> from zoneinfo import ZoneInfo
    >>> oslo = Rhythm(ZoneInfo("Europe/Oslo"), "mon", 8)
    >>> next_end(Cadence.WEEKLY, datetime(2026, 5, 20, 6, tzinfo=UTC), oslo).isoformat()
    '2026-05-25T06:00:00+00:00'
    """
    step = timedelta(hours=1) if cadence is Cadence.INSTANT else STEP
    moment = now
    while (end := latest_window(cadence, moment, rhythm).end) <= now:
        moment += step
    return end
