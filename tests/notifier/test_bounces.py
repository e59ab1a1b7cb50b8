"""What comes back by mail is traced, counted once, and ends the mails where it must."""

import logging
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from notifier.bounces import Fate, take_in
from notifier.return_path import return_path
from notifier.terms import Terms
from store.db import upgrade
from store.models import Bounce, Message, MessageState, Subscriber, SubscriberState
from tests.mails import queue_mails
from tests.notifier.returned import PERSON, complaint, delivery_report

TERMS = Terms(bounce_limit=4, return_path=return_path("back@example.org", "a key"))


@pytest.fixture
def engine(empty_sqlite: Engine) -> Engine:
    upgrade(empty_sqlite)
    return empty_sqlite


@pytest.fixture
def mail(session: Session, now: datetime) -> Message:
    """Return a mail that was sent to the one reader there is."""
    (message,) = queue_mails(session, [PERSON], now)
    message.state, message.next_attempt_at = MessageState.SENT, None
    session.commit()
    return message


@pytest.fixture
def taken_in(engine: Engine, now: datetime) -> "TakenIn":
    return TakenIn(engine, now)


class TakenIn:
    """Takes in one message, and returns its fate."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self.engine, self.now = engine, now

    def __call__(self, content: bytes) -> Fate:
        (fate,) = take_in(self.engine, [content], TERMS, self.now)
        return fate


def state_of_reader(session: Session) -> SubscriberState:
    session.expire_all()
    return session.scalars(select(Subscriber)).one().state


def test_a_report_is_traced_by_message_id_counted_once_and_fails_the_mail(
    mail: Message, taken_in: TakenIn, session: Session
) -> None:
    report = delivery_report(mail.message_id, recipient="somebody@else.example")
    assert taken_in(report) is Fate.COUNTED
    assert taken_in(report) is Fate.KNOWN
    assert taken_in(report + b"again, in other words\r\n") is Fate.KNOWN
    session.refresh(mail)
    assert mail.state is MessageState.FAILED
    assert mail.last_reply == "returned later: 5.1.1"
    assert state_of_reader(session) is SubscriberState.ACTIVE


def test_a_report_is_traced_by_the_return_path_of_the_mail(
    mail: Message, taken_in: TakenIn, session: Session
) -> None:
    assert TERMS.return_path is not None
    to = TERMS.return_path.of(mail.id)
    assert taken_in(delivery_report(to=to, recipient="x@else.example")) is Fate.COUNTED
    assert session.scalars(select(Bounce.message_id)).one() == mail.id


def test_a_return_path_that_is_not_ours_traces_nothing(mail: Message, taken_in: TakenIn) -> None:
    forged = delivery_report(
        to=f"back+m{mail.id}-0123456789abcdef@example.org", recipient="x@y.org"
    )
    assert taken_in(forged) is Fate.UNKNOWN


@pytest.mark.usefixtures("mail")
def test_a_report_is_traced_by_the_address_and_two_of_them_suspend(
    taken_in: TakenIn, session: Session
) -> None:
    assert taken_in(delivery_report()) is Fate.COUNTED
    assert taken_in(delivery_report()) is Fate.KNOWN
    assert taken_in(delivery_report(mail_id="<other@example.org>")) is Fate.SUSPENDED
    assert state_of_reader(session) is SubscriberState.BOUNCED


@pytest.mark.usefixtures("mail")
def test_a_full_mailbox_counts_half(taken_in: TakenIn) -> None:
    fates = [
        taken_in(delivery_report(mail_id=f"<{n}@example.org>", status="5.2.2")) for n in range(4)
    ]
    assert fates == [Fate.COUNTED] * 3 + [Fate.SUSPENDED]


@pytest.mark.parametrize(
    ("report", "fate"),
    [
        (delivery_report(action="delayed", status="4.4.1"), Fate.NO_REPORT),
        (delivery_report(action="delivered", status="2.0.0"), Fate.NO_REPORT),
        (delivery_report(status="5.7.1"), Fate.NOT_COUNTED),
        (delivery_report(recipient="nobody@else.example"), Fate.UNKNOWN),
        (complaint("<unknown@example.org>"), Fate.UNKNOWN),
        (b"From: a@example.org\r\nSubject: Out of office\r\n\r\nI am away.\r\n", Fate.NO_REPORT),
        (b"", Fate.NO_REPORT),
        (b"\xff\xfe\x00 no mail", Fate.NO_REPORT),
    ],
)
@pytest.mark.usefixtures("mail")
def test_what_says_nothing_of_the_address_counts_nothing(
    report: bytes, fate: Fate, taken_in: TakenIn, session: Session
) -> None:
    assert taken_in(report) is fate
    assert session.scalars(select(Bounce)).all() == []


def test_a_complaint_stops_at_once(mail: Message, taken_in: TakenIn, session: Session) -> None:
    assert taken_in(complaint(mail.message_id, "not-spam")) is Fate.NO_REPORT
    assert state_of_reader(session) is SubscriberState.ACTIVE
    assert taken_in(complaint(mail.message_id)) is Fate.STOPPED
    assert taken_in(complaint(mail.message_id)) is Fate.KNOWN
    assert state_of_reader(session) is SubscriberState.STOPPED
    assert "withdrawn" in session.scalars(select(Subscriber.consent)).one()


def test_bounces_of_before_a_new_confirmation_do_not_count(
    mail: Message, taken_in: TakenIn, session: Session, now: datetime
) -> None:
    taken_in(delivery_report(mail.message_id))
    mail.subscriber.confirmed_at = now + timedelta(minutes=1)
    session.commit()
    taken_in.now = now + timedelta(minutes=2)
    assert taken_in(delivery_report(mail_id="<other@example.org>")) is Fate.COUNTED


def test_the_log_names_no_address(
    mail: Message, taken_in: TakenIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for report in (
            delivery_report(mail.message_id),
            delivery_report(recipient="nobody@else.example"),
            delivery_report(action="delayed"),
            complaint(mail.message_id),
        ):
            taken_in(report)
    told = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert len([line for line in told if "notifier.bounces" in line]) == 4
    assert not [line for line in told if PERSON in line or "nobody@" in line]
