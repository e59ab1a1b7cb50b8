"""A model that counts known words, and rows to match."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.eligibility import EligibilityRules, eligibility_rules
from config.settings import SHIPPED
from matcher.embedder import Vectors
from matcher.lexical import words
from matcher.model_files import embedded_folder
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
        counted = [[*map(words(t).count, KNOWN), 0.2] for t in texts]
        rows = np.array(counted, np.float32).reshape(len(texts), self.dimension)
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


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, dict[str, str]], Path]:
    """Return a function that writes a model of random weights, with prompts, and says where."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds to import
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415 - as above
        Pooling,
        Transformer,
    )
    from transformers import AutoTokenizer, BertConfig, BertModel, set_seed  # noqa: PLC0415

    size = BertConfig(
        hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )

    def write(name: str, prompts: dict[str, str]) -> Path:
        bare = tmp_path_factory.mktemp("network")
        set_seed(7)
        BertModel(size).save_pretrained(bare)
        AutoTokenizer.from_pretrained(embedded_folder()).save_pretrained(bare)
        network = Transformer(str(bare), max_seq_length=64)
        folder = tmp_path_factory.mktemp("models") / name
        SentenceTransformer(modules=[network, Pooling(32)], prompts=prompts).save(str(folder))
        return folder

    return write


@pytest.fixture(scope="session")
def rules() -> EligibilityRules:
    """Return the shipped rules on who may apply."""
    return eligibility_rules(SHIPPED)
