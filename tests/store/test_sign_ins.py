"""Who is signed in, and for how long."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.db import in_transaction
from store.housekeeping import forget_expired
from store.logins import Holder, Named, arrive, issue_link, person_of, remember, remembered
from store.models import IssuedToken, SignIn, Subscriber, SubscriberState
from store.sign_ins import (
    IDLE,
    LONGEST,
    NOTED,
    hash_of,
    is_to_be_noted,
    known_sign_in,
    note_use,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from store.tokens import TokenError

HOLDER = Holder("adviser@example.org", "nb", "Europe/Oslo")
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def person(session: Session, now: datetime) -> Subscriber:
    return person_of(session, HOLDER, now)


def test_a_secret_opens_what_was_signed_in_and_the_store_has_only_its_hash(
    session: Session, person: Subscriber, now: datetime
) -> None:
    secret = sign_in(session, person.id, now)
    found = known_sign_in(session, secret, now)
    assert found is not None
    assert found.subscriber is person
    assert secret not in (found.secret_hash, *vars(found).values())
    assert known_sign_in(session, "another", now) is None
    assert known_sign_in(session, found.secret_hash, now) is None


@pytest.mark.parametrize("used_every", [IDLE - INSTANT, timedelta(minutes=30)])
def test_a_sign_in_ends_after_hours_without_a_page_and_at_the_latest_after_half_a_day(
    session: Session, person: Subscriber, now: datetime, used_every: timedelta
) -> None:
    secret, at = sign_in(session, person.id, now), now
    while at + used_every < now + LONGEST:
        at += used_every
        assert known_sign_in(session, secret, at) is not None
        note_use(session, hash_of(secret), at)
    assert known_sign_in(session, secret, now + LONGEST) is None
    late = sign_in(session, person.id, now)
    assert known_sign_in(session, late, now + IDLE - INSTANT) is not None
    assert known_sign_in(session, late, now + IDLE) is None


def test_what_has_ended_is_not_woken_by_a_late_note(
    session: Session, person: Subscriber, now: datetime
) -> None:
    secret = sign_in(session, person.id, now)
    note_use(session, hash_of(secret), now + IDLE)
    assert known_sign_in(session, secret, now + IDLE) is None


def test_a_use_is_noted_every_few_minutes(
    session: Session, person: Subscriber, now: datetime
) -> None:
    found = known_sign_in(session, sign_in(session, person.id, now), now)
    assert found is not None
    assert not is_to_be_noted(found, now + NOTED - INSTANT)
    assert is_to_be_noted(found, now + NOTED)


def test_signing_out_ends_one_browser_and_everywhere_ends_all_of_one_person(
    session: Session, person: Subscriber, now: datetime
) -> None:
    other = person_of(session, Holder("other@example.org", "en", "Europe/Oslo"), now)
    first, second, third = (sign_in(session, person.id, now) for _ in range(3))
    theirs = sign_in(session, other.id, now)

    def open_now() -> list[bool]:
        secrets = (first, second, third, theirs)
        return [known_sign_in(session, secret, now) is not None for secret in secrets]

    sign_out(session, first)
    assert open_now() == [False, True, True, True]
    sign_out_everywhere(session, person.id)
    assert open_now() == [False, False, False, True]


def test_a_link_lets_in_once_and_for_a_quarter_of_an_hour(session: Session, now: datetime) -> None:
    issued = issue_link(session, HOLDER, "/desk", now)
    assert issued.secret not in str(vars(issued.token))
    arrival = arrive(session, issued.secret, now + timedelta(minutes=15) - INSTANT)
    assert (arrival.subscriber.address, arrival.onward) == (HOLDER.address, "/desk")
    for secret in (issued.secret, issue_link(session, HOLDER, "", now).secret):
        with pytest.raises(TokenError):
            arrive(session, secret, now + timedelta(minutes=15))


def test_of_two_who_use_a_link_at_once_one_gets_in(any_engine: Engine, now: datetime) -> None:
    issued = in_transaction(any_engine, lambda s: issue_link(s, HOLDER, "", now))
    with Session(any_engine) as first:
        arrive(first, issued.secret, now)
        first.commit()
    with Session(any_engine) as second, pytest.raises(TokenError):
        arrive(second, issued.secret, now)


def test_whom_a_provider_names_is_known_again_and_may_change_address(
    any_engine: Engine, now: datetime
) -> None:
    named = Named("https://provider.example.org", "7")
    with Session(any_engine) as session:
        assert remembered(session, named) is None
        for address in ("before@example.org", "after@example.org"):
            person = person_of(session, Holder(address, "en", "Europe/Oslo"), now)
            remember(session, named, person, now)
            session.commit()
        known = remembered(session, named)
        assert known is not None
        assert known.address == "after@example.org"
        assert remembered(session, Named("https://other.example.org", "7")) is None


def test_who_has_an_account_is_sent_nothing_and_kept_while_signed_in(
    any_engine: Engine, now: datetime
) -> None:
    later = now + timedelta(days=31)
    with Session(any_engine) as session:
        person = person_of(session, HOLDER, now)
        assert person_of(session, HOLDER, later) is person
        assert person.state is SubscriberState.PENDING
        sign_in(session, person.id, later)
        assert forget_expired(session, later).people == 0
        done = forget_expired(session, later + LONGEST)
        assert (done.sign_ins, done.people) == (1, 1)
        assert session.scalars(select(SignIn)).all() == []
        assert session.scalars(select(IssuedToken)).all() == []
