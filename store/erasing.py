"""Erasing a person: the row, and by cascade everything that names it."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from store.models import Subscriber


def erase(session: Session, subscriber_id: int) -> None:
    """Delete everything that is kept about a person; nothing tells afterwards that they were."""
    session.execute(delete(Subscriber).where(Subscriber.id == subscriber_id))
