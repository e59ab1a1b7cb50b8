"""What opens a person's settings without a password, what they agreed to, how often was asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base
from store.models.vocabulary import ConsentAct, Purpose


class IssuedToken(Base):
    """A link that was mailed and works once; of its secret only the hash is kept."""

    __tablename__ = "issued_token"

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256, hexadecimal."""
    purpose: Mapped[Purpose]
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wish: Mapped[dict[str, Any]]
    """What using it brings about: what to follow (``store.wishes``), or the page to come to
    (``store.logins``); empty where it opens the settings."""


class Consent(Base):
    """Proof of what a person agreed to, changed or withdrew; only ever appended."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    act: Mapped[ConsentAct]
    by: Mapped[str]
    """Where or by whom: ``page``, ``one click``, ``complaint``, or an operator's name."""
    wording: Mapped[str] = mapped_column(Text)
    """What was agreed to, in the words that were shown."""


class RateCount(Base):
    """How often something was asked for in a stretch of time."""

    __tablename__ = "rate_count"

    key: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of what is counted: of an address, of a client. It names nobody."""
    window_start: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    number: Mapped[int]
