"""A model that counts known words, and rows to match."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from matcher.embedder import Vectors
from matcher.lexical import words
from store.models import Cutoff, Kind, OpenTo, Opportunity, Origin, Profile, ReviewPolicy, Status

SEEN = datetime(2026, 5, 20, tzinfo=UTC)
KNOWN = ("ship", "sea", "wind", "grid", "school", "teacher", "battery", "heritage")

Opportunities = Callable[..., Opportunity]
Profiles = Callable[..., Profile]


class CountingEmbedder:
    """Counts known words; a last number keeps the length of a text without any from being 0."""

    model_id = "counts"
    dimension = len(KNOWN) + 1

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(list(texts))
        rows = np.array([[*map(words(t).count, KNOWN), 0.2] for t in texts], np.float32)
        normal: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return normal


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def opportunity() -> Opportunities:
    """Return a function that makes an opportunity, open until a month from the samples' day."""

    def make(reference: str, title: str, scope: str = "", **fields: Any) -> Opportunity:
        found = Opportunity(
            reference=reference,
            source="horizon_europe",
            kind=Kind.TOPIC,
            topic_id=f"T-{reference}",
            call_id="CALL",
            call_title="",
            title=title,
            status=Status.OPEN,
            programme="horizon_europe",
            action_types=["HORIZON-RIA"],
            action_labels=[],
            grant_agreements=[],
            opens_on=date(2026, 1, 1),
            deadline_model="single-stage",
            budget_shared_by=0,
            sections=[{"label": "Scope", "html": "", "text": scope}] if scope else [],
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
        for name, value in fields.items():
            setattr(found, name, value)
        if not found.cutoffs:
            found.cutoffs = [cutoff(SEEN + timedelta(days=30))]
        return found

    return make


def cutoff(deadline: datetime) -> Cutoff:
    return Cutoff(
        position=1,
        day=deadline.date(),
        deadline=deadline,
        origin=Origin.STATED,
        open_to=OpenTo.ALL,
    )


@pytest.fixture
def profile() -> Profiles:
    """Return a function that makes a profile which reviews everything."""

    def make(slug: str, text: str, **fields: Any) -> Profile:
        found = Profile(
            slug=slug,
            name=slug,
            department="imt",
            text=text,
            keywords=[],
            excluded_keywords=[],
            facets=[],
            programmes=[],
            action_types=[],
            roles=[],
            goals=[],
            review_policy=ReviewPolicy.REVIEW_ALL,
            version=1,
            content_hash=slug,
            updated_at=SEEN,
        )
        for name, value in fields.items():
            setattr(found, name, value)
        return found

    return make
