"""Calendar files read back with a library that knows the standard."""

from typing import Any

from icalendar import Calendar


def calendar_of(body: bytes | str) -> Any:
    """Return a calendar; its parts are of so many types that a checker learns nothing of them."""
    calendar = Calendar.from_ical(body)
    assert not calendar.errors
    return calendar


def events_of(body: bytes | str) -> list[Any]:
    """Return the events of a calendar."""
    return list(calendar_of(body).walk("VEVENT"))
