"""When something happens, in a reader's own words and zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from config.dates import full_day, hour
from store.models import Subscriber
from web.site import reader_language


@dataclass(frozen=True, slots=True)
class When:
    """A moment in words."""

    day: str
    hour: str
    iso_day: str
    """As the fields of a form have it."""


def when(moment: datetime | None, subscriber: Subscriber) -> When | None:
    """Return a moment as its reader would say it; None where there is none."""
    if moment is None:
        return None
    zone, language = ZoneInfo(subscriber.time_zone), reader_language(subscriber)
    day = moment.astimezone(zone).date()
    return When(full_day(day, language), hour(moment, zone, language), day.isoformat())
