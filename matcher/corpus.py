"""What profiles are compared with: passages, their vectors, and an index of words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.embedder import Vectors
from matcher.lexical import Lexicon
from matcher.text import Facet, Passage, passages, whole_text
from store.models import Opportunity

Similarities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Opportunities, cut in passages and indexed; read by every profile of a run."""

    opportunities: tuple[Opportunity, ...]
    passages: tuple[tuple[Passage, ...], ...]
    """Those of each opportunity; every one has a title, so none is empty."""
    vectors: Vectors
    """(n, d): one row for each passage, opportunity after opportunity."""
    starts: NDArray[np.intp]
    """Row of the first passage of each opportunity."""
    texts: tuple[str, ...]
    """Everything said of each opportunity."""
    lexicon: Lexicon

    def rows_of(self, place: int) -> slice:
        """Return the rows of ``vectors`` that belong to the opportunity at ``place``."""
        first = int(self.starts[place])
        return slice(first, first + len(self.passages[place]))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one profile looks for, with vectors."""

    facets: tuple[Facet, ...]
    vectors: Vectors
    """(m, d): one row for each text, facet after facet."""
    starts: NDArray[np.intp]
    """Row of the first text of each facet."""
    weights: NDArray[np.float64]
    """Of each facet; their sum is 1."""


def starts_of(sizes: Sequence[int]) -> NDArray[np.intp]:
    """Return where each of several runs of these sizes begins.

    >>> starts_of([2, 1, 3]).tolist()
    [0, 2, 3]
    """
    return np.cumsum([0, *sizes[:-1]], dtype=np.intp)


def cut(opportunities: Sequence[Opportunity]) -> tuple[tuple[Passage, ...], ...]:
    """Return the passages of each opportunity."""
    return tuple(passages(opportunity) for opportunity in opportunities)


def corpus_of(
    opportunities: Sequence[Opportunity],
    cut_passages: tuple[tuple[Passage, ...], ...],
    vectors: Vectors,
) -> Corpus:
    """Return the corpus of ``opportunities``; ``vectors`` has a row for each passage in order."""
    texts = tuple(whole_text(opportunity) for opportunity in opportunities)
    starts = starts_of([len(found) for found in cut_passages])
    return Corpus(tuple(opportunities), cut_passages, vectors, starts, texts, Lexicon(texts))


def wanted_of(facets: tuple[Facet, ...], vectors: Vectors) -> Wanted:
    """Return what a profile with ``facets`` looks for; ``vectors`` has a row for each text."""
    weights = np.array([facet.weight for facet in facets], np.float64)
    starts = starts_of([len(facet.texts) for facet in facets])
    return Wanted(facets, vectors, starts, weights / weights.sum())


def similarities(corpus: Corpus, wanted: Wanted) -> Similarities:
    """Return (opportunity, facet) → similarity of the nearest passage to the nearest text."""
    if not corpus.opportunities:
        return np.zeros((0, len(wanted.facets)), np.float32)
    each = corpus.vectors @ wanted.vectors.T
    nearest = np.maximum.reduceat(each, corpus.starts, axis=0)
    best: Similarities = np.maximum.reduceat(nearest, wanted.starts, axis=1)
    return best
