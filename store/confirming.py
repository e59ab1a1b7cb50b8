"""Noting that a second source confirms what is stored, without writing over it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from store.models import Endpoint, Opportunity, Revision


def references_of(session: Session, programme: str) -> Sequence[str]:
    """Return the references of everything ever collected of ``programme``."""
    return session.scalars(
        select(Opportunity.reference).where(Opportunity.programme == programme)
    ).all()


def stored_opportunities(session: Session, references: Iterable[str]) -> dict[str, Opportunity]:
    """Return what is stored of ``references``, by reference, with cut-offs."""
    rows = session.scalars(
        select(Opportunity)
        .where(Opportunity.reference.in_(list(references)))
        .options(selectinload(Opportunity.cutoffs))
    )
    return {row.reference: row for row in rows}


def seen_opportunities(session: Session, programme: str, at: datetime) -> Sequence[Opportunity]:
    """Return what of ``programme`` was last seen at a moment, that of a run, with cut-offs."""
    return session.scalars(
        select(Opportunity)
        .where(Opportunity.programme == programme, Opportunity.last_seen_at == at)
        .options(selectinload(Opportunity.cutoffs))
        .order_by(Opportunity.reference)
    ).all()


def earlier_revisions(session: Session, opportunity: Opportunity) -> Sequence[Revision]:
    """Return every revision of an opportunity but the last, the oldest first."""
    return session.scalars(
        select(Revision).where(Revision.opportunity_id == opportunity.id).order_by(Revision.id)
    ).all()[:-1]


def confirm(session: Session, references: Iterable[str], endpoint: Endpoint, now: datetime) -> None:
    """Note that ``endpoint`` shows ``references`` as they are stored.

    What was withdrawn stays so: only a source that shows the whole record brings it back.
    """
    session.execute(
        update(Opportunity)
        .where(Opportunity.reference.in_(list(references)), Opportunity.withdrawn_at.is_(None))
        .values(last_seen_at=now, confirmed_by=endpoint, missing_since=None)
    )
