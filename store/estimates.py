"""How much mail a subscription would bring, told before it is made."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from config.deadlines import BRUSSELS
from store.feedback import is_set_aside
from store.filters import Filters
from store.models import CrawlRun, Match, Opportunity, ReviewStatus
from store.opportunities import takes_proposals

LOOKED_BACK = timedelta(weeks=26)
"""Half of the year in which a work programme opens."""

FIRST_DAY = timedelta(days=2)
"""How long the first crawl may take to come in: it says nothing of how often news come."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What following a profile would bring."""

    waiting: int
    """Items that are open or announced now: the first mails tell these."""
    a_week: float
    """Items that a usual week brings after that."""
    weeks: int
    """How many weeks were looked at; 0 where nothing is known yet, and ``a_week`` says nothing."""


def estimate(
    session: Session, profile_ids: Collection[int], filters: Filters, now: datetime
) -> Estimate:
    """Return what following profiles would bring, an item of several profiles counted once.

    What an adviser rejected does not count; what still waits for one does.
    """
    found = [match for match in _matches(session, profile_ids) if filters.let_through(match)]
    current = {match.opportunity_id: match.opportunity for match in found if match.current}
    waiting = sum(takes_proposals(one, now) for one in current.values())
    every = {match.opportunity_id: match.opportunity for match in found}
    return estimate_of(session, waiting, every.values(), now)


def estimate_of(
    session: Session, waiting: int, opportunities: Iterable[Opportunity], now: datetime
) -> Estimate:
    """Return what somebody may expect who is told of ``opportunities``.

    Args:
        session: Where it stands when the first of them was collected.
        waiting: How many of them can be applied to now.
        opportunities: All that were or are told, closed ones too.
        now: When it is asked.
    """
    began = session.scalar(select(func.min(CrawlRun.started_at)))
    if began is None:
        return Estimate(waiting, 0.0, 0)
    came = _came(opportunities, began)
    recent = sum(now - LOOKED_BACK < at <= now for at in came)
    weeks = LOOKED_BACK // timedelta(weeks=1)
    return Estimate(waiting, recent / weeks, weeks)


def _matches(session: Session, profile_ids: Collection[int]) -> Iterable[Match]:
    query = (
        select(Match)
        .where(Match.profile_id.in_(profile_ids), Match.review_status != ReviewStatus.REJECTED)
        .where(~is_set_aside())
        .options(joinedload(Match.opportunity).selectinload(Opportunity.cutoffs))
    )
    return session.scalars(query)


def _came(opportunities: Iterable[Opportunity], began: datetime) -> list[datetime]:
    """Return when each came, or opened where it was there from the first crawl on."""
    return [
        one.first_seen_at if one.first_seen_at > began + FIRST_DAY else _opened(one)
        for one in opportunities
    ]


def _opened(opportunity: Opportunity) -> datetime:
    return datetime.combine(opportunity.opens_on, time(), BRUSSELS).astimezone(UTC)
