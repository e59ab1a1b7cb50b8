"""What is collected, and how it changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base
from store.models.vocabulary import (
    ChangeKind,
    Endpoint,
    Kind,
    OpenTo,
    Origin,
    Severity,
    Status,
)


class Opportunity(Base):
    """One thing a group can apply to, as last collected."""

    __tablename__ = "opportunity"
    # What is on offer is told without its row: the texts in it are long.
    __table_args__ = (Index("ix_opportunity_offer", "programme", "status", "withdrawn_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    """The source's own stable record reference: the identity."""
    source: Mapped[str] = mapped_column(index=True)
    """The spider that collects it."""
    kind: Mapped[Kind]
    topic_id: Mapped[str] = mapped_column(index=True)
    """The Commission's identifier as shown to people; may be renamed and is not unique."""
    parent_reference: Mapped[str | None] = mapped_column(index=True)
    """Reference of the topic whose project gives the money on; of cascade funding alone."""
    call_id: Mapped[str]
    call_title: Mapped[str]
    title: Mapped[str]
    status: Mapped[Status] = mapped_column(index=True)
    programme: Mapped[str]
    """Slug in config/programmes.yaml."""
    action_types: Mapped[list[str]]
    """Codes such as ``HORIZON-RIA``."""
    action_labels: Mapped[list[str]]
    """The same, as people read them."""
    grant_agreements: Mapped[list[str]]
    """Model grant agreements, such as ``HORIZON-AG-LS``."""
    opens_on: Mapped[date]
    """Day it opens, in Brussels; the source gives no hour."""
    deadline_model: Mapped[str]
    """``single-stage``, ``two-stage``, ``multiple cut-off`` or ``continuous``."""
    budget_eur: Mapped[Decimal | None]
    """The topic's own money; None where it is shared or not stated."""
    shared_budget_eur: Mapped[Decimal | None]
    """Money of a line that several topics share."""
    budget_shared_by: Mapped[int]
    """Number of topics on the budget line, this one counted; 0 where there is no line."""
    min_contribution_eur: Mapped[Decimal | None]
    """Least EU contribution of one project; None means not stated."""
    max_contribution_eur: Mapped[Decimal | None]
    expected_grants: Mapped[int | None]
    sections: Mapped[list[dict[str, Any]]]
    """Parts of the description: ``{label, html, text}``, html sanitised."""
    conditions: Mapped[list[dict[str, Any]]]
    """Parts of the conditions: ``{label, html, text}``."""
    destination: Mapped[str]
    keywords: Mapped[list[str]]
    tags: Mapped[list[str]]
    priorities: Mapped[list[str]]
    """Cross-cutting priorities, as codes."""
    divisions: Mapped[list[str]]
    """Parts of the programme, as codes."""
    news: Mapped[list[dict[str, Any]]]
    """Latest news: ``{at, html, text}``, newest first."""
    url: Mapped[str]
    """The page a person would open."""
    content_hash: Mapped[str]
    first_seen_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    """When it was last confirmed."""
    confirmed_by: Mapped[Endpoint]
    """What it was last confirmed by."""
    last_changed_at: Mapped[datetime]
    missing_since: Mapped[datetime | None]
    """First complete run that did not return it; None while it is returned."""
    withdrawn_at: Mapped[datetime | None]
    """When it was found to be gone for good: missing, and not there at a direct look."""

    cutoffs: Mapped[list["Cutoff"]] = relationship(
        back_populates="opportunity", cascade="all, delete-orphan", order_by="Cutoff.position"
    )
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="opportunity", cascade="all, delete-orphan", order_by="Revision.id"
    )


class Cutoff(Base):
    """A date to submit by."""

    __tablename__ = "cutoff"
    __table_args__ = (
        UniqueConstraint("opportunity_id", "position"),
        Index("ix_cutoff_ahead", "deadline", "open_to", "opportunity_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id", ondelete="CASCADE"))
    position: Mapped[int]
    """Order in time, from 1; also the cut-off's number."""
    stage: Mapped[int | None]
    """1 or 2 of a two-stage topic."""
    day: Mapped[date]
    """Calendar day in Brussels."""
    deadline: Mapped[datetime]
    origin: Mapped[Origin]
    rule_id: Mapped[str | None]
    open_to: Mapped[OpenTo]
    verified: Mapped[bool] = mapped_column(default=True)
    """Whether the date was compared with an official page; False is told to every reader."""
    note: Mapped[str] = mapped_column(default="")
    """What else there is to know of this date, in a few words."""

    opportunity: Mapped[Opportunity] = relationship(back_populates="cutoffs")


class Revision(Base):
    """An immutable picture of an opportunity as first seen in a crawl."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunity.id", ondelete="CASCADE"), index=True
    )
    crawl_run_id: Mapped[int] = mapped_column(ForeignKey("crawl_run.id"))
    seen_at: Mapped[datetime]
    content_hash: Mapped[str]
    fields: Mapped[dict[str, Any]]
    """The normalised fields that the hash covers."""
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    """The source's record, as JSON compressed by zlib."""

    opportunity: Mapped[Opportunity] = relationship(back_populates="revisions")


class Change(Base):
    """What differs between two revisions of an opportunity."""

    __tablename__ = "change"

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunity.id", ondelete="CASCADE"), index=True
    )
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id", ondelete="CASCADE"))
    kind: Mapped[ChangeKind]
    severity: Mapped[Severity]
    field: Mapped[str]
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    detected_at: Mapped[datetime] = mapped_column(index=True)


class CrawlRun(Base):
    """One run of one source."""

    __tablename__ = "crawl_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """None while it runs, and for ever where it was killed."""
    seen: Mapped[int] = mapped_column(default=0)
    """Distinct references returned."""
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    """No longer returned after their last deadline."""
    missing: Mapped[int] = mapped_column(default=0)
    """Known, unexpired and not returned by this complete run."""
    withdrawn: Mapped[int] = mapped_column(default=0)
    """Missing beyond the grace time, and not there at a direct look."""
    refused: Mapped[int] = mapped_column(default=0)
    leftovers: Mapped[int] = mapped_column(default=0)
    """Rows of the stale index: announced, and not kept."""
    outside: Mapped[int] = mapped_column(default=0)
    """Rows that the query did not ask for."""
    pages: Mapped[int] = mapped_column(default=0)
    scans: Mapped[int] = mapped_column(default=0)
    """How often the source was read through, because its rows moved."""
    announced: Mapped[int | None]
    """How many the source says there are."""
    complete: Mapped[bool] = mapped_column(default=False)
    healthy: Mapped[bool] = mapped_column(default=False)
    problems: Mapped[list[str]] = mapped_column(default=list)
    """Why it is not complete or not healthy, one sentence each."""
    notes: Mapped[list[str]] = mapped_column(default=list)
    """What an operator should know of a run that is healthy all the same."""
    endpoint: Mapped[Endpoint] = mapped_column(default=Endpoint.SEARCH_API)
    fill_rates: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Share (0..1) of the opportunities in which each field says something."""
    shape: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the raw records looked like: key → ``{share, types}``."""


class CrawlAnswer(Base):
    """An answer that a run received; its body lies in the folder of answers, by its hash."""

    __tablename__ = "crawl_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    crawl_run_id: Mapped[int] = mapped_column(
        ForeignKey("crawl_run.id", ondelete="CASCADE"), index=True
    )
    url: Mapped[str]
    status: Mapped[int]
    """Of HTTP."""
    content_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    size_bytes: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(index=True)
