"""Calendars and feeds, made anew of the store whenever one is asked for; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from config.deadlines import BRUSSELS
from config.internal_deadlines import InternalDeadlines
from config.programmes import programme_name
from config.settings import Settings
from config.translation import SOURCE
from notifier.amounts import budget_line
from notifier.barred import offered
from notifier.calendars import calendar_of
from notifier.changes import change_lines
from notifier.composing import Post, Written, everything, post_of, written
from notifier.deadlines import deadline_lines
from notifier.entries import Entry, entry_of
from notifier.feeds import Feed, FeedEntry, atom_feed
from notifier.internal import internal_lines
from notifier.passages import one_line, safe_url
from notifier.quiet import watched
from notifier.turns import next_turn
from store.calendars import Published, feed_matches
from store.models import Change, Decision, Match, Opportunity, Profile, Subscriber
from store.opportunities import takes_proposals
from store.previews import Named, Preview
from store.readings import Readings


@dataclass(frozen=True, slots=True)
class Outline:
    """An opportunity in a few words."""

    title: str
    topic_id: str
    programme: str
    deadline: tuple[str, ...]
    budget: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes what is handed out under a link."""

    rules: InternalDeadlines
    settings: Settings

    def calendar(self, session: Session, subscriber_id: int, now: datetime) -> Published:
        """Return the deadlines of what a person was told of, and of what is approved for them."""
        subscriber = session.get_one(Subscriber, subscriber_id)
        return calendar_of(session, subscriber, self.rules, now)

    def preview(self, session: Session, subscriber_id: int, now: datetime) -> Preview | None:
        """Return the mail that a person would get if it were their turn; None where none is due."""
        turn = next_turn(session, subscriber_id, self.settings, now)
        reading = Readings(session).of({subscriber_id: turn.cadences})[subscriber_id]
        return _preview(written(session, reading, turn, self._post(session, now)))

    def everything(self, session: Session, subscriber_id: int, now: datetime) -> Preview | None:
        """Return all that is open for a person, as one mail; None where nothing is."""
        return _preview(everything(session, subscriber_id, self._post(session, now)))

    def told(self, match: Match, changes: Sequence[Change], language: str, now: datetime) -> Entry:
        """Return a match as its reader would be told of it, in Brussels time."""
        lines = change_lines(changes, language) if changes else ()
        return entry_of([match], lines, BRUSSELS, language, now)

    def told_topic(self, opportunity: Opportunity, language: str, now: datetime) -> Outline:
        """Return the facts of an opportunity that belongs to nobody yet, in Brussels time."""
        return Outline(
            one_line(opportunity.title),
            opportunity.topic_id,
            programme_name(opportunity.programme, language),
            deadline_lines(opportunity, now, BRUSSELS, language),
            budget_line(opportunity, language),
            safe_url(opportunity.url),
        )

    def profile_feed(
        self, session: Session, profile: Profile, address: str, now: datetime
    ) -> Published:
        """Return what is approved for a profile and may be told to readers, whoever: in English."""
        told = [
            self._entry(match, now)
            for match in offered(feed_matches(session, profile))
            if takes_proposals(match.opportunity, now)
        ]
        return atom_feed(Feed(profile.slug, profile.name, address, profile.updated_at), told)

    def _post(self, session: Session, now: datetime) -> Post:
        """Return what a mail needs that nobody sends: its links lead nowhere."""
        return post_of(self.settings, None, lambda: watched(session, now), now)

    def _entry(self, match: Match, now: datetime) -> FeedEntry:
        entry = entry_of([match], (), BRUSSELS, SOURCE, now)
        own = internal_lines([match], self.rules, SOURCE, now)
        changed = match.opportunity.last_changed_at
        decided = [review.at for review in match.reviews if review.decision is Decision.APPROVE]
        updated = max([changed, match.proposed_at, *decided])
        return FeedEntry(match.opportunity.reference, replace(entry, internal=own), updated)


def _preview(mail: Written | None) -> Preview | None:
    if mail is None:
        return None
    told = [Named(entry.opportunity_id, entry.title) for entry in mail.entries]
    return Preview(mail.rendered.subject, mail.rendered.text, mail.rendered.html, told)
