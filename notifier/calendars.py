"""A person's calendar: the whole of it behind a link, or what one mail tells of, with that mail."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines
from config.translation import best_language
from notifier.barred import offered
from notifier.calendar import calendar_file, known_deadlines
from store.calendars import Published, calendar_rows
from store.models import Subscriber
from store.opportunities import takes_proposals


def calendar_of(
    session: Session, subscriber: Subscriber, rules: InternalDeadlines, now: datetime
) -> Published:
    """Return the deadlines of what a person was told of, and of what is approved for them."""
    rows = calendar_rows(session, subscriber.id)
    may_be_told = [
        opportunity
        for opportunity, matches in rows.matches.items()
        if any(takes_proposals(match.opportunity, now) for match in offered(matches))
    ]
    known = known_deadlines(rows, may_be_told)
    return calendar_file(known, rules, best_language(subscriber.language), now)


def calendar_of_some(
    session: Session,
    subscriber: Subscriber,
    opportunities: Collection[int],
    rules: InternalDeadlines,
    now: datetime,
) -> Published:
    """Return the same of some opportunities alone: those that one mail tells of."""
    rows = calendar_rows(session, subscriber.id)
    some = replace(rows, opportunities=[r for r in rows.opportunities if r.id in opportunities])
    known = known_deadlines(some, opportunities)
    return calendar_file(known, rules, best_language(subscriber.language), now)
