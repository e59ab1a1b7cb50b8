"""Deadlines of one's own institution in words, never to be taken for the official ones. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from config.dates import day
from config.deadlines import BRUSSELS
from config.internal_deadlines import InternalDate, InternalDeadlines, Official
from config.translation import say, say_many, translatable
from notifier.histories import Followed
from notifier.passages import one_line, shorten
from store.models import Match, Opportunity
from store.opportunities import next_cutoff

WIDTH = 200


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


def whose(one: InternalDate, language: str) -> str:
    """Return what is due, and whose deadline it is.

    "NTNU: notice to the faculty (the university's own deadline)".
    """
    return f"{_named(one, language)} ({_label(one, language)})"


def how_counted(one: InternalDate, official: date, language: str) -> str:
    """Return how the day follows from the official one: "10 working days before …"."""
    number, counted = one.rule.days_before, day(official, language)
    if one.rule.counted == "working_days":
        return say_many(
            language,
            number,
            "{n} working day before the official one, which is {day}.",
            "{n} working days before the official one, which is {day}.",
            day=counted,
        )
    return say_many(
        language,
        number,
        "{n} day before the official one, which is {day}.",
        "{n} days before the official one, which is {day}.",
        day=counted,
    )


def _official(opportunity: Opportunity, departments: Collection[str], on: date) -> Official:
    return Official(on, opportunity.programme, opportunity.action_types, departments)


def _line(one: InternalDate, language: str, now: datetime) -> str:
    form = translatable("{what} by {day} ({label})")
    if one.day < now.astimezone(BRUSSELS).date():
        form = translatable("{what} was due by {day}, which has passed ({label})")
    what, due = _named(one, language), day(one.day, language)
    return say(language, form, what=what, day=due, label=_label(one, language))


def _named(one: InternalDate, language: str) -> str:
    rule = one.rule
    return shorten(f"{one_line(rule.institution)}: {one_line(rule.named(language))}", WIDTH)


def _label(one: InternalDate, language: str) -> str:
    return one_line(one.rule.labelled(language))
