"""Opportunities and profiles of drawn words: as long as real ones, as many as wanted."""

import json
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from matcher.embedder import Vectors
from matcher.model_files import embedded_folder
from store.models import Opportunity, Profile
from tests.rows import opportunity_row, profile_row

DIMENSION = 384
BULLETS, BULLET_WORDS = 14, 55
"""Of a topic: the recorded ones have 14 passages of 55 words at the median."""

FACETS, FACET_WORDS = 5, 40

THEMES = 1_000
"""Texts of one theme have a cosine of about a half; so every profile has topics near to it."""


def known_words() -> list[str]:
    """Return the words that the embedded model knows whole, the frequent ones first."""
    kept = json.loads((embedded_folder() / "tokenizer.json").read_text("utf-8"))
    return [word for word in kept["model"]["vocab"] if word.isalpha() and len(word) > 2]


class Drawn:
    """Texts drawn with a seed; the same calls give the same texts.

    The frequency of words falls as that of natural ones (Zipf).
    """

    def __init__(self, seed: int = 7) -> None:
        self._random = np.random.default_rng(seed)
        self._words = np.array(known_words())
        shares = 1 / np.arange(50, len(self._words) + 50)  # the most frequent say nothing
        self._shares = shares / shares.sum()

    def text(self, count: int) -> str:
        """Return ``count`` words."""
        return " ".join(self._random.choice(self._words, count, p=self._shares))

    def opportunities(self, count: int) -> list[Opportunity]:
        """Return ``count`` open topics."""
        return [self._opportunity(f"T-{number:05}") for number in range(count)]

    def profiles(self, count: int) -> list[Profile]:
        """Return ``count`` profiles of a description, keywords and projects."""
        return [self._profile(f"p{number:04}") for number in range(count)]

    def _opportunity(self, topic_id: str) -> Opportunity:
        bullets = "\n".join(f"* {self.text(BULLET_WORDS)};" for _ in range(BULLETS))
        return opportunity_row(
            topic_id,
            title=self.text(10),
            call_title=self.text(6),
            destination=self.text(6),
            keywords=[self.text(2) for _ in range(4)],
            action_types=["HORIZON-RIA"],
            sections=[{"label": "Scope", "html": "", "text": bullets}],
        )

    def _profile(self, slug: str) -> Profile:
        return profile_row(
            slug,
            text=self.text(FACET_WORDS),
            keywords=[{"words": [self.text(2) for _ in range(5)], "weight": 2.0}],
            facets=[self.text(FACET_WORDS) for _ in range(FACETS - 2)],
            excluded_keywords=[self.text(2)],
            action_types=["RIA", "IA"],
        )


def drawn_vectors(texts: Sequence[str]) -> Vectors:
    """Return a row of length 1 for each text, drawn by the text itself, near those of its theme."""
    seeds = [int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) for text in texts]
    rows = np.array([np.random.default_rng(seed).standard_normal(DIMENSION) for seed in seeds])
    themes = np.random.default_rng(7).standard_normal((THEMES, DIMENSION))
    rows = (rows + themes[[seed % THEMES for seed in seeds]]).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
