"""What a person may be told, what they were told, and the rows that say a mail was composed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from store.feedback import is_set_aside
from store.models import (
    Cadence,
    Change,
    DigestRun,
    Feedback,
    Match,
    Message,
    MessageItem,
    MessageState,
    Opportunity,
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
    """What changed since the telling, oldest first, by opportunity id."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail about to be kept."""

    digest_run_id: int
    subscriber_id: int
    message_id: str
    body: bytes
    items: tuple[tuple[int, str], ...]
    """(opportunity id, content hash) of everything it tells."""


def digest_run(
    session: Session, cadence: Cadence, start: datetime, end: datetime, now: datetime
) -> DigestRun:
    """Return the run of a window; whoever asks first makes it."""
    values = {"cadence": cadence, "window_start": start, "window_end": end, "created_at": now}
    insert_once(session, DigestRun, values)
    return session.scalars(
        select(DigestRun).where(DigestRun.cadence == cadence, DigestRun.window_end == end)
    ).one()


def is_composed(
    session: Session, cadence: Cadence, window_end: datetime, subscriber_id: int
) -> bool:
    """Return whether the person has a mail of this window."""
    found = select(Message.id).join(DigestRun, DigestRun.id == Message.digest_run_id)
    mine = found.where(
        DigestRun.cadence == cadence,
        DigestRun.window_end == window_end,
        Message.subscriber_id == subscriber_id,
    )
    return session.scalar(mine) is not None


def approved_matches(session: Session, subscriber_id: int, cadence: Cadence) -> Sequence[Match]:
    """Return the approved, current matches of the profiles a person follows at ``cadence``."""
    return session.scalars(
        select(Match)
        .join(Subscription, Subscription.profile_id == Match.profile_id)
        .join(Opportunity, Opportunity.id == Match.opportunity_id)
        .where(Subscription.subscriber_id == subscriber_id, Subscription.cadence == cadence)
        .where(Match.review_status == ReviewStatus.APPROVED, Match.current, ~is_set_aside())
        .where(Match.content_hash == Opportunity.content_hash)  # what was approved, and no other
        .where(Opportunity.missing_since.is_(None))
        .options(
            joinedload(Match.profile),
            joinedload(Match.opportunity).selectinload(Opportunity.cutoffs),
        )
        .order_by(Match.id)
    ).all()


def ledger(session: Session, subscriber_id: int) -> Ledger:
    """Return what a person was told, dismissed, and what changed since."""
    told = _told(session, subscriber_id)
    return Ledger(told, dismissed(session, subscriber_id), _changes_since(session, told))


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
    return frozenset(
        session.scalars(
            select(Match.opportunity_id)
            .join(Feedback, Feedback.match_id == Match.id)
            .where(Feedback.subscriber_id == subscriber_id, Feedback.verdict == Verdict.DISMISSED)
        )
    )


def _changes_since(session: Session, told: Mapping[int, Told]) -> dict[int, list[Change]]:
    if not told:
        return {}
    earliest = min(one.at for one in told.values())
    rows = session.scalars(select(Change).where(Change.detected_at > earliest).order_by(Change.id))
    changes = defaultdict(list)
    for row in rows:
        if row.opportunity_id in told and row.detected_at > told[row.opportunity_id].at:
            changes[row.opportunity_id].append(row)
    return changes


def keep_message(session: Session, draft: Draft, now: datetime) -> Message | None:
    """Queue a mail with its items; None where the person has one of this run already."""
    values = {
        "digest_run_id": draft.digest_run_id,
        "subscriber_id": draft.subscriber_id,
        "message_id": draft.message_id,
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
        MessageItem(opportunity_id=opportunity, content_hash=content)
        for opportunity, content in draft.items
    ]
    session.flush()
    return message
