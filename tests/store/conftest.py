"""Rows that several tests of the store need."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from store.models import Kind, Opportunity, Profile, ReviewPolicy, Status

SEEN = datetime(2026, 5, 20, tzinfo=UTC)

AddOpportunity = Callable[[str], Opportunity]
AddProfile = Callable[..., Profile]


@pytest.fixture
def add_opportunity(session: Session) -> AddOpportunity:
    """Return a function that stores an opportunity with the given reference."""

    def add(reference: str) -> Opportunity:
        opportunity = Opportunity(
            reference=reference,
            source="horizon_europe",
            kind=Kind.TOPIC,
            topic_id=reference,
            call_id="CALL",
            call_title="A call",
            title=reference,
            status=Status.OPEN,
            programme="horizon_europe",
            action_types=[],
            action_labels=[],
            grant_agreements=[],
            opens_on=date(2026, 1, 1),
            deadline_model="single-stage",
            budget_shared_by=0,
            sections=[],
            conditions=[],
            destination="",
            keywords=[],
            tags=[],
            priorities=[],
            divisions=[],
            news=[],
            url="",
            content_hash="v1",
            first_seen_at=SEEN,
            last_seen_at=SEEN,
            last_changed_at=SEEN,
        )
        session.add(opportunity)
        session.flush()
        return opportunity

    return add


@pytest.fixture
def add_profile(session: Session) -> AddProfile:
    """Return a function that stores a profile with the given policy."""

    def add(policy: ReviewPolicy, threshold: float | None = None, slug: str = "ships") -> Profile:
        profile = Profile(
            slug=slug,
            name=slug,
            department="imt",
            text="ships",
            keywords=[],
            excluded_keywords=[],
            facets=[],
            programmes=[],
            action_types=[],
            roles=[],
            goals=[],
            review_policy=policy,
            review_threshold=threshold,
            version=1,
            content_hash="p1",
            updated_at=SEEN,
        )
        session.add(profile)
        session.flush()
        return profile

    return add
