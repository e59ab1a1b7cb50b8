"""Mails in the outbox that nobody composed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from store.models import (
    Cadence,
    DigestRun,
    Message,
    MessageState,
    Subscriber,
    SubscriberState,
)

LINE = "A topic that fits what your group works on, and why it does.\r\n"


def queue_mails(
    session: Session, addresses: Iterable[str], now: datetime, size: int = 600
) -> list[Message]:
    """Queue a mail of about ``size`` bytes for each address, and return the rows."""
    run = DigestRun(
        cadence=Cadence.WEEKLY,
        window_start=now - timedelta(days=7),
        window_end=now,
        created_at=now,
    )
    messages = [_queued(number, address, now, size) for number, address in enumerate(addresses)]
    session.add(run)
    session.flush()
    for message in messages:
        message.digest_run_id = run.id
        session.add(message)
    session.commit()
    return messages


def _queued(number: int, address: str, now: datetime, size: int) -> Message:
    subscriber = Subscriber(
        address=address,
        language="en",
        time_zone="Europe/Oslo",
        state=SubscriberState.ACTIVE,
        consent="test",
        created_at=now - timedelta(days=30),
        confirmed_at=now - timedelta(days=30),
    )
    mail_id = f"<digest.{now:%Y%m%d%H%M%S}.{number}@example.org>"
    head = (
        f"From: callwatch@example.org\r\nTo: {address}\r\nSubject: 1 new\r\n"
        f"Message-ID: {mail_id}\r\n\r\n"
    )
    body = head + LINE * max(1, (size - len(head)) // len(LINE))
    return Message(
        subscriber=subscriber,
        message_id=mail_id,
        body=body.encode(),
        state=MessageState.QUEUED,
        composed_at=now,
        next_attempt_at=now,
    )
