"""Profiles, their matches, and what people said of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base
from store.models.opportunities import Opportunity
from store.models.vocabulary import Basis, Decision, ReviewPolicy, ReviewStatus, Verdict


class Profile(Base):
    """What a group works on and may apply for."""

    __tablename__ = "profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department: Mapped[str] = mapped_column(index=True)
    """Id in organisation.yaml."""
    text: Mapped[str] = mapped_column(Text)
    keywords: Mapped[list[dict[str, Any]]]
    """Groups of words that belong together: ``{words, weight}``."""
    excluded_keywords: Mapped[list[str]]
    facets: Mapped[list[str]]
    """Further short texts, each matched on its own."""
    programmes: Mapped[list[str]]
    """Slugs; empty means all."""
    action_types: Mapped[list[str]]
    """Short types such as ``RIA``; empty means any."""
    roles: Mapped[list[str]]
    career_stages: Mapped[list[str]] = mapped_column(default=list)
    """Of the researchers who look for a grant of their own; empty means none does."""
    budget_min_eur: Mapped[Decimal | None]
    """Least EU contribution of a project that is worth the group's work; None means any."""
    budget_max_eur: Mapped[Decimal | None]
    """Greatest EU contribution of a project that the group can handle; None means any."""
    goals: Mapped[list[str]]
    owner: Mapped[str | None]
    review_policy: Mapped[ReviewPolicy]
    review_threshold: Mapped[float | None]
    """Percentile (0..1) from which ``auto_above`` approves by itself."""
    version: Mapped[int]
    """Counts the times its content changed."""
    content_hash: Mapped[str]
    imported: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The content of its file when that was last imported; empty where it has none."""
    updated_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    """When a person last said that it is right as it stands, by saving it or in so many words."""
    retired_at: Mapped[datetime | None]
    """Since when nothing is matched to it; None while it is in use."""

    matches: Mapped[list["Match"]] = relationship(
        back_populates="profile", cascade="all, delete-orphan"
    )


class Embedding(Base):
    """The vector of one text under one model."""

    __tablename__ = "embedding"

    model: Mapped[str] = mapped_column(primary_key=True)
    """Name, revision and everything else that changes the vector."""
    text_hash: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """Little-endian float32, length 1."""


class Match(Base):
    """A profile and an opportunity that belong together."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("profile_id", "opportunity_id"),
        # In the order of the queue, with all that is asked of it: no row is read to pass it over.
        Index(
            "ix_match_queue", "percentile", "id", "review_status", "snoozed_until",
            "profile_id", "opportunity_id", "band", "assignee", "current",
            sqlite_where=text("current = 1"), postgresql_where=text("current"),
        ),
        Index(
            "ix_match_opportunity", "opportunity_id", "current", "review_status", "snoozed_until",
            "percentile",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id", ondelete="CASCADE"))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id", ondelete="CASCADE"))
    basis: Mapped[Basis] = mapped_column(default=Basis.THEME)
    score: Mapped[float]
    """Fused score in 0..1; compare within a profile only. 0 where a rule decided."""
    percentile: Mapped[float]
    """Share (0..1) of the profile's open opportunities that score lower; 0 where a rule decided."""
    probability: Mapped[float | None]
    """How likely (0..1) people call it useful; None until there is feedback to learn from."""
    band: Mapped[str]
    """``strong``, ``good`` or ``possible``; ``by rule`` where a rule decided."""
    reasons: Mapped[list[dict[str, Any]]]
    """What carried the score, best first, as the fields of ``store.matches.Reason``."""
    parts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What the score is made of: ``{name, facet, points}``; the points add up to the score."""
    features: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the stages measured, by name: what feedback is learned from."""
    against: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What speaks against it: ``{kind, text}``, one line of text each."""
    eligibility: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Who of us may apply, in which role and under which rule (``matcher.eligibility``)."""
    content_hash: Mapped[str]
    """Content of the opportunity that was scored."""
    profile_version: Mapped[int]
    review_status: Mapped[ReviewStatus]
    review_version: Mapped[int] = mapped_column(default=0)
    """Counts the reviews: who acts names the one that was seen (``store.acts``)."""
    assignee: Mapped[str | None] = mapped_column(index=True)
    """Address of the adviser who looks after it; None where nobody does."""
    snoozed_until: Mapped[datetime | None]
    """From when on it waits again; only of what is snoozed."""
    by_hand: Mapped[bool] = mapped_column(default=False)
    """Whether an adviser put it here: no run of the matcher ends it."""
    current: Mapped[bool] = mapped_column(default=True)
    """False once the pair no longer matches; kept for its reviews."""
    proposed_at: Mapped[datetime]
    scored_at: Mapped[datetime]

    profile: Mapped[Profile] = relationship(back_populates="matches")
    opportunity: Mapped[Opportunity] = relationship()
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="match", cascade="all, delete-orphan", order_by="Review.id"
    )


class Review(Base):
    """An act on a match; only ever appended: it is the audit log."""

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_decision", "decision", "match_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    """An adviser's name or address, or ``policy``."""
    decision: Mapped[Decision]
    reason_code: Mapped[str | None]
    comment: Mapped[str | None] = mapped_column(Text)
    assignee: Mapped[str | None]
    """Whom it was assigned to; of an assignment, where None means nobody any more."""
    until: Mapped[datetime | None]
    """Until when it was snoozed; of a snooze."""
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("review.id", ondelete="SET NULL"))
    """The review that it takes back; of an undo."""
    replaced: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How the match stood before: ``{status, assignee, snoozed_until}``; empty where not known."""

    match: Mapped[Match] = relationship(back_populates="reviews")


class Feedback(Base):
    """A reader's or adviser's word on one opportunity for one profile."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"), index=True)
    subscriber_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    verdict: Mapped[Verdict]
    reason: Mapped[str | None] = mapped_column(Text)
