"""A model that counts known words, and rows to match."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from config.eligibility import EligibilityRules, eligibility_rules
from config.settings import SHIPPED
from matcher.embedder import Vectors
from matcher.lexical import words
from store.models import Opportunity, Profile
from tests.rows import cutoff_row, opportunity_row, profile_row

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
        values = {
            "topic_id": f"T-{reference}",
            "call_title": "",
            "title": title,
            "action_types": ["HORIZON-RIA"],
            "sections": [{"label": "Scope", "html": "", "text": scope}] if scope else [],
            "cutoffs": [cutoff_row(SEEN + timedelta(days=30))],
        }
        return opportunity_row(reference, **values | fields)

    return make


@pytest.fixture
def profile() -> Profiles:
    """Return a function that makes a profile which reviews everything."""
    return lambda slug, text, **fields: profile_row(slug, text=text, **fields)


@pytest.fixture(scope="session")
def rules() -> EligibilityRules:
    """Return the shipped rules on who may apply."""
    return eligibility_rules(SHIPPED)
