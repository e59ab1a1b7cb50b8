"""What came back: each bounce counts once, and enough of them end the mails to an address."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.consents import COMPLAINT
from store.models import (
    Bounce,
    BounceKind,
    Message,
    MessageState,
    Subscriber,
    SubscriberState,
)
from store.once import insert_once
from store.subscribers import stop

WEIGHT = {BounceKind.HARD: 2, BounceKind.SOFT: 1, BounceKind.COMPLAINT: 0}
"""What a bounce adds to the score; a complaint ends the mails whatever the score."""

MEMORY = timedelta(days=90)
"""How long a bounce counts: readers of monthly digests bounce three times in it."""

_RETURNED = (MessageState.SENT, MessageState.IN_DOUBT, MessageState.RETRY)
_WRITTEN_TO = (SubscriberState.PENDING, SubscriberState.ACTIVE, SubscriberState.PAUSED)


class Effect(enum.StrEnum):
    """What a bounce did."""

    COUNTED = "counted"
    SUSPENDED = "suspended"
    """The score reached the limit: the address is written to no more."""
    STOPPED = "stopped"
    """A complaint: the reader gets no more mails."""
    KNOWN = "known"
    """It had been counted before."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that came back."""

    subscriber_id: int
    message_id: int | None
    """Id of the row; None where only the address is known."""
    kind: BounceKind
    status: str
    report: str = ""
    """Hash of the report; it tells bounces apart whose mail is not known."""

    @property
    def key(self) -> str:
        """Return what makes it this bounce and no other: a mail bounces once."""
        what = "complaint" if self.kind is BounceKind.COMPLAINT else "bounce"
        where = f"message:{self.message_id}" if self.message_id else f"report:{self.report}"
        return f"{what}:{where}"


def note_bounce(session: Session, returned: Returned, limit: int, now: datetime) -> Effect:
    """Count a bounce once, and suspend an address whose score reaches ``limit``."""
    values = {
        "subscriber_id": returned.subscriber_id,
        "message_id": returned.message_id,
        "kind": returned.kind,
        "status": returned.status,
        "at": now,
        "report": returned.key,
    }
    if not insert_once(session, Bounce, values):
        return Effect.KNOWN
    if returned.kind is BounceKind.COMPLAINT:
        stop(session, returned.subscriber_id, COMPLAINT, now)
        return Effect.STOPPED
    _fail(session, returned)
    subscriber = session.get_one(Subscriber, returned.subscriber_id)
    if subscriber.state in _WRITTEN_TO and bounce_score(session, subscriber, now) >= limit:
        subscriber.state = SubscriberState.BOUNCED
        return Effect.SUSPENDED
    return Effect.COUNTED


def _fail(session: Session, returned: Returned) -> None:
    """Record that a mail did not arrive, so that its items are told in the next digest."""
    message = session.get(Message, returned.message_id) if returned.message_id else None
    if message is not None and message.state in _RETURNED:
        message.state = MessageState.FAILED
        message.next_attempt_at = None
        message.last_reply = f"returned later: {returned.status or 'no status'}"


def bounce_score(session: Session, subscriber: Subscriber, now: datetime) -> int:
    """Return what a person's bounces add up to since they last confirmed, or in 90 days."""
    since = now - MEMORY
    if subscriber.confirmed_at is not None:
        since = max(since, subscriber.confirmed_at)
    rows = session.execute(
        select(Bounce.kind, func.count())
        .where(Bounce.subscriber_id == subscriber.id, Bounce.at > since)
        .group_by(Bounce.kind)
    )
    return sum(WEIGHT[kind] * number for kind, number in rows)


def message_by_mail_id(session: Session, mail_id: str) -> Message | None:
    """Return the mail with a Message-ID, or None where it is none of ours."""
    return session.scalar(select(Message).where(Message.message_id == mail_id))


def subscriber_by_address(session: Session, address: str) -> Subscriber | None:
    """Return who has an address, whatever its case."""
    return session.scalar(select(Subscriber).where(Subscriber.address == address.lower()))
