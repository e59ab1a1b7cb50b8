"""Keys to the API: shown once, kept as a hash, and good for the profiles they name."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from store.models import ApiKey, Profile

PREFIX = "callwatch_"
"""How every key begins, so that one that lies where it should not is recognised."""

USE_NOTED = timedelta(hours=1)
"""How exactly it is kept when a key was last used: a request writes no more often."""


class UnknownKeyError(LookupError):
    """No key has this number."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a new key opens, and for how long."""

    name: str
    profiles: tuple[str, ...]
    """Slugs."""
    departments: tuple[str, ...]
    """Ids."""
    life: timedelta


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was just made, and its secret, which nobody can read again."""

    key: ApiKey
    secret: str


def make_key(session: Session, grant: Grant, now: datetime) -> MadeKey:
    """Return a new key."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        name=grant.name,
        secret_hash=_hash(secret),
        profiles=list(grant.profiles),
        departments=list(grant.departments),
        created_at=now,
        expires_at=now + grant.life,
    )
    session.add(key)
    session.flush()
    return MadeKey(key, secret)


def usable_key(session: Session, secret: str, now: datetime) -> ApiKey | None:
    """Return the key that ``secret`` is of; None where there is none, or it works no more."""
    key = session.scalar(select(ApiKey).where(ApiKey.secret_hash == _hash(secret)))
    if key is None or key.revoked_at is not None or key.expires_at <= now:
        return None
    return key


def is_use_noted(key: ApiKey, now: datetime) -> bool:
    """Return whether it is kept already, as exactly as it is kept, that ``key`` is used."""
    return key.last_used_at is not None and now - key.last_used_at < USE_NOTED


def note_use(session: Session, key_id: int, now: datetime) -> None:
    """Keep that a key is used."""
    session.get_one(ApiKey, key_id).last_used_at = now


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Return every key, revoked and expired ones too, in the order in which they were made."""
    return session.scalars(select(ApiKey).order_by(ApiKey.id)).all()


def revoke_key(session: Session, key_id: int, now: datetime) -> ApiKey:
    """Let a key work no more, and return it; one that was revoked before stays as it is.

    Raises:
        UnknownKeyError: If there is no such key.
    """
    key = session.get(ApiKey, key_id)
    if key is None:
        raise UnknownKeyError(f"there is no key {key_id}")
    key.revoked_at = key.revoked_at or now
    return key


def is_opened_by(key: ApiKey) -> ColumnElement[bool]:
    """Return the condition on a profile that ``key`` opens it."""
    return or_(Profile.slug.in_(key.profiles), Profile.department.in_(key.departments))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
