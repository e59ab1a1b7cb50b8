"""Who is signed in: rows that a browser's secret opens, with an end to each."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from store.models import SignIn

IDLE = timedelta(hours=2)
"""After so long without a page a person is signed in no more."""

LONGEST = timedelta(hours=12)
"""After so long a person signs in anew, whatever they did meanwhile."""

NOTED = timedelta(minutes=5)
"""How exactly it is kept when a page was last opened: a write each time would cost more."""


def sign_in(session: Session, subscriber_id: int, now: datetime) -> str:
    """Let a person in, and return the secret of their browser, which is kept nowhere else."""
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(secret_hash=hash_of(secret), subscriber_id=subscriber_id, began_at=now, seen_at=now)
    )
    session.flush()
    return secret


def known_sign_in(session: Session, secret: str, now: datetime) -> SignIn | None:
    """Return what a browser's secret opens; None where it is not ours, or has come to its end."""
    return session.scalar(
        select(SignIn).where(
            SignIn.secret_hash == hash_of(secret),
            SignIn.began_at > now - LONGEST,
            SignIn.seen_at > now - IDLE,
        )
    )


def is_to_be_noted(found: SignIn, now: datetime) -> bool:
    """Return whether it was long enough ago that a page was noted to be opened."""
    return now - found.seen_at >= NOTED


def note_use(session: Session, secret_hash: str, now: datetime) -> None:
    """Note that a page was opened; one that has ended stays ended."""
    session.execute(
        update(SignIn)
        .where(SignIn.secret_hash == secret_hash, SignIn.seen_at > now - IDLE, SignIn.seen_at < now)
        .values(seen_at=now)
    )


def sign_out(session: Session, secret: str) -> None:
    """End what a browser's secret opens."""
    session.execute(delete(SignIn).where(SignIn.secret_hash == hash_of(secret)))


def sign_out_everywhere(session: Session, subscriber_id: int) -> None:
    """End everything that a person is signed in by, at whatever browser."""
    session.execute(delete(SignIn).where(SignIn.subscriber_id == subscriber_id))


def forget_ended(session: Session, now: datetime) -> int:
    """Delete what has come to its end, and return how many there were."""
    ended = or_(SignIn.began_at <= now - LONGEST, SignIn.seen_at <= now - IDLE)
    return len(session.execute(delete(SignIn).where(ended).returning(SignIn.secret_hash)).all())


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
