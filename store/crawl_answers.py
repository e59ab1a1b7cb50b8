"""Which answers of the sources are kept, and for how long."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.models import CrawlAnswer


def answers_of(session: Session, run_id: int) -> Sequence[CrawlAnswer]:
    """Return the answers that a run received, in their order."""
    query = select(CrawlAnswer).where(CrawlAnswer.crawl_run_id == run_id)
    return session.scalars(query.order_by(CrawlAnswer.id)).all()


def forget_answers(session: Session, before: datetime) -> list[str]:
    """Delete what was received before a moment.

    Returns:
        Hashes of the bodies that no answer refers to any more.
    """
    old = CrawlAnswer.received_at < before
    hashes = set(session.scalars(select(CrawlAnswer.sha256).where(old)))
    session.execute(delete(CrawlAnswer).where(old))
    kept = select(CrawlAnswer.sha256).where(CrawlAnswer.received_at >= before)
    return sorted(hashes - set(session.scalars(kept)))
