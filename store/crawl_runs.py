"""The record of each run of each source."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import CrawlRun


def start_run(session: Session, source: str, now: datetime) -> CrawlRun:
    """Record that a run of ``source`` begins, and return it with its id."""
    run = CrawlRun(source=source, started_at=now, announced=None, finished_at=None)
    session.add(run)
    session.flush()
    return run


def latest_runs(session: Session) -> Sequence[CrawlRun]:
    """Return the last run of each source, in the order of their names."""
    last = select(func.max(CrawlRun.id)).group_by(CrawlRun.source)
    return session.scalars(
        select(CrawlRun).where(CrawlRun.id.in_(last)).order_by(CrawlRun.source)
    ).all()
