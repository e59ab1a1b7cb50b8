"""Signed links: a token names a person and a purpose, and cannot be made without the key."""

import secrets

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from config.settings import Settings
from store.models import Secret, Subscriber
from store.once import insert_once

SIGNING_KEY = "signing-key"
STOP = "stop"


class TokenError(ValueError):
    """A token that we did not make, or whose person is gone; the message does not repeat it."""


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
    try:
        named = URLSafeSerializer(key, salt=STOP).loads(token)
    except BadData as error:
        raise TokenError("the token's signature is wrong") from error
    subscriber = session.get(Subscriber, named[0])
    if subscriber is None or named[1] != _born(subscriber):
        raise TokenError("the token's person is not known")
    return subscriber


def _born(subscriber: Subscriber) -> int:
    """Return what keeps a token from naming someone else who was given an erased person's id."""
    return int(subscriber.created_at.timestamp())
