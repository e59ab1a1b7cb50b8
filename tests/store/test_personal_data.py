"""Letters, and what is exported, erased and forgotten of a person."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from store.consents import PAGE
from store.db import in_transaction
from store.erasing import erase
from store.exports import export
from store.filters import Filters
from store.following import (
    Following,
    Preferences,
)
from store.housekeeping import forget_expired
from store.issued_tokens import issue_confirmation
from store.letters import Letter, keep_letter
from store.logins import Named, remember
from store.messages import claim_due, drop_unwanted, expire_stale
from store.models import (
    Base,
    Bounce,
    BounceKind,
    Cadence,
    Feedback,
    Message,
    MessageBody,
    MessageItem,
    MessageState,
    Purpose,
    RateCount,
    Subscriber,
    SubscriberState,
    Verdict,
)
from store.rates import count_asking
from store.sign_ins import sign_in
from store.subscribers import stop
from store.wishes import Wish, wishing
from tests.notifier.conftest import World

ADDRESS = "reader@example.org"


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def reader(world: World) -> Subscriber:
    return world.subscriber(world.profile(), address=ADDRESS)


@pytest.fixture
def wish(reader: Subscriber) -> Wish:
    slug = reader.subscriptions[0].profile.slug
    following = Following(Cadence.DAILY, Filters())
    return Wish((slug,), following, Preferences("nb", "Europe/Oslo", "tue", 7))


def letter(session: Session, reader: Subscriber, purpose: Purpose, now: datetime) -> Message:
    words = Letter(purpose, reader.id, f"<{purpose}@example.org>", b"a secret link")
    return keep_letter(session, words, now)


@pytest.mark.parametrize(
    "state", [SubscriberState.PENDING, SubscriberState.STOPPED, SubscriberState.BOUNCED]
)
def test_a_letter_reaches_those_too_who_are_sent_no_digests(
    session: Session, reader: Subscriber, state: SubscriberState, now: datetime
) -> None:
    reader.state = state
    letter(session, reader, Purpose.CONFIRM, now)
    session.commit()
    assert drop_unwanted(session) == []
    assert [one.address for one in claim_due(session.connection(), now, 5)] == [ADDRESS]


@pytest.mark.parametrize(
    ("purpose", "life"),
    [
        (Purpose.CONFIRM, timedelta(hours=24)),
        (Purpose.LINK, timedelta(minutes=30)),
        (Purpose.LOGIN, timedelta(minutes=15)),
    ],
)
def test_a_letter_is_not_sent_when_its_link_is_of_no_use(
    session: Session, reader: Subscriber, purpose: Purpose, life: timedelta, now: datetime
) -> None:
    letter(session, reader, purpose, now)
    assert expire_stale(session, now + life - timedelta(minutes=1)) == []
    assert len(expire_stale(session, now + life)) == 1


def test_the_words_of_a_letter_are_gone_once_it_is_settled(
    session: Session, reader: Subscriber, now: datetime
) -> None:
    waiting = letter(session, reader, Purpose.CONFIRM, now)
    assert forget_expired(session, now).letters == 0
    waiting.state = MessageState.CLAIMED
    waiting.next_attempt_at = None
    assert forget_expired(session, now).letters == 0
    waiting.state = MessageState.SENT
    assert forget_expired(session, now).letters == 1
    assert session.scalars(select(MessageBody)).all() == []


@pytest.mark.usefixtures("reader")
def test_what_is_of_no_more_use_is_forgotten(session: Session, wish: Wish, now: datetime) -> None:
    asked = wishing(session, "other@example.org", wish.preferences, now)
    issue_confirmation(session, asked, wish, now)
    count_asking(session, "somebody", timedelta(hours=1), now)
    session.commit()
    assert forget_expired(session, now + timedelta(hours=20)).people == 0
    done = forget_expired(session, now + timedelta(days=30))
    assert (done.tokens, done.people, done.counts) == (1, 1, 1)
    assert session.scalars(select(Subscriber.address)).all() == [ADDRESS]


def test_an_address_that_was_asked_for_again_is_kept_while_it_may_answer(
    session: Session, wish: Wish, now: datetime
) -> None:
    subscriber = wishing(session, "other@example.org", wish.preferences, now)
    later = now + timedelta(days=30)
    issue_confirmation(session, subscriber, wish, later - timedelta(hours=1))
    assert forget_expired(session, later).people == 0


def test_asking_is_counted_in_stretches_of_time(session: Session, now: datetime) -> None:
    hour = timedelta(hours=1)
    assert [count_asking(session, "one", hour, now).number for _ in range(3)] == [1, 2, 3]
    assert count_asking(session, "two", hour, now).number == 1
    assert count_asking(session, "one", hour, now + timedelta(minutes=59)).number == 4
    assert count_asking(session, "one", hour, now + hour).number == 1
    assert count_asking(session, "one", hour, now).until == now + hour


def test_many_who_ask_at_once_are_all_counted(engine: Engine, now: datetime) -> None:
    for _ in range(3):
        in_transaction(engine, lambda s: count_asking(s, "one", timedelta(hours=1), now))
    with Session(engine) as session:
        assert session.scalars(select(RateCount.number)).one() == 3


def of_a_person() -> set[str]:
    """Return the tables whose rows go when a person's row does."""
    found = {"subscriber"}
    for _ in Base.metadata.tables:
        found |= {
            table.name
            for table in Base.metadata.tables.values()
            if any(key.column.table.name in found for key in table.foreign_keys)
        }
    return found


@pytest.fixture
def known(session: Session, reader: Subscriber, wish: Wish, world: World, now: datetime) -> int:
    """Return the id of a person of whom every table knows something."""
    opportunity = world.opportunity()
    match = world.match(reader.subscriptions[0].profile, opportunity)
    issue_confirmation(session, reader, wish, now)
    mail = letter(session, reader, Purpose.CONFIRM, now)
    mail.items.append(MessageItem(opportunity_id=opportunity.id, content_hash="one"))
    session.flush()
    session.add(
        Bounce(
            subscriber_id=reader.id, message_id=mail.id, kind=BounceKind.SOFT, status="4.2.2",
            at=now, report="message:1",
        )
    )  # fmt: skip
    session.add(
        Feedback(
            match_id=match.id, subscriber_id=reader.id, at=now, verdict=Verdict.USEFUL,
            reason="just what we do",
        )
    )  # fmt: skip
    sign_in(session, reader.id, now)
    remember(session, Named("https://provider.example.org", "7"), reader, now)
    stop(session, reader.id, PAGE, now)
    session.commit()
    return reader.id


def test_an_export_holds_every_row_about_the_person_and_no_secret(
    session: Session, known: int, world: World, now: datetime
) -> None:
    world.subscriber(world.profile("Other"), address="somebody.else@example.org")
    text_of_all = export(session, known, now)
    document = json.loads(text_of_all)
    assert set(document) == of_a_person() | {"exported_at"}
    assert {len(rows) for name, rows in document.items() if name != "exported_at"} == {1}
    assert document["subscriber"][0]["address"] == ADDRESS
    assert document["message_body"][0]["content"] == "a secret link"
    assert document["message_item"][0]["title"] == "Robots at sea"
    assert document["feedback"][0]["reason"] == "just what we do"
    assert document["consent"][0]["wording"] == "Stop these mails"
    assert "secret_hash" not in text_of_all
    assert "somebody.else" not in text_of_all


def test_erasing_leaves_no_row_that_names_the_person(
    session: Session, engine: Engine, known: int
) -> None:
    erase(session, known)
    session.commit()
    with engine.connect() as connection:
        for table in of_a_person():
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table  # noqa: S608 - a table of ours
