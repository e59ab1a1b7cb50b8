"""Mails that answer what a person just asked for; they hold links that work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.models import Message, MessageBody, MessageState, Purpose

LINK_LIFE = {
    Purpose.CONFIRM: timedelta(hours=48),
    Purpose.LINK: timedelta(minutes=30),
    Purpose.LOGIN: timedelta(minutes=15),
}
"""How long the link in a letter works; a later letter would be of no use."""

LETTERS = tuple(LINK_LIFE)
"""Purposes of mails that also reach those who are sent no digests."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail about to be kept."""

    purpose: Purpose
    subscriber_id: int
    message_id: str
    body: bytes


def keep_letter(session: Session, letter: Letter, now: datetime) -> Message:
    """Queue a letter; no window asked for it."""
    message = Message(
        purpose=letter.purpose,
        subscriber_id=letter.subscriber_id,
        message_id=letter.message_id,
        state=MessageState.QUEUED,
        composed_at=now,
        next_attempt_at=now,
        body=letter.body,
    )
    session.add(message)
    session.flush()
    return message


def burn_letters(session: Session) -> int:
    """Delete the words of letters that are settled, and return of how many."""
    settled = select(Message.id).where(
        Message.purpose.in_(LETTERS),
        Message.next_attempt_at.is_(None),
        Message.state != MessageState.CLAIMED,
    )
    burnt = session.execute(
        delete(MessageBody)
        .where(MessageBody.message_id.in_(settled))
        .returning(MessageBody.message_id)
    )
    return len(burnt.all())
