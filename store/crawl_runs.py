"""The record of each run of each source."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import CrawlRun, Endpoint


def start_run(
    session: Session, source: str, now: datetime, endpoint: Endpoint = Endpoint.SEARCH_API
) -> CrawlRun:
    """Record that a run of ``source`` begins, and return it with its id."""
    run = CrawlRun(
        source=source, endpoint=endpoint, started_at=now, announced=None, finished_at=None
    )
    session.add(run)
    session.flush()
    return run


def latest_runs(session: Session) -> Sequence[CrawlRun]:
    """Return the last run of each source, in the order of their names."""
    last = select(func.max(CrawlRun.id)).group_by(CrawlRun.source)
    return session.scalars(
        select(CrawlRun).where(CrawlRun.id.in_(last)).order_by(CrawlRun.source)
    ).all()


def finished_runs(session: Session, source: str, endpoint: Endpoint, most: int) -> list[CrawlRun]:
    """Return the last runs of ``source`` through ``endpoint`` that came to an end, newest first."""
    query = (
        select(CrawlRun)
        .where(
            CrawlRun.source == source,
            CrawlRun.endpoint == endpoint,
            CrawlRun.finished_at.is_not(None),
        )
        .order_by(CrawlRun.id.desc())
        .limit(most)
    )
    return list(session.scalars(query))
