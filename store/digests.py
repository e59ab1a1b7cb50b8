"""What a person knows, and keeping the mails that tell it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from store.feedback import last_words
from store.models import (
    Change,
    Match,
    Message,
    MessageBody,
    MessageItem,
    MessageState,
    Purpose,
    Verdict,
)
from store.once import insert_unless_there

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


def dismissed(session: Session, subscriber_id: int) -> frozenset[int]:
    """Return the ids of the opportunities that a person wants to hear no more of."""
    return frozenset(last_words(session, [subscriber_id], Verdict.DISMISSED)[subscriber_id])


def keep_messages(session: Session, drafts: Sequence[Draft], now: datetime) -> list[int | None]:
    """Queue mails with their items, and return their ids.

    None stands for a mail that its reader has already of this run.
    """
    insertion = insert_unless_there(session, Message).returning(Message.id)
    ids = [session.scalar(insertion, _row(draft, now)) for draft in drafts]
    new = [(number, draft) for number, draft in zip(ids, drafts, strict=True) if number]
    bodies = [{"message_id": number, "content": draft.body} for number, draft in new]
    items = [
        {"message_id": number, **asdict(item)} for number, draft in new for item in draft.items
    ]
    for table, rows in ((MessageBody, bodies), (MessageItem, items)):
        if rows:
            session.execute(insert(table), rows)
    return ids


def _row(draft: Draft, now: datetime) -> dict[str, object]:
    return {
        "digest_run_id": draft.digest_run_id,
        "subscriber_id": draft.subscriber_id,
        "message_id": draft.message_id,
        "purpose": draft.purpose,
        "state": MessageState.QUEUED,
        "composed_at": now,
        "next_attempt_at": now,
    }
