"""Calendars and feeds, made anew of the store whenever one is asked for; nothing is written."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from config.deadlines import BRUSSELS
from config.internal_deadlines import InternalDeadlines
from config.translation import SOURCE
from notifier.barred import offered
from notifier.calendar import calendar_file, known_deadlines
from notifier.entries import entry_of
from notifier.feeds import Feed, FeedEntry, atom_feed
from notifier.internal import internal_lines
from store.calendars import Published, calendar_rows, feed_matches
from store.models import Decision, Match, Profile, Subscriber
from store.opportunities import takes_proposals


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes what is handed out under a link."""

    rules: InternalDeadlines

    def calendar(self, session: Session, subscriber_id: int, now: datetime) -> Published:
        """Return the deadlines of what a person was told of, and of what is approved for them."""
        rows = calendar_rows(session, subscriber_id)
        may_be_told = [
            opportunity
            for opportunity, matches in rows.matches.items()
            if any(takes_proposals(match.opportunity, now) for match in offered(matches))
        ]
        return calendar_file(
            known_deadlines(rows, may_be_told), self.rules, _language(session, subscriber_id), now
        )

    def calendar_of(
        self, session: Session, subscriber_id: int, opportunities: frozenset[int], now: datetime
    ) -> Published:
        """Return the same of some opportunities alone: those that one digest tells of."""
        rows = calendar_rows(session, subscriber_id)
        some = replace(rows, opportunities=[r for r in rows.opportunities if r.id in opportunities])
        return calendar_file(
            known_deadlines(some, opportunities), self.rules, _language(session, subscriber_id), now
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

    def _entry(self, match: Match, now: datetime) -> FeedEntry:
        entry = entry_of([match], (), BRUSSELS, SOURCE, now)
        own = internal_lines([match], self.rules, SOURCE, now)
        changed = match.opportunity.last_changed_at
        decided = [review.at for review in match.reviews if review.decision is Decision.APPROVE]
        updated = max([changed, match.proposed_at, *decided])
        return FeedEntry(match.opportunity.reference, replace(entry, internal=own), updated)


def _language(session: Session, subscriber_id: int) -> str:
    return session.get_one(Subscriber, subscriber_id).language
