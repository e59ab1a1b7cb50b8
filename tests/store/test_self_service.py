"""Wishes, links that work once, and what a person changes of what they follow."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.consents import PAGE
from store.filters import Filters
from store.following import (
    Extras,
    Following,
    Preferences,
    follow,
    leave,
    pause,
    prefer,
    resume,
    want,
)
from store.issued_tokens import issue_confirmation, issue_entrance, known_token, use_token
from store.models import (
    Cadence,
    Consent,
    ConsentAct,
    IssuedToken,
    Profile,
    Purpose,
    Subscriber,
    SubscriberState,
    Subscription,
)
from store.profiles import UnknownProfileError
from store.subscribers import Signup, stop, subscribe
from store.tokens import (
    TokenError,
    manage_token,
    read_settings_token,
    stop_token,
    visit_token,
    withdraw_links,
)
from store.wishes import Wish, come_true, wishing
from tests.notifier.conftest import World

KEY = "a key of the tests"
ADDRESS = "reader@example.org"
OSLO = Preferences("nb", "Europe/Oslo", "tue", 7)
DAILY = Following(Cadence.DAILY, Filters(("horizon_europe",), ("RIA",), "good"))


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def profile(world: World) -> Profile:
    return world.profile()


@pytest.fixture
def wish(profile: Profile) -> Wish:
    return Wish((profile.slug,), DAILY, OSLO)


@pytest.fixture
def reader(world: World, profile: Profile) -> Subscriber:
    return world.subscriber(profile, address=ADDRESS)


def confirm(session: Session, wish: Wish, now: datetime) -> Subscriber:
    subscriber = wishing(session, ADDRESS, wish.preferences, now)
    secret = issue_confirmation(session, subscriber, wish, now).secret
    return come_true(session, use_token(session, Purpose.CONFIRM, secret, now), "Yes, please", now)


def said(session: Session) -> list[tuple[ConsentAct, str]]:
    session.flush()
    return [(c.act, c.by) for c in session.scalars(select(Consent).order_by(Consent.id))]


def test_a_wish_is_kept_and_read_as_it_was(wish: Wish) -> None:
    assert Wish.kept(json.loads(json.dumps(wish.document()))) == wish


def test_asking_alone_makes_nobody_a_reader(session: Session, wish: Wish, now: datetime) -> None:
    subscriber = wishing(session, ADDRESS, wish.preferences, now)
    issue_confirmation(session, subscriber, wish, now)
    assert subscriber.state is SubscriberState.PENDING
    assert subscriber.subscriptions == []
    assert said(session) == []


def test_a_confirmed_wish_comes_true_in_every_part(
    session: Session, wish: Wish, profile: Profile, now: datetime
) -> None:
    subscriber = confirm(session, wish, now)
    assert (subscriber.state, subscriber.confirmed_at) == (SubscriberState.ACTIVE, now)
    assert (subscriber.weekday, subscriber.hour, subscriber.language) == ("tue", 7, "nb")
    (subscription,) = subscriber.subscriptions
    assert subscription.profile is profile
    assert (subscription.cadence, subscription.scheduled_at) == (Cadence.DAILY, now)
    assert Filters.of(subscription) == DAILY.filters
    assert said(session) == [(ConsentAct.GIVEN, PAGE)]
    assert session.scalars(select(Consent.wording)).all() == ["Yes, please"]


def test_who_is_written_to_keeps_their_ways_and_follows_more(
    session: Session, reader: Subscriber, wish: Wish, world: World, now: datetime
) -> None:
    other = world.profile("Other")
    pause(reader, now + timedelta(days=3))
    confirm(session, replace(wish, profiles=(other.slug,)), now)
    assert (reader.language, reader.weekday) == ("en", None)
    assert reader.state is SubscriberState.PAUSED
    assert len(reader.subscriptions) == 2
    assert said(session) == [(ConsentAct.CHANGED, PAGE)]


@pytest.mark.parametrize("state", [SubscriberState.STOPPED, SubscriberState.BOUNCED])
def test_who_had_stopped_comes_back_by_confirming_alone(  # noqa: PLR0917 - pytest names them
    session: Session,
    reader: Subscriber,
    wish: Wish,
    world: World,
    state: SubscriberState,
    now: datetime,
) -> None:
    reader.state = state
    wanted = replace(wish, profiles=(world.profile("Other").slug,))
    wishing(session, ADDRESS, wanted.preferences, now)
    assert reader.state is state
    confirm(session, wanted, now)
    assert reader.state is SubscriberState.ACTIVE
    assert [s.profile.name for s in reader.subscriptions] == ["Other"]


def test_a_profile_that_is_gone_when_the_wish_is_confirmed_is_left_out(
    session: Session, wish: Wish, now: datetime
) -> None:
    wanted = replace(wish, profiles=(*wish.profiles, "gone"))
    assert len(confirm(session, wanted, now).subscriptions) == 1


@pytest.mark.parametrize("after", [timedelta(hours=48), timedelta(days=3)])
def test_a_link_that_is_too_old_does_nothing(
    session: Session, reader: Subscriber, wish: Wish, now: datetime, after: timedelta
) -> None:
    secret = issue_confirmation(session, reader, wish, now).secret
    known_token(session, Purpose.CONFIRM, secret, now + timedelta(hours=47))
    with pytest.raises(TokenError):
        use_token(session, Purpose.CONFIRM, secret, now + after)


def test_a_link_works_once_and_for_its_purpose_alone(
    session: Session, reader: Subscriber, now: datetime
) -> None:
    secret = issue_entrance(session, reader, now).secret
    for purpose, forged in [(Purpose.CONFIRM, secret), (Purpose.LINK, secret + "x")]:
        with pytest.raises(TokenError):
            use_token(session, purpose, forged, now)
    assert use_token(session, Purpose.LINK, secret, now).subscriber_id == reader.id
    with pytest.raises(TokenError):
        use_token(session, Purpose.LINK, secret, now)


def test_of_a_link_only_the_hash_is_kept(
    session: Session, reader: Subscriber, now: datetime
) -> None:
    secret = issue_entrance(session, reader, now).secret
    assert secret not in session.scalars(select(IssuedToken.secret_hash)).one()


def test_a_link_to_the_settings_opens_them_for_its_time(
    session: Session, reader: Subscriber, now: datetime
) -> None:
    mailed, visit = manage_token(KEY, reader, now), visit_token(KEY, reader, now)
    assert read_settings_token(session, KEY, visit, now).proven
    soon, late = now + timedelta(hours=3), now + timedelta(days=60)
    assert not read_settings_token(session, KEY, mailed, soon).proven
    for token, moment in [(visit, soon), (mailed, late), (stop_token(KEY, reader), now)]:
        with pytest.raises(TokenError):
            read_settings_token(session, KEY, token, moment)


def test_withdrawn_links_open_nothing(session: Session, reader: Subscriber, now: datetime) -> None:
    before = manage_token(KEY, reader, now)
    withdraw_links(reader)
    with pytest.raises(TokenError):
        read_settings_token(session, KEY, before, now)
    after = manage_token(KEY, reader, now)
    assert read_settings_token(session, KEY, after, now).subscriber is reader


def test_stopping_withdraws_the_links_and_is_kept_as_proof(
    session: Session, reader: Subscriber, now: datetime
) -> None:
    token = manage_token(KEY, reader, now)
    for _ in range(2):
        stop(session, reader.id, "one click", now)
    with pytest.raises(TokenError):
        read_settings_token(session, KEY, token, now)
    assert said(session) == [(ConsentAct.WITHDRAWN, "one click")]


def test_what_an_operator_vouches_for_is_kept_as_proof_once(
    session: Session, profile: Profile, now: datetime
) -> None:
    signup = Signup(ADDRESS, profile.slug, Cadence.WEEKLY, "en", "Europe/Oslo", "operator root")
    subscribe(session, replace(signup, confirmed_by=None), now)
    assert said(session) == []
    subscribe(session, signup, now)
    subscribe(session, signup, now)
    assert said(session) == [(ConsentAct.GIVEN, "operator root")]


def test_a_profile_is_followed_otherwise_and_left(
    session: Session, reader: Subscriber, profile: Profile, now: datetime
) -> None:
    follow(session, reader, profile.slug, DAILY, now)
    (subscription,) = reader.subscriptions
    assert (subscription.cadence, subscription.scheduled_at) == (Cadence.DAILY, now)
    follow(session, reader, profile.slug, DAILY, now + timedelta(days=1))
    assert subscription.scheduled_at == now
    with pytest.raises(UnknownProfileError):
        follow(session, reader, "nothing", DAILY, now)
    leave(session, reader, profile.slug)
    leave(session, reader, profile.slug)
    assert session.scalars(select(Subscription)).all() == []


def test_a_new_rhythm_counts_from_now_and_another_language_does_not(
    reader: Subscriber, now: datetime
) -> None:
    (subscription,) = reader.subscriptions
    before = subscription.scheduled_at
    prefer(reader, Preferences("nb", "Europe/Oslo", None, None), now)
    assert (reader.language, subscription.scheduled_at) == ("nb", before)
    prefer(reader, OSLO, now)
    assert subscription.scheduled_at == now


def test_mails_besides_digests_are_chosen_one_by_one(reader: Subscriber) -> None:
    want(reader, Extras(alerts=False, reminders=True, quiet_notes=False))
    chosen = (reader.wants_alerts, reader.wants_reminders, reader.wants_quiet_notes)
    assert chosen == (False, True, False)


def test_a_pause_is_for_those_who_are_written_to(reader: Subscriber, now: datetime) -> None:
    pause(reader, now)
    assert (reader.state, reader.paused_until) == (SubscriberState.PAUSED, now)
    resume(reader)
    assert (reader.state, reader.paused_until) == (SubscriberState.ACTIVE, None)
    reader.state = SubscriberState.STOPPED
    pause(reader, now)
    resume(reader)
    assert reader.state is SubscriberState.STOPPED
