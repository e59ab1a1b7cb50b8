"""What becomes of an opportunity that its source no longer returns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only, selectinload

from store.models import (
    Change,
    ChangeKind,
    Endpoint,
    Opportunity,
    Revision,
    Severity,
    Status,
)
from store.opportunities import takes_proposals


@dataclass(slots=True)
class Absences:
    """How many a complete run did not return, by what became of them."""

    closed: int = 0
    """Their last deadline has passed, or a direct look found them closed."""
    missing: int = 0
    """Not over: the portal forgets records for days."""
    withdrawn: int = 0
    """Missing beyond the grace time, and not there at a direct look."""


def long_missing(
    session: Session, source: str, now: datetime, grace: timedelta
) -> Sequence[Opportunity]:
    """Return what has been missing from ``source`` for ``grace`` and is to be looked for."""
    return session.scalars(
        select(Opportunity)
        .where(
            Opportunity.source == source,
            Opportunity.missing_since <= now - grace,
            Opportunity.withdrawn_at.is_(None),
            Opportunity.status != Status.CLOSED,
        )
        .order_by(Opportunity.reference)
    ).all()


def note_absences(
    session: Session, source: str, seen: set[str], looks: Mapping[str, Status | None], now: datetime
) -> Absences:
    """Say of all that a *complete* run did not return whether it is over, missing or withdrawn.

    Args:
        session: The caller commits.
        source: The spider that ran.
        seen: References that it returned.
        looks: Reference → what a direct look found: its status, or None where it is gone.
        now: The moment of the run.
    """
    rows = session.scalars(
        select(Opportunity)
        .where(
            Opportunity.source == source,
            Opportunity.status != Status.CLOSED,
            Opportunity.withdrawn_at.is_(None),
        )
        .options(selectinload(Opportunity.cutoffs), load_only(*_JUDGED))
        .order_by(Opportunity.id)
        .with_for_update()
    )
    counts = Absences()
    for row in rows:
        if row.reference not in seen:
            _note(session, row, looks, counts, now)
    return counts


_JUDGED = (
    Opportunity.reference,
    Opportunity.status,
    Opportunity.missing_since,
    Opportunity.withdrawn_at,
)
"""What decides what became of an opportunity; its texts need not be read for it."""


def _note(
    session: Session,
    row: Opportunity,
    looks: Mapping[str, Status | None],
    counts: Absences,
    now: datetime,
) -> None:
    found = looks.get(row.reference, row.status)
    if not takes_proposals(row, now) or found is Status.CLOSED:
        _append(session, row, ChangeKind.CLOSED, Severity.NOTABLE, now)
        row.status, row.missing_since = Status.CLOSED, None
        counts.closed += 1
        return
    if found is None:
        _append(session, row, ChangeKind.WITHDRAWN, Severity.CRITICAL, now)
        row.withdrawn_at = now
        counts.withdrawn += 1
        return
    if row.missing_since is None:
        _append(session, row, ChangeKind.MISSING, Severity.NOISE, now)
        row.missing_since = now
    if row.reference in looks:
        row.last_seen_at, row.confirmed_by = now, Endpoint.TOPIC_DETAILS
    counts.missing += 1


_AFTER = {
    ChangeKind.CLOSED: Status.CLOSED.value,
    ChangeKind.MISSING: "missing",
    ChangeKind.WITHDRAWN: "withdrawn",
}


def _append(
    session: Session, row: Opportunity, kind: ChangeKind, severity: Severity, now: datetime
) -> None:
    """Append an event that no record tells; it hangs on the last picture there is."""
    last = select(func.max(Revision.id)).where(Revision.opportunity_id == row.id)
    session.add(
        Change(
            opportunity_id=row.id,
            revision_id=session.scalars(last).one(),
            kind=kind,
            severity=severity,
            field="status",
            before=row.status.value,
            after=_AFTER[kind],
            detected_at=now,
        )
    )
