"""The mails waiting to leave: taking one, and recording what became of it.

``next_attempt_at`` says when a mail may be tried again; None means never. A claim keeps it,
except where the mail was in doubt: that was its one repetition.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session, joinedload

from store.models import Message, MessageState, Subscriber, SubscriberState

LEASE = timedelta(minutes=15)
"""How long a claim is believed to be at work; also the quiet time before a mail is repeated."""

LIFE = timedelta(hours=24)
"""Age at which an unsent mail is stale: its items then go into the next digest."""

_OPEN = (MessageState.QUEUED, MessageState.RETRY, MessageState.IN_DOUBT)
_ENDED = (SubscriberState.STOPPED, SubscriberState.BOUNCED)


def release_open_claims(session: Session, now: datetime) -> Sequence[Message]:
    """Put in doubt, and return, what an earlier process claimed and never recorded."""
    left = session.scalars(
        select(Message).where(
            Message.state == MessageState.CLAIMED, Message.claimed_at <= now - LEASE
        )
    ).all()
    for message in left:
        message.state = MessageState.IN_DOUBT
        message.last_reply = "the sender ended before the server's answer was recorded"
        if message.next_attempt_at is not None:
            message.next_attempt_at = now
    return left


def expire_stale(session: Session, now: datetime) -> Sequence[Message]:
    """Give up, and return, what has waited too long; what was in doubt stays in doubt."""
    session.execute(
        update(Message)
        .where(Message.state == MessageState.IN_DOUBT, Message.composed_at <= now - LIFE)
        .values(next_attempt_at=None)
    )
    stale = session.scalars(
        select(Message).where(
            Message.state.in_((MessageState.QUEUED, MessageState.RETRY)),
            Message.composed_at <= now - LIFE,
        )
    ).all()
    for message in stale:
        message.state = MessageState.EXPIRED
        message.next_attempt_at = None
    return stale


def drop_unwanted(session: Session) -> Sequence[Message]:
    """Fail, and return, what waits for a person who has stopped since it was composed."""
    waiting = session.scalars(
        select(Message)
        .join(Message.subscriber)
        .where(Message.state.in_(_OPEN), Message.next_attempt_at.is_not(None))
        .where(Subscriber.state.in_(_ENDED))
    ).all()
    for message in waiting:
        message.state = MessageState.FAILED
        message.next_attempt_at = None
        message.last_reply = "not sent: the reader had stopped these mails"
    return waiting


def claim_next(session: Session, now: datetime) -> Message | None:
    """Claim the mail that has waited longest; None where none is due.

    Two processes never claim the same one: the update names the state that was read.
    """
    while found := _next_due(session, now):
        claimed = session.execute(
            update(Message)
            .where(Message.id == found.id, Message.state == found.state)
            .values(
                state=MessageState.CLAIMED,
                claimed_at=now,
                attempts=Message.attempts + 1,
                next_attempt_at=case(
                    (Message.state == MessageState.IN_DOUBT, None), else_=now + LEASE
                ),
            )
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
        session.refresh(found)
        if claimed is not None:
            return found
    return None


def _next_due(session: Session, now: datetime) -> Message | None:
    return session.scalars(
        select(Message)
        .where(Message.state.in_(_OPEN), Message.next_attempt_at <= now)
        .options(joinedload(Message.subscriber))
        .order_by(Message.next_attempt_at, Message.id)
        .limit(1)
    ).first()


def message_by_id(session: Session, message_id: int) -> Message | None:
    """Return a mail, or None where it was erased with its reader."""
    return session.get(Message, message_id)


def record_sent(session: Session, message_id: int, now: datetime) -> None:
    """Record that the server has taken a mail."""
    message = session.get_one(Message, message_id)
    message.state = MessageState.SENT
    message.sent_at = now
    message.next_attempt_at = None


def record_fault(
    session: Session,
    message_id: int,
    state: MessageState,
    next_attempt_at: datetime | None,
    reply: str,
) -> None:
    """Record why a mail did not, or may not have, left."""
    message = session.get_one(Message, message_id)
    message.state = state
    message.next_attempt_at = next_attempt_at
    message.last_reply = reply


def messages_by_state(session: Session) -> dict[MessageState, int]:
    """Return how many mails stand in each state."""
    rows = session.execute(select(Message.state, func.count()).group_by(Message.state))
    counts = {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to dict()
    return {state: counts.get(state, 0) for state in MessageState}


def waiting(session: Session) -> int:
    """Return how many mails will be tried again."""
    return session.scalars(
        select(func.count(Message.id)).where(
            Message.state.in_(_OPEN), Message.next_attempt_at.is_not(None)
        )
    ).one()
