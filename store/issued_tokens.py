"""Links that are mailed and work once: the reader has the secret, the store only its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from store.letters import LINK_LIFE
from store.models import IssuedToken, Purpose, Subscriber
from store.tokens import TokenError
from store.wishes import Wish


@dataclass(frozen=True, slots=True)
class Issued:
    """A link about to be mailed, and what is known of the secret in it nowhere else."""

    token: IssuedToken
    secret: str


def issue_confirmation(
    session: Session, subscriber: Subscriber, wish: Wish, now: datetime
) -> Issued:
    """Return the link by which ``subscriber`` can make a wish come true."""
    return _issue(
        session, IssuedToken(purpose=Purpose.CONFIRM, wish=wish.document()), subscriber, now
    )


def issue_entrance(session: Session, subscriber: Subscriber, now: datetime) -> Issued:
    """Return the link by which ``subscriber`` opens their settings."""
    token = IssuedToken(purpose=Purpose.LINK, wish={})
    return _issue(session, token, subscriber, now)


def issue_login(session: Session, subscriber: Subscriber, onward: str, now: datetime) -> Issued:
    """Return the link by which ``subscriber`` signs in, and comes to a page."""
    token = IssuedToken(purpose=Purpose.LOGIN, wish={"onward": onward})
    return _issue(session, token, subscriber, now)


def _issue(session: Session, token: IssuedToken, subscriber: Subscriber, now: datetime) -> Issued:
    secret = secrets.token_urlsafe(32)
    token.secret_hash = _hash(secret)
    token.subscriber_id = subscriber.id
    token.issued_at = now
    token.expires_at = now + LINK_LIFE[token.purpose]
    session.add(token)
    session.flush()
    return Issued(token, secret)


def known_token(session: Session, purpose: Purpose, secret: str, now: datetime) -> IssuedToken:
    """Return what a secret stands for, and leave it usable.

    Raises:
        TokenError: If it is not ours, for something else, used, or too old.
    """
    token = session.scalar(
        select(IssuedToken).where(
            IssuedToken.secret_hash == _hash(secret),
            IssuedToken.purpose == purpose,
            IssuedToken.used_at.is_(None),
            IssuedToken.expires_at > now,
        )
    )
    if token is None:
        raise TokenError("the token is not known, or was used, or is too old")
    return token


def use_token(session: Session, purpose: Purpose, secret: str, now: datetime) -> IssuedToken:
    """Return what a secret stands for, which works no more; of two who use it one succeeds.

    Raises:
        TokenError: If it is not ours, for something else, used, or too old.
    """
    token = known_token(session, purpose, secret, now)
    used = session.execute(
        update(IssuedToken)
        .where(IssuedToken.secret_hash == token.secret_hash, IssuedToken.used_at.is_(None))
        .values(used_at=now)
        .returning(IssuedToken.secret_hash)
    )
    if used.first() is None:
        raise TokenError("the token was used at this very moment")
    return token


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
