from dataclasses import replace
from datetime import datetime

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from store.models import Cadence, Secret, Subscriber, SubscriberState, Subscription
from store.subscribers import (
    Outcome,
    Signup,
    SignupError,
    active_subscribers,
    read_address,
    stop,
    subscribe,
)
from store.tokens import TokenError, read_stop_token, signing_key, stop_token
from tests.notifier.conftest import World


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


@pytest.fixture
def signup(world: World) -> Signup:
    slug = world.profile().slug
    return Signup("Reader@Example.ORG", slug, Cadence.WEEKLY, "en", "Europe/Oslo", "the operator")


def test_signing_up_twice_is_signing_up_once(
    session: Session, signup: Signup, now: datetime
) -> None:
    assert subscribe(session, signup, now).outcome is Outcome.ADDED
    again = subscribe(session, replace(signup, address=" reader@example.org"), now)
    assert again.outcome is Outcome.UNCHANGED
    assert session.scalars(select(Subscriber.address)).all() == ["reader@example.org"]
    assert len(session.scalars(select(Subscription)).all()) == 1


def test_another_cadence_replaces_the_first(
    session: Session, signup: Signup, now: datetime
) -> None:
    subscribe(session, signup, now)
    changed = subscribe(session, replace(signup, cadence=Cadence.DAILY), now)
    assert changed.outcome is Outcome.UPDATED
    (reader,) = active_subscribers(session, now)
    assert [followed.cadence for followed in reader.subscriptions] == [Cadence.DAILY]


def test_who_is_not_confirmed_is_not_written_to(
    session: Session, signup: Signup, now: datetime
) -> None:
    pending = subscribe(session, replace(signup, confirmed_by=None), now)
    assert pending.state is SubscriberState.PENDING
    assert active_subscribers(session, now) == []
    assert subscribe(session, signup, now).state is SubscriberState.ACTIVE


def test_a_stopped_address_stays_stopped_unless_confirmed_anew(
    session: Session, signup: Signup, world: World, now: datetime
) -> None:
    subscriber = subscribe(session, signup, now).subscriber_id
    stop(session, subscriber, "page", now)
    other = world.profile("Other").slug
    refused = subscribe(session, replace(signup, profile=other, confirmed_by=None), now)
    assert refused.outcome is Outcome.STILL_STOPPED
    assert refused.state is SubscriberState.STOPPED
    anew = subscribe(session, replace(signup, profile=other), now)
    assert anew.state is SubscriberState.ACTIVE
    followed = session.scalars(select(Subscription)).all()
    assert [s.profile.slug for s in followed] == [other]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reader",
        "reader@",
        "@ntnu.no",
        "a b@ntnu.no",
        "a@ntnu",
        "a@b.no\r\nBcc: c@d.no",
        "a@b.no, c@d.no",
        "<a@b.no>",
        "a..b@c.no",
        "a@-b.no",
        "å@ntnu.no",
        "a" * 65 + "@b.no",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SignupError, match="mail address"):
        read_address(text)


def test_an_unknown_time_zone_is_refused(session: Session, signup: Signup, now: datetime) -> None:
    with pytest.raises(SignupError, match="Oslo/Europe"):
        subscribe(session, replace(signup, time_zone="Oslo/Europe"), now)


def test_the_signing_key_is_made_once(engine: Engine, settings: Settings) -> None:
    with Session(engine) as first:
        key = signing_key(first, settings)
        first.commit()
    with Session(engine) as second:
        assert signing_key(second, settings) == key
        assert len(second.scalars(select(Secret)).all()) == 1


def test_a_key_in_the_settings_is_used_and_not_stored(session: Session, settings: Settings) -> None:
    own = settings.model_copy(update={"secret_key": SecretStr("own")})
    assert signing_key(session, own) == "own"
    assert session.scalars(select(Secret)).all() == []


def test_a_token_names_its_person_and_nobody_else(world: World, session: Session) -> None:
    subscriber = world.subscriber()
    token = stop_token("key", subscriber)
    assert read_stop_token(session, "key", token) is subscriber
    for wrong in (token[:-2], "", "x.y", stop_token("other key", subscriber)):
        with pytest.raises(TokenError):
            read_stop_token(session, "key", wrong)


def test_a_token_does_not_pass_to_who_is_given_the_same_id(
    world: World, session: Session, now: datetime
) -> None:
    token = stop_token("key", world.subscriber(id=5))
    session.delete(session.get_one(Subscriber, 5))
    session.commit()
    world.subscriber(id=5, created_at=now)
    with pytest.raises(TokenError):
        read_stop_token(session, "key", token)
