"""How opportunities stand at a moment, as the database tells: what ``status_at`` says of one."""

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, func, or_, select
from sqlalchemy.orm import Session

from store.models import Cutoff, OpenTo, Opportunity, Status


def standing_at(now: datetime) -> ColumnElement[Status]:
    """Return the status of an opportunity at ``now``, in the words of ``store.opportunities``."""
    dated = exists().where(Cutoff.opportunity_id == Opportunity.id)
    return case(
        (Opportunity.withdrawn_at.is_not(None), Status.CLOSED),
        (or_(~dated, _ahead(OpenTo.ALL, now)), Opportunity.status),
        (_ahead(OpenTo.INVITED, now), Status.INVITED),
        else_=Status.CLOSED,
    )


def next_deadline_at(now: datetime) -> ScalarSelect[datetime]:
    """Return the first deadline ahead that anyone may use; null where there is none."""
    ahead = select(func.min(Cutoff.deadline)).where(
        Cutoff.opportunity_id == Opportunity.id,
        Cutoff.open_to == OpenTo.ALL,
        Cutoff.deadline > now,
    )
    return ahead.correlate(Opportunity).scalar_subquery()


def counts_at(session: Session, now: datetime) -> dict[tuple[str, Status], int]:
    """Return how many opportunities there are, by source and by how they stand at ``now``."""
    stands = select(Opportunity.source, standing_at(now).label("status")).subquery()
    rows = session.execute(select(stands, func.count()).group_by(*stands.c))
    return {(source, status): number for source, status, number in rows}


def _ahead(open_to: OpenTo, now: datetime) -> ColumnElement[bool]:
    return exists().where(
        Cutoff.opportunity_id == Opportunity.id,
        Cutoff.open_to == open_to,
        Cutoff.deadline > now,
    )
