"""Opportunities read once, to be searched many times: by their words, and by what they mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matcher.embedder import TextModel, Vectors, stay_on_one_core
from matcher.lexical import Index, word_index
from matcher.text import headline, opening, whole_text
from store.embeddings import hash_of_text, kept_vectors
from store.models import Opportunity

Scores = NDArray[np.float32]
Ask = Callable[[str], Vectors]
"""Returns the vector (d,) of what somebody looks for."""

LEAST_SIMILARITY = 0.35
"""Cosine from which a topic as a whole is about what a query of a few words names."""

MOST_BY_MEANING = 100
"""Opportunities found by meaning alone, the nearest: the tail of a ranking is of no use."""

QUERIES = 2_000
"""Vectors of queries that are remembered."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Opportunities in an order of their own, ready to be searched."""

    by_word: Index
    wholes: Vectors
    """(n, d): what each is about as a whole; zeros where the matcher has not read it yet."""
    ask: Ask | None
    """None where there is no model at hand."""

    def words(self, query: str) -> Scores:
        """Return (n,) how well each fits the words of ``query``; 0 where one of them is missing."""
        scores = self.by_word.scores([query])[0]
        return np.where(self.by_word.having_all(query), scores, np.float32(0))

    def meaning(self, query: str) -> Scores | None:
        """Return (n,) how near each is to ``query``, 0 where too far; None without a model."""
        if self.ask is None or not self.wholes.size:
            return None
        scores = self.wholes @ self.ask(query)
        least = max(LEAST_SIMILARITY, _nth_best(scores, MOST_BY_MEANING))
        return np.where(scores >= least, scores, np.float32(0))


def shelf_of(session: Session, opportunities: Sequence[Opportunity], model: TextModel) -> Shelf:
    """Return ``opportunities`` ready to be searched; loads ``model``, makes no vector of them."""
    return Shelf(
        word_index(_texts(opportunities)), _wholes(session, opportunities, model), _asked(model)
    )


def shelf_of_words(opportunities: Sequence[Opportunity]) -> Shelf:
    """Return ``opportunities`` ready to be searched by their words alone."""
    return Shelf(word_index(_texts(opportunities)), np.zeros((0, 0), np.float32), None)


def shelf_of_titles(opportunities: Sequence[Opportunity]) -> Shelf:
    """Return ``opportunities`` ready to be searched by their titles alone, within a second."""
    titles = [f"{one.topic_id} {one.call_id} {one.title}" for one in opportunities]
    return Shelf(word_index(titles), np.zeros((0, 0), np.float32), None)


def _texts(opportunities: Sequence[Opportunity]) -> list[str]:
    return [f"{one.topic_id} {one.call_id}\n{whole_text(one)}" for one in opportunities]


def _wholes(session: Session, opportunities: Sequence[Opportunity], model: TextModel) -> Vectors:
    """Return the kept vectors of opening and headline, added up to one of length 1."""
    read = model.documents
    hashes = [hash_of_text(told(one)) for one in opportunities for told in (opening, headline)]
    kept = kept_vectors(session, read.model_id, set(hashes))
    none = bytes(4 * read.dimension)
    rows = np.frombuffer(b"".join(kept.get(one, none) for one in hashes), "<f4")
    sums = rows.reshape(-1, 2, read.dimension).sum(axis=1)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(lengths > 0, lengths, 1), np.float32)


def _asked(model: TextModel) -> Ask:
    reading = Lock()  # the engine of the extra ``fast`` refuses a second query beside the first

    @lru_cache(QUERIES)
    def ask(query: str) -> Vectors:
        stay_on_one_core()
        with reading:
            vector: Vectors = model.queries.encode([query])[0]
        return vector

    return ask


def _nth_best(scores: Scores, place: int) -> float:
    if len(scores) <= place:
        return 0.0
    return float(np.partition(scores, -place)[-place])
