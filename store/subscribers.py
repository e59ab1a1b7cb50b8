"""Who is written to: signing up, stopping, and who is due a mail. Logs hold ids, no addresses."""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from store.consents import Proof, note_consent
from store.models import (
    Cadence,
    ConsentAct,
    Profile,
    Subscriber,
    SubscriberState,
    Subscription,
)
from store.profiles import profile_by_slug
from store.tokens import withdraw_links

_LOCAL = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_LOCAL}@(?:(?:{_LABEL}\.)+{_LABEL}|localhost)")
_ENDED = (SubscriberState.STOPPED, SubscriberState.BOUNCED)


class SignupError(ValueError):
    """A sign-up that cannot be used; the message names the value and what to do."""


class Outcome(enum.StrEnum):
    """What a sign-up did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    STILL_STOPPED = "still_stopped"
    """The address was stopped and nobody confirmed it anew: nothing was stored."""


@dataclass(frozen=True, slots=True)
class Signup:
    """A wish to be written to."""

    address: str
    profile: str
    """Slug."""
    cadence: Cadence
    language: str
    time_zone: str
    confirmed_by: str | None
    """Who vouches for the person's consent; None where the person must still confirm."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What became of a sign-up."""

    subscriber_id: int
    state: SubscriberState
    outcome: Outcome


def read_address(text: str) -> str:
    """Return a mail address in lower case.

    Raises:
        SignupError: If ``text`` is no address that mail can be sent to.

    >>> read_address(" Group@Example.ORG ")
    'group@example.org'
    """
    address = text.strip().lower()
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        raise SignupError(f"no usable mail address: {text!r}; one looks like name@example.org")
    return address


def masked(address: str) -> str:
    """Return enough of an address for its owner to know it.

    >>> masked("reader.one@example.org")
    'r***@example.org'
    """
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"


def subscribe(session: Session, signup: Signup, now: datetime) -> Subscribed:
    """Let a person follow a profile; the same sign-up again changes nothing.

    Raises:
        SignupError: If the address or the time zone cannot be used.
        UnknownProfileError: If there is no such profile.
    """
    address = read_address(signup.address)
    if signup.time_zone not in available_timezones():
        raise SignupError(f"no such time zone: {signup.time_zone!r}; one is Europe/Oslo")
    profile = profile_by_slug(session, signup.profile)
    subscriber = session.scalar(select(Subscriber).where(Subscriber.address == address))
    if subscriber is None:
        subscriber = _new_subscriber(session, address, signup, now)
    if subscriber.state in _ENDED and signup.confirmed_by is None:
        return Subscribed(subscriber.id, subscriber.state, Outcome.STILL_STOPPED)
    before = subscriber.state
    _confirm(subscriber, signup, now)
    session.flush()
    outcome = _follow(session, subscriber, profile, signup, now)
    news = outcome is not Outcome.UNCHANGED or subscriber.state is not before
    if signup.confirmed_by is not None and news:
        wording = f"Follow {profile.slug}, {signup.cadence.value}"
        proof = Proof(ConsentAct.GIVEN, signup.confirmed_by, wording)
        note_consent(session, subscriber.id, proof, now)
    return Subscribed(subscriber.id, subscriber.state, outcome)


def active_subscribers(session: Session, now: datetime) -> Sequence[Subscriber]:
    """Return who may be written to at ``now``, with their subscriptions."""
    back = and_(Subscriber.state == SubscriberState.PAUSED, Subscriber.paused_until <= now)
    return session.scalars(
        select(Subscriber)
        .where(or_(Subscriber.state == SubscriberState.ACTIVE, back))
        .options(selectinload(Subscriber.subscriptions))
        .order_by(Subscriber.id)
    ).all()


def stop(session: Session, subscriber_id: int, by: str, now: datetime) -> None:
    """Stop every mail to a person, until they confirm anew; ``by`` is as in ``Proof``."""
    subscriber = session.get_one(Subscriber, subscriber_id)
    if subscriber.state is SubscriberState.STOPPED:
        return
    subscriber.state = SubscriberState.STOPPED
    subscriber.consent = f"{subscriber.consent}; withdrawn {now:%Y-%m-%dT%H:%MZ}"
    withdraw_links(subscriber)
    note_consent(session, subscriber_id, Proof(ConsentAct.WITHDRAWN, by, "Stop these mails"), now)


def _new_subscriber(session: Session, address: str, signup: Signup, now: datetime) -> Subscriber:
    subscriber = Subscriber(
        address=address,
        language=signup.language,
        time_zone=signup.time_zone,
        state=SubscriberState.PENDING,
        consent="not confirmed",
        created_at=now,
    )
    session.add(subscriber)
    session.flush()
    return subscriber


def _confirm(subscriber: Subscriber, signup: Signup, now: datetime) -> None:
    """Take over what was wished; what a stop had ended does not come back with a new consent."""
    subscriber.language = signup.language
    subscriber.time_zone = signup.time_zone
    if signup.confirmed_by is None or subscriber.state is SubscriberState.ACTIVE:
        return
    if subscriber.state in _ENDED:
        subscriber.subscriptions.clear()
    if subscriber.state is not SubscriberState.PAUSED:
        subscriber.state = SubscriberState.ACTIVE
    subscriber.consent = f"confirmed by {signup.confirmed_by} {now:%Y-%m-%dT%H:%MZ}"
    subscriber.confirmed_at = now


def _follow(
    session: Session, subscriber: Subscriber, profile: Profile, signup: Signup, now: datetime
) -> Outcome:
    followed = next((s for s in subscriber.subscriptions if s.profile_id == profile.id), None)
    if followed is None:
        subscriber.subscriptions.append(
            Subscription(profile=profile, cadence=signup.cadence, scheduled_at=now, created_at=now)
        )
        session.flush()
        return Outcome.ADDED
    if followed.cadence is signup.cadence:
        return Outcome.UNCHANGED
    followed.cadence = signup.cadence
    followed.scheduled_at = now
    return Outcome.UPDATED
