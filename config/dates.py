"""Days and hours as people write them in their language."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from config.translation import say, say_in

REMEMBERED = 4_000
"""Dates kept as written: readers of one evening are told the same ones."""


@lru_cache(REMEMBERED)
def day(value: date, language: str) -> str:
    """Return a date.

    >>> day(date(2026, 11, 17), "en"), day(date(2026, 11, 17), "nb")
    ('17 November 2026', '17. november 2026')
    """
    return format_date(value, say_in(language, "date pattern", "d MMMM y"), locale=language)


@lru_cache(REMEMBERED)
def full_day(value: date, language: str) -> str:
    """Return a date with its day of the week.

    >>> full_day(date(2026, 11, 17), "en"), full_day(date(2026, 11, 17), "nb")
    ('Tuesday 17 November 2026', 'tirsdag 17. november 2026')
    """
    return format_date(value, say_in(language, "date pattern", "EEEE d MMMM y"), locale=language)


@lru_cache(REMEMBERED)
def hour(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return the time of day in a zone: "17:00", in Norwegian "17.00"."""
    pattern = say_in(language, "date pattern", "HH:mm")
    return format_time(moment, pattern, tzinfo=zone, locale=language)


def day_and_hour(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Return a moment in a zone: "17 November 2026, 17:00"."""
    local = day(moment.astimezone(zone).date(), language)
    return say(language, "{day}, {hour}", day=local, hour=hour(moment, zone, language))
