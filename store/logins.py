"""Signing in: the links for it, and the names by which providers know who proved an address."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.issued_tokens import Issued, issue_login, use_token
from store.models import Identity, Purpose, Subscriber, SubscriberState
from store.once import insert_once


@dataclass(frozen=True, slots=True)
class Named:
    """The name that a provider of OpenID Connect knows a person by."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who signed in by a link, and where to."""

    subscriber: Subscriber
    onward: str
    """The page that was asked for; empty for none."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an account: an address, and what letters to it look like."""

    address: str
    language: str
    time_zone: str


def issue_link(session: Session, holder: Holder, onward: str, now: datetime) -> Issued:
    """Return a link by which the holder of an account signs in, and comes to a page."""
    return issue_login(session, person_of(session, holder, now), onward, now)


def arrive(session: Session, secret: str, now: datetime) -> Arrival:
    """Use a link, and return whom it lets in.

    Raises:
        TokenError: If it is not ours, for something else, used, or too old.
    """
    token = use_token(session, Purpose.LOGIN, secret, now)
    return Arrival(session.get_one(Subscriber, token.subscriber_id), token.wish["onward"])


def remember(session: Session, named: Named, subscriber: Subscriber, now: datetime) -> None:
    """Keep that a person whom a provider names has proven to have an address."""
    values = {**asdict(named), "subscriber_id": subscriber.id, "linked_at": now}
    if not insert_once(session, Identity, values):
        known = session.get_one(Identity, (named.issuer, named.subject))
        known.subscriber_id, known.linked_at = subscriber.id, now


def remembered(session: Session, named: Named) -> Subscriber | None:
    """Return who was named so before and proved their address; None where nobody did."""
    known = session.get(Identity, (named.issuer, named.subject))
    return None if known is None else session.get_one(Subscriber, known.subscriber_id)


def person_of(session: Session, holder: Holder, now: datetime) -> Subscriber:
    """Return the person with the address; who is new is sent no digests."""
    values = {
        **asdict(holder),
        "state": SubscriberState.PENDING,
        "consent": "not confirmed",
        "created_at": now,
    }
    insert_once(session, Subscriber, values)
    return session.scalars(select(Subscriber).where(Subscriber.address == holder.address)).one()
