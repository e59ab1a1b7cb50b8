"""The review gate: what waits for an adviser, and what an adviser decides."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from store.acts import STATUS, Act, append
from store.models import Basis, Decision, Match, Opportunity, Profile, Review, ReviewStatus
from store.queue import is_waiting


class UnknownMatchError(LookupError):
    """No match has this number."""


def pending_matches(session: Session, now: datetime, slug: str | None = None) -> Sequence[Match]:
    """Return current matches that wait for a decision at ``now``, best first in each profile."""
    query = (
        select(Match)
        .join(Match.profile)
        .where(Match.current, is_waiting(now))
        .options(
            selectinload(Match.profile),
            selectinload(Match.reviews),
            selectinload(Match.opportunity).selectinload(Opportunity.cutoffs),
        )
        .order_by(Profile.slug, Match.basis == Basis.RULE, Match.score.desc(), Match.id)
    )
    return session.scalars(query if slug is None else query.where(Profile.slug == slug)).all()


def is_reopened(match: Match) -> bool:
    """Return whether ``match`` waits again after a decision."""
    waits = match.review_status is ReviewStatus.PENDING
    return waits and any(review.decision is Decision.REOPEN for review in match.reviews)


def stands() -> ColumnElement[bool]:
    """Return the condition that nobody took a review back.

    It is asked as a list: for each review by itself, all the others would be looked through.
    """
    undone = select(Review.undoes_id).where(Review.undoes_id.is_not(None))
    return Review.id.not_in(undone)


def approve(session: Session, match_id: int, by: str, comment: str | None, now: datetime) -> Match:
    """Approve a match; approving it twice changes nothing.

    Raises:
        UnknownMatchError: If there is no such match.
    """
    return _decide(session, match_id, Act(Decision.APPROVE, by, now, comment=comment))


def reject(  # noqa: PLR0913, PLR0917 - who, what, why and when of one act
    session: Session,
    match_id: int,
    by: str,
    reason_code: str | None,
    comment: str | None,
    now: datetime,
) -> Match:
    """Reject a match; rejecting it twice changes nothing.

    Raises:
        UnknownMatchError: If there is no such match.
    """
    return _decide(session, match_id, Act(Decision.REJECT, by, now, reason_code, comment))


def approve_all(session: Session, by: str, now: datetime, slug: str | None = None) -> int:
    """Approve whatever waits, of one profile or of all; return how many that were."""
    waiting = pending_matches(session, now, slug)
    for match in waiting:
        approve(session, match.id, by, None, now)
    return len(waiting)


def _decide(session: Session, match_id: int, act: Act) -> Match:
    match = session.get(Match, match_id, with_for_update=True)
    if match is None:
        raise UnknownMatchError(f"unknown match {match_id}; see: callwatch review list")
    if match.review_status is not STATUS[act.decision]:
        append(match, act)
        session.flush()
    return match
