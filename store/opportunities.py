"""Which opportunities there are, and how each stands at a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from store.models import Cutoff, Kind, OpenTo, Opportunity, Status

RECENT = timedelta(days=365)
"""How far back one looks for what is usual."""


def next_cutoff(opportunity: Opportunity, now: datetime) -> Cutoff | None:
    """Return the first cut-off ahead that anyone may use; None where there is none."""
    ahead = (c for c in opportunity.cutoffs if c.open_to is OpenTo.ALL and c.deadline > now)
    return min(ahead, key=lambda cutoff: cutoff.deadline, default=None)


def status_at(opportunity: Opportunity, now: datetime) -> Status:
    """Return how the opportunity stands: what the source says, unless the dates say it is over.

    The portal keeps records as open or forthcoming long after their last deadline. After its first
    stage a topic goes on for those invited alone. What was withdrawn is over.
    """
    if opportunity.withdrawn_at is not None:
        return Status.CLOSED
    if not opportunity.cutoffs or next_cutoff(opportunity, now) is not None:
        return opportunity.status
    invited = any(c.open_to is OpenTo.INVITED and c.deadline > now for c in opportunity.cutoffs)
    return Status.INVITED if invited else Status.CLOSED


def takes_proposals(opportunity: Opportunity, now: datetime) -> bool:
    """Return whether anybody may still apply, now or once it opens."""
    return status_at(opportunity, now) in {Status.OPEN, Status.FORTHCOMING}


def is_opening_known(opportunity: Opportunity) -> bool:
    """Return whether ``opens_on`` says anything: not of a yearly call that is not published."""
    return opportunity.kind is not Kind.NATIONAL or bool(opportunity.cutoffs)


def current_opportunities(session: Session, now: datetime) -> Sequence[Opportunity]:
    """Return what is open or forthcoming at ``now``, with cut-offs, in the order of topic ids."""
    rows = session.scalars(
        select(Opportunity)
        .where(Opportunity.status != Status.CLOSED, Opportunity.withdrawn_at.is_(None))
        .options(selectinload(Opportunity.cutoffs))
        .order_by(Opportunity.topic_id, Opportunity.reference)
    )
    return [row for row in rows if takes_proposals(row, now)]


def last_confirmed_at(session: Session) -> datetime | None:
    """Return when a source last confirmed any opportunity; None where none ever did."""
    return session.scalar(select(func.max(Opportunity.last_seen_at)))


def recent_opportunities(session: Session, now: datetime) -> Sequence[Opportunity]:
    """Return what was seen within ``RECENT`` before ``now``, closed or not, with cut-offs."""
    query = select(Opportunity).where(Opportunity.last_seen_at > now - RECENT)
    return session.scalars(
        query.options(selectinload(Opportunity.cutoffs)).order_by(
            Opportunity.topic_id, Opportunity.reference
        )
    ).all()


def all_opportunities(session: Session, programme: str | None = None) -> Sequence[Opportunity]:
    """Return everything ever collected, of one programme or of all, with cut-offs."""
    query = select(Opportunity).options(selectinload(Opportunity.cutoffs))
    if programme is not None:
        query = query.where(Opportunity.programme == programme)
    return session.scalars(query.order_by(Opportunity.topic_id, Opportunity.reference)).all()
