"""Deadlines of one's own institution in words, never to be taken for the official ones. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from config.dates import day
from config.deadlines import BRUSSELS
from config.internal_deadlines import InternalDate, InternalDeadlines, Official
from notifier.histories import Followed
from notifier.passages import one_line, shorten
from store.models import Match, Opportunity
from store.opportunities import next_cutoff

WIDTH = 200
COUNTED = {"calendar_days": "days", "working_days": "working days"}


def internal_lines(
    group: Sequence[Match], rules: InternalDeadlines, language: str, now: datetime
) -> tuple[str, ...]:
    """Return what is due inside before the next deadline of the matches of one opportunity."""
    opportunity = group[0].opportunity
    upcoming = next_cutoff(opportunity, now)
    if upcoming is None:
        return ()
    departments = {match.profile.department for match in group}
    found = rules.before(_official(opportunity, departments, upcoming.day))
    return tuple(_line(one, language, now) for one in found)


def internal_dates(
    opportunity: Opportunity,
    followed: Followed,
    departments: Collection[str],
    rules: InternalDeadlines,
) -> tuple[InternalDate, ...]:
    """Return what is due inside before one date of an opportunity."""
    return rules.before(_official(opportunity, departments, followed.dated.day))


def whose(one: InternalDate) -> str:
    """Return what is due, and whose deadline it is.

    "NTNU: notice to the faculty (the university's own deadline)".
    """
    return f"{_named(one)} ({one_line(one.rule.label)})"


def how_counted(one: InternalDate) -> str:
    """Return how the day follows from the official one: "10 working days before …"."""
    number, unit = one.rule.days_before, COUNTED[one.rule.counted]
    return f"{number} {unit.removesuffix('s') if number == 1 else unit} before the official one"


def _official(opportunity: Opportunity, departments: Collection[str], on: date) -> Official:
    return Official(on, opportunity.programme, opportunity.action_types, departments)


def _line(one: InternalDate, language: str, now: datetime) -> str:
    label = one_line(one.rule.label)
    due = day(one.day, language)
    if one.day < now.astimezone(BRUSSELS).date():
        return f"{_named(one)} was due by {due}, which has passed ({label})"
    return f"{_named(one)} by {due} ({label})"


def _named(one: InternalDate) -> str:
    return shorten(f"{one_line(one.rule.institution)}: {one_line(one.rule.name)}", WIDTH)
