"""Deadlines in words: Brussels time always, the reader's own where it differs, no stage 2."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from config.deadlines import BRUSSELS
from store.models import Cutoff, Kind, OpenTo, Opportunity, Origin, Status
from store.opportunities import next_cutoff, status_at

DAY = "d MMMM y"
FULL_DAY = "EEEE d MMMM y"
FURTHER = 5
"""How many later cut-offs are named."""


def deadline_lines(
    opportunity: Opportunity, now: datetime, zone: ZoneInfo, language: str
) -> tuple[str, ...]:
    """Return when to submit, as lines to print: opening, the next deadline, later cut-offs."""
    upcoming = next_cutoff(opportunity, now)
    if upcoming is None:
        dated = [_without_date(opportunity, language)]
    else:
        stage = ["stage 1; stage 2 by invitation only"] if upcoming.stage == 1 else []
        further = _further(_later(opportunity, upcoming), language)
        dated = [*_moment(upcoming, zone, language), *_remarks(upcoming), *stage, *further]
    if status_at(opportunity, now) is not Status.FORTHCOMING or not is_opening_known(opportunity):
        return tuple(dated)
    opening = f"opens {day(opportunity.opens_on, language)}"
    return (opening, f"deadline {dated[0]}" if upcoming else dated[0], *dated[1:])


def dates_label(lines: Sequence[str]) -> str:
    """Return what ``deadline_lines`` are called; where they begin with an opening, not a deadline.

    >>> dates_label(["opens 17 November 2026", "deadline 12 January 2027"])
    'Dates'
    """
    return "Dates" if lines and lines[0].startswith("opens ") else "Deadline"


def days_left_words(opportunity: Opportunity, now: datetime) -> str:
    """Return the days to the opening or the deadline as people say them; nothing without a date."""
    today = now.astimezone(BRUSSELS).date()
    if status_at(opportunity, now) is Status.FORTHCOMING:
        return _days_to_opening(opportunity, today)
    upcoming = next_cutoff(opportunity, now)
    if upcoming is None:
        return ""
    days = (upcoming.day - today).days
    if days < 1:
        return "closes today"
    return "closes tomorrow" if days == 1 else f"{days} days left"


def _days_to_opening(opportunity: Opportunity, today: date) -> str:
    days = (opportunity.opens_on - today).days
    if days < 1 or not is_opening_known(opportunity):
        return ""
    return f"opens in {days} day{'' if days == 1 else 's'}"


def is_opening_known(opportunity: Opportunity) -> bool:
    """Return whether ``opens_on`` says anything: not of a yearly call that is not published."""
    return opportunity.kind is not Kind.NATIONAL or bool(opportunity.cutoffs)


@lru_cache(1_000)
def day(value: date, language: str) -> str:
    """Return a date in full.

    >>> day(date(2026, 11, 17), "en")
    '17 November 2026'
    """
    return format_date(value, DAY, locale=language)


def _without_date(opportunity: Opportunity, language: str) -> str:
    """Return why there is no date ahead that anyone may use."""
    used = [cutoff for cutoff in opportunity.cutoffs if cutoff.open_to is OpenTo.ALL]
    if used:
        return _over(used, language)
    if opportunity.deadline_model == "continuous":
        return "open continuously, no deadline"
    if not is_opening_known(opportunity):
        return "deadline not published yet"
    return "deadline not stated by the source"


def _over(used: list[Cutoff], language: str) -> str:
    last = max(used, key=lambda cutoff: cutoff.deadline)
    if last.stage == 1:
        return "stage 1 is over; stage 2 by invitation only"
    return f"closed since {day(last.day, language)}"


def _remarks(cutoff: Cutoff) -> list[str]:
    """Return what a reader must know of a date before relying on it."""
    doubt = [] if cutoff.verified else ["date not verified – check the official page"]
    return [*doubt, cutoff.note] if cutoff.note else doubt


def _moment(cutoff: Cutoff, zone: ZoneInfo, language: str) -> list[str]:
    full = _full_day(cutoff.day, language)
    if cutoff.origin is Origin.UNKNOWN:
        return [f"{full}, hour not stated by the source"]
    hour = _hour(cutoff.deadline, BRUSSELS, language)
    rule = " (by rule)" if cutoff.origin is Origin.RULE else ""
    return [f"{full}, {hour} Brussels time{rule}", *_own_time(cutoff, zone, language)]


@lru_cache(1_000)
def _full_day(value: date, language: str) -> str:
    return format_date(value, FULL_DAY, locale=language)


@lru_cache(1_000)
def _hour(at: datetime, zone: ZoneInfo, language: str) -> str:
    return format_time(at, "HH:mm", tzinfo=zone, locale=language)


def _own_time(cutoff: Cutoff, zone: ZoneInfo, language: str) -> list[str]:
    brussels, own = cutoff.deadline.astimezone(BRUSSELS), cutoff.deadline.astimezone(zone)
    if own.replace(tzinfo=None) == brussels.replace(tzinfo=None):
        return []
    hour = _hour(cutoff.deadline, zone, language)
    other_day = "" if own.date() == brussels.date() else f"{day(own.date(), language)}, "
    return [f"{other_day}{hour} in your time zone ({zone.key})"]


def _later(opportunity: Opportunity, upcoming: Cutoff) -> list[Cutoff]:
    """Return the later dates that anyone may use; a second stage is never one of them."""
    return [
        c
        for c in opportunity.cutoffs
        if c.open_to is OpenTo.ALL and c.stage != 2 and c.deadline > upcoming.deadline
    ]


def _further(later: list[Cutoff], language: str) -> list[str]:
    if not later:
        return []
    named = ", ".join(_named(cutoff, language) for cutoff in later[:FURTHER])
    rest = len(later) - FURTHER
    return [f"further cut-offs: {named}" + (f" and {rest} more" if rest > 0 else "")]


def _named(cutoff: Cutoff, language: str) -> str:
    doubt = "" if cutoff.verified else "not verified"
    remarks = "; ".join(remark for remark in (doubt, cutoff.note) if remark)
    return day(cutoff.day, language) + (f" ({remarks})" if remarks else "")
