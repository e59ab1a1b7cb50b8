"""What each fault of a mail server leads to, produced by a real server on loopback."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from notifier.channels.connection import Timeouts
from notifier.channels.server import read_server
from notifier.channels.smtp import Route, SmtpChannel
from notifier.refusals import LEAST_HINT
from notifier.retry import JITTER, pause_after
from notifier.send import Delivery, deliver
from notifier.terms import Terms
from store.bounces import MEMORY
from store.db import upgrade
from store.messages import LEASE
from store.models import Bounce, BounceKind, Message, MessageState, SubscriberState
from tests.mails import queue_mails
from tests.notifier.smtp_server import Server

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

READER = "reader@example.org"
Sent = Callable[..., Delivery]


@pytest.fixture
def engine(empty_sqlite: Engine) -> Engine:
    """Return one kind of database: which one it is makes no difference to a fault."""
    upgrade(empty_sqlite)
    return empty_sqlite


@pytest.fixture
def sent(engine: Engine, server: Server) -> Sent:
    """Return a function that delivers at a moment, over a channel that does not wait for long."""

    def send(at: datetime, terms: Terms = Terms()) -> Delivery:  # noqa: B008 - frozen
        where = read_server(f"smtp://127.0.0.1:{server.port}")
        channel = SmtpChannel(Route(where, "callwatch@example.org", Timeouts(5.0, 0.3), 200))
        return deliver(engine, channel, lambda: at, terms)

    return send


@pytest.fixture
def queued(session: Session, now: datetime) -> Message:
    (message,) = queue_mails(session, [READER], now)
    return message


FAULTS = [
    pytest.param({"every_rcpt": "450 4.2.0 greylisted"}, MessageState.RETRY, id="450 to RCPT"),
    pytest.param({"every_rcpt": "500 no"}, MessageState.FAILED, id="500 to RCPT"),
    pytest.param({"mail": "451 4.3.0 later"}, MessageState.RETRY, id="451 to MAIL"),
    pytest.param({"start": "450 later"}, MessageState.RETRY, id="450 to DATA"),
    pytest.param({"start": "554 no"}, MessageState.FAILED, id="554 to DATA"),
    pytest.param({"start": "421 closing"}, MessageState.RETRY, id="421 to DATA"),
    pytest.param({"data": "450 later"}, MessageState.RETRY, id="450 after the mail"),
    pytest.param({"data": "500 no"}, MessageState.FAILED, id="500 after the mail"),
    pytest.param({"data": "421 closing"}, MessageState.RETRY, id="421 after the mail"),
    pytest.param({"hang_up": True}, MessageState.IN_DOUBT, id="disconnect after the mail"),
    pytest.param({"silent": True}, MessageState.IN_DOUBT, id="no answer after the mail"),
]


@pytest.mark.parametrize(("fault", "state"), FAULTS)
def test_every_fault_is_classified(
    *,
    fault: dict[str, Any],
    state: MessageState,
    queued: Message,
    sent: Sent,
    server: Server,
    session: Session,
    now: datetime,
) -> None:
    for name, value in fault.items():
        setattr(server, name, value)
    assert [one.state for one in sent(now).delivered] == [state]
    session.refresh(queued)
    assert (queued.next_attempt_at is None) == (state is MessageState.FAILED)
    assert READER not in (queued.last_reply or "")
    assert queued.silences == int(state is MessageState.IN_DOUBT)


@pytest.mark.usefixtures("queued")
def test_a_sender_that_is_refused_ends_the_run(sent: Sent, server: Server, now: datetime) -> None:
    server.mail = "550 5.7.1 who are you"
    delivery = sent(now)
    assert delivery.error == "sender refused: 550 5.7.1 who are you"
    assert delivery.waiting == 1


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        ("450 4.2.0 greylisted, try again in 600 seconds", 600),
        ("451 come back after 20 minutes", 1200),
        ("421 too busy, please retry in 3 s", LEAST_HINT.total_seconds()),
        ("450 4.2.0 Greylisted for 00:10:00", 600),
        ("450 4.2.1 rate 30 per hour", pause_after(1).total_seconds()),
    ],
)
def test_a_wait_that_the_server_asks_for_is_kept(
    *, answer: str, seconds: float, queued: Message, sent: Sent, server: Server, now: datetime
) -> None:
    server.every_rcpt = answer
    sent(now)
    queued_again = refreshed(queued)
    assert queued_again.next_attempt_at is not None
    waits = (queued_again.next_attempt_at - now).total_seconds()
    assert seconds <= waits <= seconds * (1 + JITTER)


def refreshed(row: Message) -> Message:
    session = Session.object_session(row)
    assert session is not None
    session.refresh(row)
    return row


def test_pauses_grow_up_to_a_day_and_differ_a_little(
    queued: Message, sent: Sent, server: Server, now: datetime
) -> None:
    server.every_rcpt = "450 later"
    at, pauses = now, []
    while sent(at).count(MessageState.RETRY):
        following = refreshed(queued).next_attempt_at
        assert following is not None
        pauses.append(following - at)
        at = following
    assert refreshed(queued).state is MessageState.EXPIRED
    assert now + timedelta(hours=24) <= at
    assert len(pauses) in range(14, 19)
    for number, pause in enumerate(pauses, start=1):
        assert pause_after(number) <= pause <= pause_after(number) * (1 + JITTER)
    assert len({pause / pause_after(n) for n, pause in enumerate(pauses, start=1)}) == len(pauses)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.1.1 no such user", BounceKind.HARD),
        ("550 unknown", BounceKind.HARD),
        ("552 5.2.2 mailbox full", BounceKind.SOFT),
        ("554 5.7.1 your server is on a list", None),
    ],
)
def test_a_recipient_that_is_refused_counts_by_what_the_refusal_says(
    *,
    answer: str,
    kind: BounceKind | None,
    queued: Message,
    sent: Sent,
    server: Server,
    session: Session,
    now: datetime,
) -> None:
    server.every_rcpt = answer
    assert sent(now).count(MessageState.FAILED) == 1
    assert [b.kind for b in session.scalars(select(Bounce))] == ([kind] if kind else [])
    assert refreshed(queued).subscriber.state is SubscriberState.ACTIVE


def test_an_address_that_does_not_exist_is_suspended_at_the_second_digest(
    queued: Message, sent: Sent, server: Server, session: Session, now: datetime
) -> None:
    server.every_rcpt = "550 5.1.1 no such user"
    sent(now)
    states = [refreshed(queued).subscriber.state]
    again(session, queued, now + timedelta(days=7))
    sent(now + timedelta(days=7))
    session.refresh(queued.subscriber)
    states.append(queued.subscriber.state)
    assert states == [SubscriberState.ACTIVE, SubscriberState.BOUNCED]


def test_bounces_are_forgotten(
    queued: Message, sent: Sent, server: Server, session: Session, now: datetime
) -> None:
    server.every_rcpt = "550 5.1.1 no such user"
    sent(now)
    again(session, queued, now + MEMORY)
    sent(now + MEMORY)
    session.refresh(queued.subscriber)
    assert queued.subscriber.state is SubscriberState.ACTIVE


def again(session: Session, first: Message, at: datetime) -> None:
    """Queue a later mail to the reader of ``first``."""
    reader = first.subscriber
    (message,) = queue_mails(session, ["other@example.org"], at)
    message.subscriber = reader
    session.commit()


def test_the_repetition_of_a_silence_is_the_last(
    queued: Message, sent: Sent, server: Server, now: datetime
) -> None:
    server.hang_up = True
    sent(now)
    sent(now + LEASE)
    assert refreshed(queued).next_attempt_at is None
    assert sent(now + 2 * LEASE).delivered == ()
    assert len(server.taken) == 2
    assert len(set(server.taken)) == 1
