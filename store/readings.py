"""What the mails of many readers depend on, read together: few queries, and no row twice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from store.digests import NEVER_ARRIVED, Item, Ledger, Told
from store.feedback import is_set_aside, last_words
from store.filters import Filters
from store.models import (
    Cadence,
    Change,
    Match,
    Message,
    MessageItem,
    Opportunity,
    ReviewStatus,
    Subscriber,
    Subscription,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader's mail depends on."""

    subscriber: Subscriber
    matches: Sequence[Match]
    """What they may be told at the cadences that were asked for, as their subscriptions filter."""
    known: Ledger


class Readings:
    """Reads what mails depend on; the approved matches of a profile once for all its readers."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._approved: dict[int, list[Match]] = {}

    def of(self, turns: Mapping[int, Collection[Cadence]]) -> dict[int, Reading]:
        """Return what the mail of each reader depends on, by their id.

        Args:
            turns: Id of a reader → cadences that are told.
        """
        people = self._session.scalars(
            select(Subscriber)
            .where(Subscriber.id.in_(turns))
            .options(selectinload(Subscriber.subscriptions).joinedload(Subscription.profile))
        ).all()
        known = ledgers(self._session, people)
        return {
            one.id: Reading(one, self._followed(one, turns[one.id]), known[one.id])
            for one in people
        }

    def _followed(self, person: Subscriber, cadences: Collection[Cadence]) -> list[Match]:
        told = [one for one in person.subscriptions if one.cadence in cadences]
        self._read_approved({one.profile_id for one in told} - self._approved.keys())
        return [
            match
            for one in told
            for match in self._approved[one.profile_id]
            if Filters.of(one).let_through(match)
        ]

    def _read_approved(self, profile_ids: Collection[int]) -> None:
        if not profile_ids:
            return
        found: dict[int, list[Match]] = {profile_id: [] for profile_id in profile_ids}
        query = _matches_of(profile_ids).where(
            Match.review_status == ReviewStatus.APPROVED,
            Match.current,
            Match.content_hash == Opportunity.content_hash,  # what was approved, and no other
            Opportunity.missing_since.is_(None),
        )
        for match in self._session.scalars(query):
            found[match.profile_id].append(match)
        self._approved |= found


def approved_matches(
    session: Session, subscriber_id: int, cadences: Collection[Cadence]
) -> Sequence[Match]:
    """Return what a person may be told at ``cadences``, as their subscriptions filter it.

    The matches are approved and current, of the profiles they follow.
    """
    return Readings(session).of({subscriber_id: cadences})[subscriber_id].matches


def ledgers(session: Session, people: Collection[Subscriber]) -> dict[int, Ledger]:
    """Return what each was told, follows and dismissed, and what changed since, by their id."""
    ids = [one.id for one in people]
    tellings = _tellings(session, ids)
    words = last_words(session, ids)
    dismissed = last_words(session, ids, Verdict.DISMISSED)
    followed = {one: _useful(words[one]) for one in ids}
    since = {
        one: followed[one] | {item.opportunity_id: at for item, at in tellings[one]} for one in ids
    }
    changes = _changes(session, since.values())
    matches = _known_matches(session, people, set().union(*since.values()))
    return {
        one.id: Ledger(
            {item.opportunity_id: Told(item.content_hash, at) for item, at in tellings[one.id]},
            frozenset(dismissed[one.id]),
            _later(changes, since[one.id]),
            followed[one.id],
            _reminders(tellings[one.id]),
            [match for match in _of(one, matches) if match.opportunity_id in since[one.id]],
        )
        for one in people
    }


def _tellings(session: Session, ids: Collection[int]) -> dict[int, list[tuple[Item, datetime]]]:
    """Return what each was told and when, oldest first."""
    rows = session.execute(
        select(
            Message.subscriber_id,
            Message.composed_at,
            MessageItem.opportunity_id,
            MessageItem.content_hash,
            MessageItem.reminder,
        )
        .join(Message, Message.id == MessageItem.message_id)
        .where(Message.subscriber_id.in_(ids), Message.state.not_in(NEVER_ARRIVED))
        .order_by(Message.composed_at, Message.id)
    )
    found: dict[int, list[tuple[Item, datetime]]] = {one: [] for one in ids}
    for person, at, number, content, reminder in rows:
        found[person].append((Item(number, content, reminder), at))
    return found


def _reminders(tellings: Iterable[tuple[Item, datetime]]) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for item, _ in tellings:
        if item.reminder is not None:
            found[item.opportunity_id] |= {item.reminder}
    return found


def _useful(words: Mapping[int, tuple[Verdict, datetime]]) -> dict[int, datetime]:
    return {number: at for number, (verdict, at) in words.items() if verdict is Verdict.USEFUL}


def _changes(
    session: Session, since: Collection[Mapping[int, datetime]]
) -> dict[int, list[Change]]:
    """Return the changes of what anyone knows since the first of them knew it, oldest first."""
    changes: dict[int, list[Change]] = defaultdict(list)
    first = min((at for known in since for at in known.values()), default=None)
    if first is None:
        return changes
    known_of = set[int]().union(*since)
    query = select(Change).where(Change.opportunity_id.in_(known_of), Change.detected_at > first)
    for row in session.scalars(query.order_by(Change.id)):
        changes[row.opportunity_id].append(row)
    return changes


def _later(
    changes: Mapping[int, Sequence[Change]], since: Mapping[int, datetime]
) -> dict[int, Sequence[Change]]:
    later = {
        number: [change for change in changes[number] if change.detected_at > since[number]]
        for number in changes.keys() & since.keys()
    }
    return {number: some for number, some in later.items() if some}


def _known_matches(
    session: Session, people: Iterable[Subscriber], known: Collection[int]
) -> dict[int, list[Match]]:
    """Return the matches of what is known, but those an adviser decided against, by profile."""
    matches: dict[int, list[Match]] = defaultdict(list)
    if not known:
        return matches
    profile_ids = {followed.profile_id for one in people for followed in one.subscriptions}
    query = _matches_of(profile_ids).where(
        Match.opportunity_id.in_(known), Match.review_status != ReviewStatus.REJECTED
    )
    for match in session.scalars(query):
        matches[match.profile_id].append(match)
    return matches


def _of(person: Subscriber, matches: Mapping[int, Sequence[Match]]) -> list[Match]:
    return [match for one in person.subscriptions for match in matches.get(one.profile_id, ())]


def _matches_of(profile_ids: Collection[int]) -> Select[Match]:
    """Ask for matches of profiles that nobody set aside."""
    return (
        select(Match)
        .join(Opportunity, Opportunity.id == Match.opportunity_id)
        .where(Match.profile_id.in_(profile_ids), ~is_set_aside())
        .options(
            joinedload(Match.profile),
            joinedload(Match.opportunity).selectinload(Opportunity.cutoffs),
        )
        .order_by(Match.id)
    )
