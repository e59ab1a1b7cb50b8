"""Rows that several tests of the store need."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.models import Opportunity, Profile, ReviewPolicy
from tests.rows import opportunity_row, profile_row

AddOpportunity = Callable[[str], Opportunity]
AddProfile = Callable[..., Profile]


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    """Run every test here on each kind of database."""
    return any_engine


@pytest.fixture
def add_opportunity(session: Session) -> AddOpportunity:
    """Return a function that stores an opportunity with the given reference."""

    def add(reference: str) -> Opportunity:
        opportunity = opportunity_row(reference)
        session.add(opportunity)
        session.flush()
        return opportunity

    return add


@pytest.fixture
def add_profile(session: Session) -> AddProfile:
    """Return a function that stores a profile with the given policy."""

    def add(policy: ReviewPolicy, threshold: float | None = None, slug: str = "ships") -> Profile:
        profile = profile_row(
            slug, text="ships", review_policy=policy, review_threshold=threshold, content_hash="p1"
        )
        session.add(profile)
        session.flush()
        return profile

    return add
