"""Keeping what a crawler collected: insert, revise, or only note that it was seen."""

import enum
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from config.deadlines import BRUSSELS
from store.changes import Difference, Fields, changes_between, first_sight
from store.collected import Collected, CollectedBudget, content_hash
from store.models import (
    Change,
    ChangeKind,
    CrawlRun,
    Cutoff,
    OpenTo,
    Opportunity,
    Revision,
    Severity,
    Status,
)


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
    known = _known(session, [picture.record.reference for picture in pictures])
    kept = Kept()
    noted: list[tuple[Revision, list[Difference]]] = []
    for picture in pictures:
        reference = picture.record.reference
        writing = _Writing(session, run, picture, now)
        row = known.get(reference)
        done = writing.insert() if row is None else writing.update(row)
        kept.references[done.outcome if done else Outcome.UNCHANGED].append(reference)
        if done and done.differences:
            noted.append((done.revision, done.differences))
    session.flush()
    session.add_all(
        Change(
            opportunity_id=revision.opportunity_id,
            revision_id=revision.id,
            detected_at=now,
            **asdict(difference),
        )
        for revision, differences in noted
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

    def over(self, earlier: Fields) -> Self:
        """Return the picture with what its source does not know taken from an earlier one."""
        if not self.record.unknown:
            return self
        fields = earlier | self.fields
        return replace(self, fields=fields, digest=content_hash(fields))


_COMPARED = (
    Opportunity.reference,
    Opportunity.content_hash,
    Opportunity.status,
    Opportunity.missing_since,
    Opportunity.withdrawn_at,
)
"""What decides whether a record is new, changed or neither; the texts need not be read for it."""


def _known(session: Session, references: list[str]) -> dict[str, Opportunity]:
    """Return what is stored of ``references``, kept from others until the caller commits."""
    rows = session.scalars(
        select(Opportunity)
        .where(Opportunity.reference.in_(references))
        .options(load_only(*_COMPARED))
        .order_by(Opportunity.id)
        .with_for_update()
    )
    return {row.reference: row for row in rows}


@dataclass(frozen=True, slots=True)
class _Done:
    """What writing a record did."""

    outcome: Outcome
    revision: Revision
    """The picture that the differences hang on."""
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class _Writing:
    """Writes one collected record over what is stored of it."""

    session: Session
    run: CrawlRun
    picture: _Picture
    now: datetime

    def insert(self) -> _Done:
        """Add an opportunity never seen before."""
        record = self.picture.record
        row = Opportunity(
            reference=record.reference,
            source=self.run.source,
            first_seen_at=self.now,
            last_changed_at=self.now,
            content_hash=self.picture.digest,
        )
        self.session.add(row)
        _write_all(row, record)
        self._confirm(row)
        revision = self._revision(row, self.picture)
        return _Done(Outcome.NEW, revision, first_sight(self.picture.fields))

    def update(self, row: Opportunity) -> _Done | None:
        """Write the record over ``row``; None where nothing is to be told."""
        status, back = self._status(row), _returned(row)
        same = self.picture.digest == row.content_hash and not self.picture.record.unknown
        if same and status is row.status and not back:
            self._confirm(row)
            return None
        last = _last_revision(self.session, row)
        picture = self.picture.over(last.fields)
        differences = changes_between(
            last.fields | {"status": row.status.value},
            picture.fields | {"status": status.value},
            self.now.astimezone(BRUSSELS).date(),
        )
        self._confirm(row)
        if picture.digest == row.content_hash and not differences:
            return _Done(Outcome.UNCHANGED, last, back)
        if picture.digest != row.content_hash:
            last = self._revision(row, picture)
        _write(row, picture.record, status)
        row.content_hash, row.last_changed_at = picture.digest, self.now
        return _Done(Outcome.CHANGED, last, back + differences)

    def _confirm(self, row: Opportunity) -> None:
        row.last_seen_at, row.confirmed_by = self.now, self.run.endpoint
        row.missing_since = row.withdrawn_at = None

    def _status(self, row: Opportunity) -> Status:
        """Return the status to store: what once was over stays so until a date lies ahead."""
        record = self.picture.record
        is_over = bool(record.cutoffs) and all(
            cutoff.deadline <= self.now for cutoff in record.cutoffs if cutoff.open_to is OpenTo.ALL
        )
        return Status.CLOSED if row.status is Status.CLOSED and is_over else record.status

    def _revision(self, row: Opportunity, picture: _Picture) -> Revision:
        revision = Revision(
            opportunity=row,
            crawl_run_id=self.run.id,
            seen_at=self.now,
            content_hash=picture.digest,
            fields=picture.fields,
            raw=zlib.compress(picture.record.raw, 6),
        )
        self.session.add(revision)
        return revision


def _returned(row: Opportunity) -> list[Difference]:
    """Return the event of coming back: silence, unless readers were told that it is gone."""
    if row.withdrawn_at is not None:
        was, severity = "withdrawn", Severity.CRITICAL
    elif row.missing_since is not None:
        was, severity = "missing", Severity.NOISE
    else:
        return []
    return [Difference(ChangeKind.RETURNED, severity, "status", was, row.status.value)]


def _last_revision(session: Session, row: Opportunity) -> Revision:
    query = select(Revision).where(Revision.opportunity_id == row.id)
    return session.scalars(query.order_by(Revision.id.desc()).limit(1)).one()


_COPIED = (
    "kind", "topic_id", "call_id", "call_title", "title", "programme", "opens_on",
    "deadline_model", "destination", "url", "parent_reference",
)  # fmt: skip
_LISTED = (
    "action_types", "action_labels", "grant_agreements", "keywords", "tags", "priorities",
    "divisions",
)  # fmt: skip
_NESTED = ("sections", "conditions", "news")


def _write(row: Opportunity, record: Collected, status: Status) -> None:
    """Write ``record`` over ``row``, but for what its source does not know."""
    for name in set(_COPIED) - record.unknown:
        setattr(row, name, getattr(record, name))
    for name in set(_LISTED) - record.unknown:
        setattr(row, name, list(getattr(record, name)))
    for name in set(_NESTED) - record.unknown:
        setattr(row, name, [asdict(part) for part in getattr(record, name)])
    if "budget" not in record.unknown:
        _write_budget(row, record.budget)
    row.status = status
    _write_cutoffs(row, record)


def _write_all(row: Opportunity, record: Collected) -> None:
    """Write ``record`` into a new row; what its source does not know is empty."""
    _write(row, replace(record, unknown=frozenset()), record.status)


def _write_budget(row: Opportunity, budget: CollectedBudget) -> None:
    row.budget_eur, row.shared_budget_eur = budget.own_eur, budget.shared_eur
    row.budget_shared_by, row.expected_grants = budget.shared_by, budget.expected_grants
    row.min_contribution_eur = budget.min_contribution_eur
    row.max_contribution_eur = budget.max_contribution_eur


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


def as_euro(value: Decimal | None) -> float | None:
    """Return an amount as a plain number for JSON; None stays None: not stated is not zero."""
    return None if value is None else float(value)
