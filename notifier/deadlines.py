"""Deadlines in words: Brussels time always, the reader's own where it differs, no stage 2."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.dates import day, full_day, hour
from config.deadlines import BRUSSELS
from config.translation import say, say_kept, say_many, translatable
from store.models import Cutoff, OpenTo, Opportunity, Origin, Status
from store.opportunities import is_opening_known, next_cutoff, status_at

FURTHER = 5
"""How many later cut-offs are named."""

NEXT_DAYS = {0: translatable("closes today"), 1: translatable("closes tomorrow")}
"""Days to a deadline that have words of their own."""


def deadline_lines(
    opportunity: Opportunity, now: datetime, zone: ZoneInfo, language: str
) -> tuple[str, ...]:
    """Return when to submit, as lines to print: opening, the next deadline, later cut-offs."""
    upcoming = next_cutoff(opportunity, now)
    if upcoming is None:
        dated = [_without_date(opportunity, language)]
    else:
        further = _further(_later(opportunity, upcoming), language)
        told = [*_remarks(upcoming, language), *_stage(upcoming, language), *further]
        dated = [*_moment(upcoming, zone, language), *told]
    if not _begins_with_opening(opportunity, now):
        return tuple(dated)
    opening = say(language, "opens {day}", day=day(opportunity.opens_on, language))
    first = say(language, "deadline {moment}", moment=dated[0]) if upcoming else dated[0]
    return (opening, first, *dated[1:])


def dates_label(opportunity: Opportunity, now: datetime, language: str) -> str:
    """Return what ``deadline_lines`` are called: they may begin with an opening."""
    if _begins_with_opening(opportunity, now):
        return say(language, "Dates")
    return say(language, "Deadline")


def days_left_words(opportunity: Opportunity, now: datetime, language: str) -> str:
    """Return the days to the opening or the deadline as people say them; nothing without a date."""
    today = now.astimezone(BRUSSELS).date()
    if status_at(opportunity, now) is Status.FORTHCOMING:
        return _days_to_opening(opportunity, today, language)
    upcoming = next_cutoff(opportunity, now)
    return _days_to_deadline(max(0, (upcoming.day - today).days), language) if upcoming else ""


def _begins_with_opening(opportunity: Opportunity, now: datetime) -> bool:
    return status_at(opportunity, now) is Status.FORTHCOMING and is_opening_known(opportunity)


def _days_to_deadline(days: int, language: str) -> str:
    if days in NEXT_DAYS:
        return say(language, NEXT_DAYS[days])
    return say_many(language, days, "{n} day left", "{n} days left")


def _days_to_opening(opportunity: Opportunity, today: date, language: str) -> str:
    days = (opportunity.opens_on - today).days
    if days < 1 or not is_opening_known(opportunity):
        return ""
    return say_many(language, days, "opens in {n} day", "opens in {n} days")


def _without_date(opportunity: Opportunity, language: str) -> str:
    """Return why there is no date ahead that anyone may use."""
    used = [cutoff for cutoff in opportunity.cutoffs if cutoff.open_to is OpenTo.ALL]
    if used:
        return _over(used, language)
    if opportunity.deadline_model == "continuous":
        return say(language, "open continuously, no deadline")
    if not is_opening_known(opportunity):
        return say(language, "deadline not published yet")
    return say(language, "deadline not stated by the source")


def _over(used: list[Cutoff], language: str) -> str:
    last = max(used, key=lambda cutoff: cutoff.deadline)
    if last.stage == 1:
        return say(language, "stage 1 is over; stage 2 by invitation only")
    return say(language, "closed since {day}", day=day(last.day, language))


def _remarks(cutoff: Cutoff, language: str) -> list[str]:
    """Return what a reader must know of a date before relying on it."""
    unsure = say(language, "date not verified – check the official page")
    return [*([] if cutoff.verified else [unsure]), *_note(cutoff, language)]


def _note(cutoff: Cutoff, language: str) -> list[str]:
    return [say_kept(language, "note", cutoff.note).text] if cutoff.note else []


def _stage(cutoff: Cutoff, language: str) -> list[str]:
    return [say(language, "stage 1; stage 2 by invitation only")] if cutoff.stage == 1 else []


def _moment(cutoff: Cutoff, zone: ZoneInfo, language: str) -> list[str]:
    full = full_day(cutoff.day, language)
    if cutoff.origin is Origin.UNKNOWN:
        return [say(language, "{day}, hour not stated by the source", day=full)]
    at = hour(cutoff.deadline, BRUSSELS, language)
    if cutoff.origin is Origin.RULE:
        official = say(language, "{day}, {hour} Brussels time (by rule)", day=full, hour=at)
    else:
        official = say(language, "{day}, {hour} Brussels time", day=full, hour=at)
    return [official, *_own_time(cutoff, zone, language)]


def _own_time(cutoff: Cutoff, zone: ZoneInfo, language: str) -> list[str]:
    brussels, own = cutoff.deadline.astimezone(BRUSSELS), cutoff.deadline.astimezone(zone)
    if own.replace(tzinfo=None) == brussels.replace(tzinfo=None):
        return []
    at = hour(cutoff.deadline, zone, language)
    if own.date() == brussels.date():
        return [say(language, "{hour} in your time zone ({zone})", hour=at, zone=zone.key)]
    form = translatable("{day}, {hour} in your time zone ({zone})")
    return [say(language, form, day=day(own.date(), language), hour=at, zone=zone.key)]


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
    if rest < 1:
        return [say(language, "further cut-offs: {dates}", dates=named)]
    return [say(language, "further cut-offs: {dates} and {n} more", dates=named, n=rest)]


def _named(cutoff: Cutoff, language: str) -> str:
    doubt = [] if cutoff.verified else [say(language, "not verified")]
    remarks = "; ".join([*doubt, *_note(cutoff, language)])
    return day(cutoff.day, language) + (f" ({remarks})" if remarks else "")
