"""Who is written to, what they were told, and what ran when."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, true
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base
from store.models.matching import Profile
from store.models.vocabulary import (
    BounceKind,
    Cadence,
    MessageState,
    Purpose,
    SubscriberState,
)


class Subscriber(Base):
    """A person with an address."""

    __tablename__ = "subscriber"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)
    """In lower case."""
    language: Mapped[str]
    time_zone: Mapped[str]
    state: Mapped[SubscriberState]
    consent: Mapped[str]
    """How consent was given: who said so, when."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    weekday: Mapped[str | None]
    """``mon`` … ``sun``, the day of weekly and monthly digests; None means the installation's."""
    hour: Mapped[int | None]
    """Of the day in the reader's own zone; None means the installation's."""
    wants_alerts: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether what was told is corrected at once where that cannot wait."""
    wants_reminders: Mapped[bool] = mapped_column(default=True, server_default=true())
    wants_quiet_notes: Mapped[bool] = mapped_column(default=True, server_default=true())
    link_number: Mapped[int] = mapped_column(default=0, server_default="0")
    """Links to the person's settings carry it: counting on makes those sent before void."""

    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan"
    )


class Subscription(Base):
    """A profile that a subscriber follows."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("subscriber_id", "profile_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profile.id", ondelete="CASCADE"), index=True
    )
    cadence: Mapped[Cadence]
    scheduled_at: Mapped[datetime]
    """When the rhythm was last chosen: windows that ended before are nobody's."""
    programmes: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Slugs; empty means all."""
    action_types: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    """Short types such as ``RIA``; empty means any."""
    least_band: Mapped[str] = mapped_column(default="possible", server_default="possible")
    """The least fit that is told: ``possible``, ``good`` or ``strong``."""
    created_at: Mapped[datetime]

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")
    profile: Mapped[Profile] = relationship()


class DigestRun(Base):
    """One scheduled window of one cadence."""

    __tablename__ = "digest_run"
    __table_args__ = (UniqueConstraint("cadence", "window_start", "window_end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cadence: Mapped[Cadence]
    window_start: Mapped[datetime]
    """First moment of the window."""
    window_end: Mapped[datetime]
    """First moment after it."""
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """When the scheduler had asked for every reader of the window; it asks no more."""


class Message(Base):
    """One mail to one person, its bytes frozen when it was composed."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("digest_run_id", "subscriber_id"),
        Index("ix_message_state", "state"),
        Index("ix_message_next_attempt_at", "next_attempt_at", "id"),
        Index("ix_message_claimed_at", "claimed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest_run_id: Mapped[int | None] = mapped_column(ForeignKey("digest_run.id"))
    """None where no window asked for it, but a person."""
    purpose: Mapped[Purpose] = mapped_column(default=Purpose.DIGEST, server_default="digest")
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[str] = mapped_column(unique=True)
    """The mail's Message-ID, the same on every attempt."""
    state: Mapped[MessageState]
    attempts: Mapped[int] = mapped_column(default=0)
    silences: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the whole mail was handed over and no answer came."""
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often a sender ended while it had this mail in hand."""
    composed_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    """When it may be tried; None while it is in hand, and for ever once it is settled."""
    sent_at: Mapped[datetime | None]
    last_reply: Mapped[str | None] = mapped_column(Text)

    subscriber: Mapped[Subscriber] = relationship()
    written: Mapped["MessageBody"] = relationship(cascade="all, delete-orphan")
    body: AssociationProxy[bytes] = association_proxy(
        "written", "content", creator=lambda content: MessageBody(content=content)
    )
    """The whole mail, headers and all."""
    items: Mapped[list["MessageItem"]] = relationship(
        back_populates="message", cascade="all, delete-orphan"
    )


class MessageBody(Base):
    """The bytes of a mail, frozen; apart, since SQLite rewrites a whole row at every change."""

    __tablename__ = "message_body"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Bounce(Base):
    """A mail that came back, or a complaint about one; each counts once."""

    __tablename__ = "bounce"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), index=True
    )
    """None where the report names the address only."""
    kind: Mapped[BounceKind]
    status: Mapped[str]
    """As the other side says it, such as 5.1.1; empty where it says none."""
    at: Mapped[datetime]
    report: Mapped[str] = mapped_column(unique=True)
    """What makes it this bounce and no other: the mail, or the report's own hash."""


class MessageItem(Base):
    """One opportunity told in one mail."""

    __tablename__ = "message_item"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunity.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    content_hash: Mapped[str]
    """Content that was told."""
    reminder: Mapped[str | None]
    """The deadline that was brought to mind, and how many days before: ``2026-11-24/14``."""

    message: Mapped[Message] = relationship(back_populates="items")


class JobClaim(Base):
    """The one process that ran a job for a period."""

    __tablename__ = "job_claim"

    job: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    """The scheduled moment, ISO 8601 in UTC."""
    claimed_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)


class Secret(Base):
    """A value made once and kept, such as the key that signs links."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
