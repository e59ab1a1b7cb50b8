"""Several mails in hand at once: connections, limits, the brake, the end, and two senders."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.channels import DeliveryError, Fault, Outgoing, open_channel
from notifier.send import Delivery, deliver
from notifier.terms import Terms, terms_of
from store.db import open_engine
from store.models import Message, MessageState
from tests.mails import queue_mails
from tests.notifier.smtp_server import Server

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

FOUR = Terms(connections=4, per_domain=4)
Sent = Callable[..., Delivery]


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def readers(number: int, domain: str = "example.org") -> list[str]:
    return [f"reader{n}@{domain}" for n in range(number)]


@pytest.fixture
def smtp(server: Server, settings: Settings) -> Settings:
    return settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{server.port}"})


@pytest.fixture
def sent(engine: Engine, smtp: Settings, now: datetime) -> Sent:
    def send(terms: Terms = FOUR, ended: Callable[[], bool] = bool, **changed: int) -> Delivery:
        channel = open_channel(smtp.model_copy(update=changed))
        return deliver(engine, channel, lambda: now, terms, ended)

    return send


def test_four_connections_carry_all_mails_each_once(
    session: Session, sent: Sent, server: Server, now: datetime
) -> None:
    queue_mails(session, readers(30), now)
    server.slow_seconds = 0.02
    assert sent().count(MessageState.SENT) == 30
    assert Counter(server.ids.values()) == {1: 30}
    assert server.connections == 4
    assert server.busiest["example.org"] == 4


def test_a_connection_is_opened_anew_after_so_many_mails(
    session: Session, sent: Sent, server: Server, now: datetime
) -> None:
    queue_mails(session, readers(12), now)
    assert sent(Terms(), mails_per_connection=5).count(MessageState.SENT) == 12
    assert server.connections == 3


def test_a_refused_recipient_costs_no_connection(
    session: Session, sent: Sent, server: Server, now: datetime
) -> None:
    queue_mails(session, readers(5), now)
    server.rcpt["reader2@example.org"] = "450 later"
    assert sent(Terms()).count(MessageState.SENT) == 4
    assert server.connections == 1


def test_no_domain_gets_more_at_once_than_allowed_and_the_others_do_not_wait(
    session: Session, sent: Sent, server: Server, now: datetime
) -> None:
    queue_mails(session, [*readers(10, "one.org"), *readers(10, "two.org")], now)
    server.slow_seconds = 0.02
    assert sent(Terms(connections=4, per_domain=2)).count(MessageState.SENT) == 20
    assert server.busiest == {"one.org": 2, "two.org": 2}


def test_the_emergency_brake_stops_and_says_so(
    session: Session, sent: Sent, server: Server, now: datetime
) -> None:
    queue_mails(session, readers(9), now)
    limited = Terms(connections=4, per_domain=4, daily_limit=5)
    delivery = sent(limited)
    assert (len(server.taken), delivery.waiting) == (5, 4)
    assert "CALLWATCH_MAIL_DAILY_LIMIT" in (delivery.error or "")
    assert sent(limited).delivered == ()
    assert sent(FOUR).count(MessageState.SENT) == 4


def test_the_brake_is_no_alarm_where_nothing_waits(
    session: Session, sent: Sent, now: datetime
) -> None:
    queue_mails(session, readers(5), now)
    assert sent(Terms(daily_limit=5)).error is None


def test_told_to_end_it_finishes_the_mails_in_hand_and_leaves(
    session: Session, sent: Sent, server: Server, now: datetime
) -> None:
    queue_mails(session, readers(40), now)
    server.slow_seconds = 0.05
    told = threading.Event()
    threading.Timer(0.4, told.set).start()
    delivery = sent(FOUR, told.is_set)
    states = Counter(session.scalars(select(Message.state)))
    assert set(states) == {MessageState.SENT, MessageState.QUEUED}
    assert states[MessageState.SENT] == len(server.taken) < 40
    assert delivery.waiting == 40 - len(server.taken)


class FewerLines:
    """A channel that carries two mails at once and refuses a third."""

    def __init__(self) -> None:
        self.open, self.taken = 0, 0

    async def send(self, message: Outgoing) -> None:
        if self.open == 2:
            raise DeliveryError(Fault.UNREACHABLE, "too many connections")
        self.open += 1
        await asyncio.sleep(0.01)
        self.open, self.taken = self.open - 1, self.taken + 1

    async def close(self) -> None:
        return None


def test_a_server_that_takes_fewer_connections_gets_fewer(
    session: Session, engine: Engine, now: datetime
) -> None:
    queue_mails(session, readers(20), now)
    channel = FewerLines()
    delivery = deliver(engine, channel, lambda: now, FOUR)
    assert delivery.error is None
    assert delivery.count(MessageState.SENT) == channel.taken == 18
    assert delivery.count(MessageState.RETRY) == delivery.waiting == 2


def test_two_senders_at_once_send_nothing_twice(
    session: Session, engine: Engine, smtp: Settings, server: Server, now: datetime
) -> None:
    queue_mails(session, readers(60), now)
    server.slow_seconds = 0.01
    engines = [open_engine(engine.url.render_as_string(hide_password=False)) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        deliveries = list(
            pool.map(lambda e: deliver(e, open_channel(smtp), lambda: now, FOUR), engines)
        )
    for one in engines:
        one.dispose()
    counts = [delivery.count(MessageState.SENT) for delivery in deliveries]
    assert sum(counts) == 60
    assert min(counts) > 0
    assert Counter(server.ids.values()) == {1: 60}
    assert server.connections == 8


def test_each_mail_has_a_return_path_of_its_own(
    session: Session, engine: Engine, smtp: Settings, server: Server, now: datetime
) -> None:
    rows = [message.id for message in queue_mails(session, readers(2), now)]
    terms = terms_of(engine, smtp.model_copy(update={"bounce_address": "back@example.org"}))
    deliver(engine, open_channel(smtp), lambda: now, terms)
    assert terms.return_path is not None
    assert sorted(map(terms.return_path.read, server.senders), key=str) == rows
    assert terms.return_path.read("back+m1-0000000000000000@example.org") is None


def test_a_claim_that_another_took_over_is_not_recorded(
    session: Session, engine: Engine, now: datetime
) -> None:
    queue_mails(session, readers(1), now)
    other = open_engine(engine.url.render_as_string(hide_password=False))

    class TakenOver:
        async def send(self, message: Outgoing) -> None:
            with Session(other) as second:
                row = second.get_one(Message, message.id)
                row.claimed_at = now + timedelta(minutes=20)
                second.commit()

        async def close(self) -> None:
            return None

    deliver(engine, TakenOver(), lambda: now)
    other.dispose()
    assert session.scalars(select(Message.state)).one() is MessageState.CLAIMED
