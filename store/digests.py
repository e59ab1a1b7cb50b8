"""What a person may be told, what they know, and keeping the mail that tells it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from store.feedback import is_set_aside, last_words
from store.filters import Filters
from store.models import (
    Cadence,
    Change,
    Match,
    Message,
    MessageItem,
    MessageState,
    Opportunity,
    Purpose,
    ReviewStatus,
    Subscription,
    Verdict,
)
from store.once import insert_once

NEVER_ARRIVED = (MessageState.FAILED, MessageState.EXPIRED)
"""States of a mail that told nobody anything."""


@dataclass(frozen=True, slots=True)
class Told:
    """An opportunity as a person was last told of it."""

    content_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a person knows already."""

    told: Mapping[int, Told]
    """By opportunity id."""
    dismissed: frozenset[int]
    """Ids of opportunities the person wants to hear no more of."""
    changes: Mapping[int, Sequence[Change]]
    """What changed since the telling, or since it was followed, oldest first, by opportunity id."""
    followed: Mapping[int, datetime] = field(default_factory=dict)
    """Since when the person calls an opportunity useful, by opportunity id."""
    reminders: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Deadlines that were brought to mind (``MessageItem.reminder``), by opportunity id."""
    matches: Sequence[Match] = ()
    """Of what was told or is followed, for the person's profiles, approved as it is now or not."""


@dataclass(frozen=True, slots=True)
class Item:
    """One opportunity in a mail."""

    opportunity_id: int
    content_hash: str
    """Content that is told."""
    reminder: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail about to be kept."""

    digest_run_id: int | None
    subscriber_id: int
    message_id: str
    body: bytes
    items: tuple[Item, ...]
    purpose: Purpose = Purpose.DIGEST


def approved_matches(
    session: Session, subscriber_id: int, cadences: Collection[Cadence]
) -> Sequence[Match]:
    """Return what a person may be told at ``cadences``, as their subscriptions filter it.

    The matches are approved and current, of the profiles they follow.
    """
    rows = session.execute(
        _followed_profiles(subscriber_id)
        .add_columns(Subscription)
        .where(Subscription.cadence.in_(cadences))
        .where(Match.review_status == ReviewStatus.APPROVED, Match.current)
        .where(Match.content_hash == Opportunity.content_hash)  # what was approved, and no other
        .where(Opportunity.missing_since.is_(None))
    )
    return [match for match, followed in rows if Filters.of(followed).let_through(match)]


def ledger(session: Session, subscriber_id: int) -> Ledger:
    """Return what a person was told, follows and dismissed, and what changed since."""
    told = _told(session, subscriber_id)
    words = last_words(session, subscriber_id)
    followed = {number: at for number, (verdict, at) in words.items() if verdict is Verdict.USEFUL}
    since = followed | {number: one.at for number, one in told.items()}
    return Ledger(
        told,
        dismissed(session, subscriber_id),
        _changes_since(session, since),
        followed,
        _reminders(session, subscriber_id),
        _known_matches(session, subscriber_id, since),
    )


def _known_matches(session: Session, subscriber_id: int, known: Collection[int]) -> Sequence[Match]:
    """Return the matches of what is known, but those an adviser decided against."""
    if not known:
        return []
    query = _followed_profiles(subscriber_id).where(
        Match.opportunity_id.in_(known), Match.review_status != ReviewStatus.REJECTED
    )
    return session.scalars(query).all()


def _followed_profiles(subscriber_id: int) -> Select[Match]:
    """Ask for matches of the profiles a person follows that nobody set aside."""
    return (
        select(Match)
        .join(Subscription, Subscription.profile_id == Match.profile_id)
        .join(Opportunity, Opportunity.id == Match.opportunity_id)
        .where(Subscription.subscriber_id == subscriber_id, ~is_set_aside())
        .options(
            joinedload(Match.profile),
            joinedload(Match.opportunity).selectinload(Opportunity.cutoffs),
        )
        .order_by(Match.id)
    )


def _reminders(session: Session, subscriber_id: int) -> dict[int, frozenset[str]]:
    rows = session.execute(
        select(MessageItem.opportunity_id, MessageItem.reminder)
        .join(Message, Message.id == MessageItem.message_id)
        .where(Message.subscriber_id == subscriber_id, Message.state.not_in(NEVER_ARRIVED))
        .where(MessageItem.reminder.is_not(None))
    )
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for number, reminder in rows:
        found[number] |= {str(reminder)}
    return found


def _told(session: Session, subscriber_id: int) -> dict[int, Told]:
    rows = session.execute(
        select(MessageItem.opportunity_id, MessageItem.content_hash, Message.composed_at)
        .join(Message, Message.id == MessageItem.message_id)
        .where(Message.subscriber_id == subscriber_id, Message.state.not_in(NEVER_ARRIVED))
        .order_by(Message.composed_at, Message.id)
    )
    return {opportunity: Told(content, at) for opportunity, content, at in rows}


def dismissed(session: Session, subscriber_id: int) -> frozenset[int]:
    """Return the ids of the opportunities that a person wants to hear no more of."""
    words = last_words(session, subscriber_id, Verdict.DISMISSED)
    return frozenset(words)


def _changes_since(session: Session, since: Mapping[int, datetime]) -> dict[int, list[Change]]:
    if not since:
        return {}
    rows = session.scalars(
        select(Change).where(Change.detected_at > min(since.values())).order_by(Change.id)
    )
    changes = defaultdict(list)
    for row in rows:
        if row.opportunity_id in since and row.detected_at > since[row.opportunity_id]:
            changes[row.opportunity_id].append(row)
    return changes


def keep_message(session: Session, draft: Draft, now: datetime) -> Message | None:
    """Queue a mail with its items; None where the person has one of this run already."""
    values = {
        "digest_run_id": draft.digest_run_id,
        "subscriber_id": draft.subscriber_id,
        "message_id": draft.message_id,
        "purpose": draft.purpose,
        "state": MessageState.QUEUED,
        "composed_at": now,
        "next_attempt_at": now,
    }
    if not insert_once(session, Message, values):
        return None
    message = session.scalars(
        select(Message)
        .where(Message.message_id == draft.message_id)
        .options(selectinload(Message.items))
    ).one()
    message.body = draft.body
    message.items = [
        MessageItem(
            opportunity_id=item.opportunity_id,
            content_hash=item.content_hash,
            reminder=item.reminder,
        )
        for item in draft.items
    ]
    session.flush()
    return message
