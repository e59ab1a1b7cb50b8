"""Rows with every column filled, of which a test names those that matter to it."""

from datetime import UTC, date, datetime
from typing import Any

from store.models import (
    Cutoff,
    Endpoint,
    Kind,
    OpenTo,
    Opportunity,
    Origin,
    Profile,
    ReviewPolicy,
    Status,
)

SEEN = datetime(2026, 5, 1, tzinfo=UTC)


def opportunity_row(reference: str = "1TOPICSen", **columns: Any) -> Opportunity:
    """Return an open topic without cut-offs and without text."""
    values = {
        "source": "horizon_europe",
        "kind": Kind.TOPIC,
        "topic_id": reference,
        "call_id": "CALL",
        "call_title": "A call",
        "title": reference,
        "status": Status.OPEN,
        "programme": "horizon_europe",
        "opens_on": date(2026, 1, 1),
        "deadline_model": "single-stage",
        "budget_shared_by": 0,
        "destination": "",
        "url": "",
        "content_hash": "v1",
        "first_seen_at": SEEN,
        "last_seen_at": SEEN,
        "confirmed_by": Endpoint.SEARCH_API,
        "last_changed_at": SEEN,
    }
    lists = (
        "action_types", "action_labels", "grant_agreements", "sections", "conditions", "keywords",
        "tags", "priorities", "divisions", "news",
    )  # fmt: skip
    return Opportunity(reference=reference, **{name: [] for name in lists} | values | columns)


def profile_row(slug: str, **columns: Any) -> Profile:
    """Return a profile of which everything is reviewed."""
    values = {
        "name": slug,
        "department": "imt",
        "text": "",
        "review_policy": ReviewPolicy.REVIEW_ALL,
        "version": 1,
        "content_hash": slug,
        "updated_at": SEEN,
    }
    lists = (
        "keywords", "excluded_keywords", "facets", "programmes", "action_types", "roles", "goals",
        "career_stages",
    )  # fmt: skip
    return Profile(slug=slug, **{name: [] for name in lists} | values | columns)


def cutoff_row(deadline: datetime, **columns: Any) -> Cutoff:
    """Return a cut-off that anyone may use, its hour stated by the source."""
    values = {
        "position": 1,
        "day": deadline.date(),
        "origin": Origin.STATED,
        "open_to": OpenTo.ALL,
        "verified": True,
        "note": "",
    }
    return Cutoff(deadline=deadline, **values | columns)
