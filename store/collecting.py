"""Keeping what a crawler collected: insert, revise, or only note that it was seen."""

import enum
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Self

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from store.changes import Difference, Fields, changes_between, first_sight
from store.collected import Collected, content_hash
from store.models import Change, CrawlRun, Cutoff, Opportunity, Revision, Status
from store.opportunities import status_at


class Outcome(enum.StrEnum):
    """What became of a collected record."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a page of records: references by outcome."""

    references: dict[Outcome, list[str]] = field(
        default_factory=lambda: {outcome: [] for outcome in Outcome}
    )


def keep_page(session: Session, run: CrawlRun, page: Iterable[Collected], now: datetime) -> Kept:
    """Insert or update each record of ``page``; a revision is added when the content changed."""
    pictures = [_Picture.of(record) for record in page]
    known = _hashes(session, [picture.record.reference for picture in pictures])
    kept = Kept()
    revised: list[tuple[Revision, list[Difference]]] = []
    for picture in pictures:
        reference = picture.record.reference
        outcome = picture.outcome(known.get(reference))
        kept.references[outcome].append(reference)
        if outcome is not Outcome.UNCHANGED:
            revised.append(_revise(session, picture, run, now))
    _note_seen(session, kept.references[Outcome.UNCHANGED], now)
    session.flush()
    session.add_all(
        Change(
            opportunity_id=revision.opportunity_id,
            revision_id=revision.id,
            detected_at=now,
            **asdict(difference),
        )
        for revision, differences in revised
        for difference in differences
    )
    return kept


@dataclass(frozen=True, slots=True)
class _Picture:
    """A collected record with what its revision would hold."""

    record: Collected
    fields: Fields
    digest: str

    @classmethod
    def of(cls, record: Collected) -> Self:
        fields = record.fields()
        return cls(record, fields, content_hash(fields))

    def outcome(self, known_digest: str | None) -> Outcome:
        """Return what the record is beside what is stored of it."""
        if known_digest is None:
            return Outcome.NEW
        return Outcome.UNCHANGED if known_digest == self.digest else Outcome.CHANGED


def _hashes(session: Session, references: list[str]) -> dict[str, str]:
    query = select(Opportunity.reference, Opportunity.content_hash)
    rows = session.execute(query.where(Opportunity.reference.in_(references)))
    return dict(rows.all())


def _note_seen(session: Session, references: list[str], now: datetime) -> None:
    session.execute(
        update(Opportunity)
        .where(Opportunity.reference.in_(references))
        .values(last_seen_at=now, missing_since=None)
    )


def _revise(
    session: Session, picture: _Picture, run: CrawlRun, now: datetime
) -> tuple[Revision, list[Difference]]:
    """Write the record over what is stored, and return its revision with what differs."""
    record = picture.record
    row = session.scalar(
        select(Opportunity)
        .where(Opportunity.reference == record.reference)
        .options(selectinload(Opportunity.cutoffs))
    )
    if row is None:
        row = Opportunity(reference=record.reference, first_seen_at=now, source=run.source)
        session.add(row)
        differences = first_sight(picture.fields)
    else:
        differences = changes_between(_last_fields(session, row), picture.fields)
    _write(row, record, picture.digest, now)
    revision = Revision(
        opportunity=row,
        crawl_run_id=run.id,
        seen_at=now,
        content_hash=picture.digest,
        fields=picture.fields,
        raw=zlib.compress(record.raw, 6),
    )
    session.add(revision)
    return revision, differences


def _last_fields(session: Session, row: Opportunity) -> Fields:
    last = session.scalars(
        select(Revision)
        .where(Revision.opportunity_id == row.id)
        .order_by(Revision.id.desc())
        .limit(1)
    ).one()
    return last.fields


_COPIED = (
    "kind", "topic_id", "call_id", "call_title", "title", "status", "programme", "opens_on",
    "deadline_model", "destination", "url",
)  # fmt: skip
_LISTED = (
    "action_types", "action_labels", "grant_agreements", "keywords", "tags", "priorities",
    "divisions",
)  # fmt: skip
_NESTED = ("sections", "conditions", "news")


def _write(row: Opportunity, record: Collected, digest: str, now: datetime) -> None:
    for name in _COPIED:
        setattr(row, name, getattr(record, name))
    for name in _LISTED:
        setattr(row, name, list(getattr(record, name)))
    for name in _NESTED:
        setattr(row, name, [asdict(part) for part in getattr(record, name)])
    budget = record.budget
    row.budget_eur, row.shared_budget_eur = budget.own_eur, budget.shared_eur
    row.budget_shared_by, row.expected_grants = budget.shared_by, budget.expected_grants
    row.min_contribution_eur = budget.min_contribution_eur
    row.max_contribution_eur = budget.max_contribution_eur
    row.content_hash = digest
    row.last_seen_at = row.last_changed_at = now
    row.missing_since = None
    _write_cutoffs(row, record)


def _write_cutoffs(row: Opportunity, record: Collected) -> None:
    by_position = {cutoff.position: cutoff for cutoff in row.cutoffs}
    for position, collected in enumerate(record.cutoffs, start=1):
        cutoff = by_position.pop(position, None)
        if cutoff is None:
            cutoff = Cutoff(position=position)
            row.cutoffs.append(cutoff)
        for name, value in asdict(collected).items():
            setattr(cutoff, name, value)
    for gone in by_position.values():
        row.cutoffs.remove(gone)


def mark_missing(session: Session, source: str, seen: set[str], now: datetime) -> int:
    """Note what a *complete* run of ``source`` did not return though it is not over.

    Returns:
        How many are missing, those of earlier runs counted.
    """
    rows = session.scalars(
        select(Opportunity)
        .where(Opportunity.source == source, Opportunity.status != Status.CLOSED)
        .options(selectinload(Opportunity.cutoffs))
    )
    missing = [
        row
        for row in rows
        if row.reference not in seen and status_at(row, now) is not Status.CLOSED
    ]
    for row in missing:
        row.missing_since = row.missing_since or now
    return len(missing)


def as_euro(value: Decimal | None) -> float | None:
    """Return an amount as a plain number for JSON; None stays None: not stated is not zero."""
    return None if value is None else float(value)
