"""Delivery against a real SMTP server on loopback, with its faults."""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import partial

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.channels import Channel, DeliveryError, Fault, Outgoing, open_channel
from notifier.outbox import compose_due
from notifier.retry import JITTER, pause_after
from notifier.send import Delivery, deliver
from store.db import open_engine
from store.messages import MOST_CRASHES
from store.models import Message, MessageState, SubscriberState
from tests.notifier.conftest import World
from tests.notifier.smtp_server import Server

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

QUIET = timedelta(minutes=15)


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


@pytest.fixture(autouse=True)
def queued(world: World, engine: Engine, settings: Settings, now: datetime) -> list[str]:
    """Queue a mail for each of three readers, and return their addresses."""
    profile = world.profile()
    readers = [world.subscriber(profile) for _ in range(3)]
    world.match(profile, world.opportunity())
    assert len(compose_due(engine, settings, now)) == 3
    return [reader.address for reader in readers]


@pytest.fixture
def sent(engine: Engine, server: Server, settings: Settings) -> Callable[[datetime], Delivery]:
    smtp = settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{server.port}"})
    return lambda at: deliver(engine, open_channel(smtp), lambda: at)


def rows(session: Session) -> list[Message]:
    session.expire_all()
    return list(session.scalars(select(Message).order_by(Message.id)))


def assert_waits(row: Message, since: datetime, pause: timedelta) -> None:
    assert row.next_attempt_at is not None
    assert since + pause <= row.next_attempt_at <= since + pause * (1 + JITTER)


Sent = Callable[[datetime], Delivery]


def test_every_mail_is_taken_once_however_often_it_runs(
    sent: Sent, server: Server, session: Session, now: datetime
) -> None:
    assert sent(now).count(MessageState.SENT) == 3
    assert sent(now + timedelta(days=1)).delivered == ()
    assert list(server.ids.values()) == [1, 1, 1]
    assert {row.message_id for row in rows(session)} == set(server.ids)
    assert [row.body for row in rows(session)] == server.taken
    assert all(row.sent_at == now for row in rows(session))


def test_a_refused_reader_never_stops_the_others(
    queued: list[str], sent: Sent, server: Server, session: Session, now: datetime
) -> None:
    server.rcpt[queued[0]] = f"550 <{queued[0]}> unknown"
    delivery = sent(now)
    assert delivery.count(MessageState.FAILED) == 1
    assert delivery.count(MessageState.SENT) == 2
    reply = rows(session)[0].last_reply or ""
    assert reply.startswith("recipient refused: 550")
    assert queued[0] not in reply
    assert sent(now + timedelta(days=1)).delivered == ()


def test_a_grey_listed_mail_is_tried_again_after_a_pause(
    queued: list[str], sent: Sent, server: Server, session: Session, now: datetime
) -> None:
    server.rcpt[queued[1]] = "450 come back later"
    assert sent(now).count(MessageState.RETRY) == 1
    assert_waits(rows(session)[1], now, pause_after(1))
    assert sent(now + timedelta(minutes=4)).delivered == ()
    sent(now + timedelta(minutes=6))
    assert_waits(rows(session)[1], now + timedelta(minutes=6), pause_after(2))
    server.rcpt.clear()
    assert sent(now + timedelta(hours=1)).count(MessageState.SENT) == 1
    assert rows(session)[1].attempts == 3


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 disk full", MessageState.RETRY), ("554 looks like spam", MessageState.FAILED)],
)
def test_an_answer_after_the_mail_decides(
    answer: str,
    state: MessageState,
    sent: Sent,
    server: Server,
    now: datetime,
) -> None:
    server.data = answer
    assert sent(now).count(state) == 3


def test_what_stays_unsent_for_a_day_expires(sent: Sent, server: Server, now: datetime) -> None:
    server.data = "451 disk full"
    sent(now)
    delivery = sent(now + timedelta(hours=24))
    assert delivery.count(MessageState.EXPIRED) == 3
    assert delivery.waiting == 0


def test_a_mail_without_an_answer_is_in_doubt_and_sent_once_more_with_the_same_bytes(
    sent: Sent, server: Server, now: datetime
) -> None:
    server.hang_up = True
    assert sent(now).count(MessageState.IN_DOUBT) == 3
    assert sent(now + timedelta(minutes=1)).delivered == ()
    server.hang_up = False
    assert sent(now + QUIET).count(MessageState.SENT) == 3
    assert list(server.ids.values()) == [2, 2, 2]
    assert len(set(server.taken)) == 3


def test_a_mail_twice_in_doubt_is_counted_and_left(
    sent: Sent, server: Server, session: Session, now: datetime
) -> None:
    server.hang_up = True
    sent(now)
    assert sent(now + QUIET).count(MessageState.IN_DOUBT) == 3
    assert sent(now + timedelta(hours=5)).delivered == ()
    assert list(server.ids.values()) == [2, 2, 2]
    assert {row.state for row in rows(session)} == {MessageState.IN_DOUBT}


def test_a_server_that_hangs_up_between_mails_costs_no_mail(
    engine: Engine, server: Server, settings: Settings, now: datetime
) -> None:
    server.after = True
    smtp = open_channel(settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{server.port}"}))

    class Slow:
        async def send(self, message: Outgoing) -> None:
            await smtp.send(message)
            await asyncio.sleep(0.1)

        async def close(self) -> None:
            await smtp.close()

    assert deliver(engine, Slow(), lambda: now).count(MessageState.SENT) == 3


def test_a_server_that_cannot_be_reached_ends_the_run_and_keeps_the_rest_queued(
    engine: Engine, settings: Settings, session: Session, now: datetime
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: every connection is refused
        port = taken.getsockname()[1]
        url = f"smtp://reader:s3cret@127.0.0.1:{port}"
        channel = open_channel(settings.model_copy(update={"mail_url": url}))
        delivery = deliver(engine, channel, lambda: now)
    assert f"127.0.0.1:{port} cannot be used" in (delivery.error or "")
    assert "s3cret" not in (delivery.error or "")
    states = [row.state for row in rows(session)]
    assert states == [MessageState.RETRY, MessageState.QUEUED, MessageState.QUEUED]
    assert delivery.waiting == 3


class Killed:
    """A sender that dies after the server took the mail and before that is recorded."""

    def __init__(self) -> None:
        self.taken: list[Outgoing] = []

    async def send(self, message: Outgoing) -> None:
        self.taken.append(message)
        raise SystemExit

    async def close(self) -> None:
        return None


def test_the_claim_of_a_killed_sender_is_resent_with_the_same_bytes(
    engine: Engine,
    sent: Sent,
    server: Server,
    session: Session,
    now: datetime,
) -> None:
    killed = Killed()
    with pytest.raises(SystemExit):
        deliver(engine, killed, lambda: now)
    assert rows(session)[0].state is MessageState.CLAIMED
    assert sent(now + timedelta(minutes=14)).count(MessageState.SENT) == 2
    delivery = sent(now + QUIET)
    assert [one.state for one in delivery.delivered] == [MessageState.IN_DOUBT, MessageState.SENT]
    assert server.taken[-1] == killed.taken[0].body
    assert message_from_bytes(server.taken[-1])["Message-ID"] == killed.taken[0].message_id


def test_a_mail_is_sent_however_often_its_sender_is_killed_but_not_for_ever(
    engine: Engine, sent: Sent, session: Session, now: datetime
) -> None:
    times = [now + number * QUIET for number in range(MOST_CRASHES - 1)]
    for at in times:
        with pytest.raises(SystemExit):
            deliver(engine, Killed(), partial(datetime.fromtimestamp, at.timestamp(), UTC))
        if at == now:
            assert sent(now).count(MessageState.SENT) == 2
    assert rows(session)[0].attempts == MOST_CRASHES - 1
    with pytest.raises(SystemExit):
        deliver(engine, Killed(), lambda: now + MOST_CRASHES * QUIET)
    later = now + (MOST_CRASHES + 2) * QUIET
    assert [one.state for one in sent(later).delivered] == [MessageState.IN_DOUBT]
    assert sent(later + QUIET).delivered == ()


class Faulty:
    """A channel that always answers with one fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    async def send(self, message: Outgoing) -> None:
        raise DeliveryError(self.fault, "as told")

    async def close(self) -> None:
        return None


def test_a_refusal_for_now_leaves_what_was_in_doubt_in_doubt(
    engine: Engine, sent: Sent, session: Session, now: datetime
) -> None:
    channel: Channel = Faulty(Fault.IN_DOUBT)
    deliver(engine, channel, lambda: now)
    deliver(engine, Faulty(Fault.TEMPORARY), lambda: now + QUIET)
    assert {row.state for row in rows(session)} == {MessageState.IN_DOUBT}
    assert sent(now + 2 * QUIET).count(MessageState.SENT) == 3


def test_who_stopped_after_it_was_composed_is_not_written_to(
    world: World, sent: Sent, server: Server, now: datetime
) -> None:
    first = rows(world.session)[0]
    first.subscriber.state = SubscriberState.STOPPED
    world.session.commit()
    delivery = sent(now)
    assert delivery.count(MessageState.FAILED) == 1
    assert delivery.count(MessageState.SENT) == 2
    assert first.message_id not in server.ids


class Counting:
    """A channel that counts what it is handed, and takes a moment over each."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, message: Outgoing) -> None:
        self.taken.append(message.message_id)
        await asyncio.sleep(0.005)

    async def close(self) -> None:
        return None


def test_two_processes_at_once_compose_and_send_each_mail_once(
    world: World, engine: Engine, settings: Settings, later: datetime
) -> None:
    profile = world.profile()
    for _ in range(15):
        world.subscriber(profile)
    world.match(profile, world.opportunity())
    engines = [open_engine(engine.url.render_as_string(hide_password=False)) for _ in range(2)]
    channel = Counting()
    with ThreadPoolExecutor() as pool:
        composed = list(pool.map(lambda e: compose_due(e, settings, later), engines))
        list(pool.map(lambda e: deliver(e, channel, lambda: later), engines))
    assert sum(map(len, composed)) == 15
    assert len(rows(world.session)) == 18
    assert sorted(Counter(channel.taken).values()) == [1] * 15
    for one in engines:
        one.dispose()
