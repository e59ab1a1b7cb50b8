"""What somebody searched for, as a calendar of its deadlines and as an Atom feed."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines
from config.translation import Said, say
from notifier.calendar import Deadlines, calendar_file
from notifier.entries import Entry
from notifier.facts import facts_of
from notifier.feeds import Feed, FeedEntry, atom_feed
from store.calendars import pasts
from store.facts import Selection
from store.models import Opportunity

NO_RULES = InternalDeadlines(rules=())
"""Deadlines of one's own institution are for its people; what is searched for is for everybody."""


def selection_calendar(session: Session, selection: Selection, now: datetime) -> bytes:
    """Return the deadlines of a selection, as iCalendar."""
    known = pasts(session, selection.opportunities)
    dated = [
        Deadlines(one, known[one.id], tellings=(), profiles=(), departments=frozenset())
        for one in selection.opportunities
    ]
    return calendar_file(dated, NO_RULES, selection.language, now).body


def selection_feed(selection: Selection, now: datetime) -> bytes:
    """Return a selection as Atom, what changed last first."""
    name = selection.name or say(selection.language, "everybody")
    feed = Feed(selection.address, name, selection.address, now, selection.language)
    told = [_told(one, selection.language, now) for one in selection.opportunities]
    return atom_feed(feed, told).body


def _told(opportunity: Opportunity, language: str, now: datetime) -> FeedEntry:
    facts = facts_of(opportunity, None, language, now)
    entry = Entry(
        opportunity_id=opportunity.id,
        content_hash=opportunity.content_hash,
        title=facts.title,
        topic_id=facts.topic_id,
        programme=facts.programme,
        actions=facts.actions,
        left=facts.left,
        dates_label=facts.dates_label,
        deadline=facts.dates,
        budget=facts.budget,
        who=facts.who,
        note=Said(""),
        band="",
        changes=(),
        why=(),
        also=(),
        url=facts.url,
    )
    return FeedEntry(opportunity.reference, entry, opportunity.last_changed_at)
