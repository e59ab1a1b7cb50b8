"""Which process runs a job for a period: the first one that inserts the claim."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.models import JobClaim

ABANDONED_AFTER = timedelta(hours=6)
"""A claim this old that was never finished belongs to a process that died."""
KEPT = timedelta(days=30)
"""How long it is kept what ran when."""
TRIED_AGAIN_AFTER = timedelta(minutes=50)
"""How long after a failure the job may be run again for the same period."""


def claim_period(session: Session, job: str, period: datetime, now: datetime) -> bool:
    """Return whether this process is to run ``job`` for ``period``; nobody else then will.

    A claim that a dead process left open is taken over, and so is one that ended in failure.
    """
    key = period.isoformat()
    try:
        with session.begin_nested():
            session.add(JobClaim(job=job, period=key, claimed_at=now, finished_at=None))
    except IntegrityError:
        return _take_over(session, job, key, now)
    return True


def _take_over(session: Session, job: str, key: str, now: datetime) -> bool:
    abandoned = and_(JobClaim.finished_at.is_(None), JobClaim.claimed_at < now - ABANDONED_AFTER)
    failed = and_(JobClaim.failure.is_not(None), JobClaim.finished_at < now - TRIED_AGAIN_AFTER)
    taken = session.execute(
        update(JobClaim)
        .where(JobClaim.job == job, JobClaim.period == key, or_(abandoned, failed))
        .values(claimed_at=now, finished_at=None, failure=None)
        .returning(JobClaim.job)
    )
    return taken.first() is not None


def try_writing(session: Session, now: datetime) -> None:
    """Write a claim and take it back: the database refuses where it cannot be written."""
    attempt = session.begin_nested()
    session.add(JobClaim(job="doctor", period=now.isoformat(), claimed_at=now, finished_at=now))
    session.flush()
    attempt.rollback()


def forget_claims(session: Session, now: datetime) -> int:
    """Delete the claims of long ago, and return how many there were."""
    old = delete(JobClaim).where(JobClaim.claimed_at < now - KEPT)
    return len(session.execute(old.returning(JobClaim.period)).all())


def finish_period(
    session: Session, job: str, period: datetime, now: datetime, failure: str | None
) -> None:
    """Record that the run of ``job`` for ``period`` ended, and why it failed if it did."""
    claim = session.get_one(JobClaim, (job, period.isoformat()))
    claim.finished_at, claim.failure = now, failure
