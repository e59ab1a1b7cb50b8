"""Signed links: a token names a person and a purpose, and cannot be made without the key."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from config.settings import Settings
from store.models import Profile, Secret, Subscriber
from store.once import insert_once

SIGNING_KEY = "signing-key"
STOP = "stop"
CALENDAR = "calendar"
FEED = "feed"
MANAGE = "manage"
VISIT = "visit"

LIFE = {MANAGE: timedelta(days=60), VISIT: timedelta(hours=2)}
"""How long a link to a person's settings works: one in a mail, and one just asked for."""


class TokenError(ValueError):
    """A token that we did not make, or whose person is gone; the message does not repeat it."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose settings a link opens."""

    subscriber: Subscriber
    proven: bool
    """Whether the link was just asked for; one in a digest may have been forwarded with it."""


def known_signing_key(session: Session, settings: Settings) -> str | None:
    """Return the key that signs links, or None where none was set or made yet."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    kept = session.get(Secret, SIGNING_KEY)
    return kept.value if kept else None


def signing_key(session: Session, settings: Settings) -> str:
    """Return the key that signs links; it is made on first use, once for all processes."""
    known = known_signing_key(session, settings)
    if known is not None:
        return known
    insert_once(session, Secret, {"name": SIGNING_KEY, "value": secrets.token_urlsafe(32)})
    return session.get_one(Secret, SIGNING_KEY).value


def stop_token(key: str, subscriber: Subscriber) -> str:
    """Return the token by which ``subscriber`` stops every mail without a login."""
    return URLSafeSerializer(key, salt=STOP).dumps([subscriber.id, _born(subscriber)])


def read_stop_token(session: Session, key: str, token: str) -> Subscriber:
    """Return whom a stop token names.

    Raises:
        TokenError: If the token is not ours, or its person was erased.
    """
    return _person(session, key, STOP, token)


def calendar_token(key: str, subscriber: Subscriber) -> str:
    """Return the token by which ``subscriber`` reads a calendar, and does nothing else."""
    return URLSafeSerializer(key, salt=CALENDAR).dumps([subscriber.id, _born(subscriber)])


def read_calendar_token(session: Session, key: str, token: str) -> Subscriber:
    """Return whose calendar a token opens.

    Raises:
        TokenError: If the token is not ours or for something else, or its person was erased.
    """
    return _person(session, key, CALENDAR, token)


def manage_token(key: str, subscriber: Subscriber, now: datetime) -> str:
    """Return the token in a mail to ``subscriber`` that opens their settings for 60 days."""
    return _settings_token(key, MANAGE, subscriber, now)


def visit_token(key: str, subscriber: Subscriber, now: datetime) -> str:
    """Return the token of a person who has just proven that the address is theirs."""
    return _settings_token(key, VISIT, subscriber, now)


def read_settings_token(session: Session, key: str, token: str, now: datetime) -> Visitor:
    """Return whose settings a token of either kind opens.

    Raises:
        TokenError: If it is not ours or for something else, too old or withdrawn, or its person
            was erased.
    """
    try:
        return Visitor(_visited(session, key, VISIT, token, now), proven=True)
    except TokenError:
        return Visitor(_visited(session, key, MANAGE, token, now), proven=False)


def withdraw_links(subscriber: Subscriber) -> None:
    """Make every link to the person's settings void that was sent before."""
    subscriber.link_number += 1


def feed_token(key: str, profile: Profile) -> str:
    """Return the token by which the feed of ``profile`` is read."""
    return URLSafeSerializer(key, salt=FEED).dumps([profile.id, profile.slug])


def read_feed_token(session: Session, key: str, token: str) -> Profile:
    """Return the profile whose feed a token opens.

    Raises:
        TokenError: If the token is not ours or for something else, or its profile is gone.
    """
    named = _named(key, FEED, token)
    profile = session.get(Profile, named[0])
    if profile is None or named[1] != profile.slug:
        raise TokenError("the token's profile is not known")
    return profile


def _settings_token(key: str, purpose: str, subscriber: Subscriber, now: datetime) -> str:
    end = int((now + LIFE[purpose]).timestamp())
    named = [subscriber.id, _born(subscriber), subscriber.link_number, end]
    return URLSafeSerializer(key, salt=purpose).dumps(named)


def _visited(session: Session, key: str, purpose: str, token: str, now: datetime) -> Subscriber:
    subscriber = _person(session, key, purpose, token)
    _, _, number, end = _named(key, purpose, token)
    if number != subscriber.link_number or end <= now.timestamp():
        raise TokenError("the token is too old, or was withdrawn")
    return subscriber


def _person(session: Session, key: str, purpose: str, token: str) -> Subscriber:
    named = _named(key, purpose, token)
    subscriber = session.get(Subscriber, named[0])
    if subscriber is None or named[1] != _born(subscriber):
        raise TokenError("the token's person is not known")
    return subscriber


def _named(key: str, purpose: str, token: str) -> list[Any]:
    """Return what a token holds: an id, and what keeps it from naming a later row of that id."""
    try:
        named: list[Any] = URLSafeSerializer(key, salt=purpose).loads(token)
    except BadData as error:
        raise TokenError("the token's signature is wrong") from error
    return named


def _born(subscriber: Subscriber) -> int:
    """Return what keeps a token from naming someone else who was given an erased person's id."""
    return int(subscriber.created_at.timestamp())
