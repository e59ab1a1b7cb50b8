"""What changed, as people ask for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import Change, Opportunity, Severity


def described_changes(
    session: Session, since: datetime | None, *, with_noise: bool
) -> list[dict[str, Any]]:
    """Return what was noticed since a moment, oldest first, as plain rows."""
    query = select(Change, Opportunity).join(Opportunity).order_by(Change.detected_at, Change.id)
    if since is not None:
        query = query.where(Change.detected_at >= since)
    if not with_noise:
        query = query.where(Change.severity != Severity.NOISE)
    return [
        {
            "reference": opportunity.reference,
            "topic_id": opportunity.topic_id,
            "kind": change.kind.value,
            "severity": change.severity.value,
            "field": change.field,
            "before": change.before,
            "after": change.after,
            "detected_at": change.detected_at.isoformat(),
        }
        for change, opportunity in session.execute(query)
    ]
