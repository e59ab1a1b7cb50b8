"""What profiles are compared with: passages, their vectors, and an index of words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.embedder import Vectors
from matcher.lexical import Lexicon
from matcher.text import Facet, Passage, headline, opening, passages, squeezed, whole_text
from store.models import Opportunity

Similarities = NDArray[np.float32]

SHORT_TEXT = 1_000
"""Characters below which a text is no description; those of the portal have 5,000."""


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
    wholes: Vectors
    """(o, d): the sum of what stands for each as a whole, its opening and its headline."""
    texts: tuple[str, ...]
    """Everything said of each opportunity, in lower case, one blank between words."""
    lexicon: Lexicon

    @property
    def is_of_titles(self) -> bool:
        """Return whether most opportunities say no more of themselves than a title does."""
        sizes = [len(text) for text in self.texts]
        return bool(sizes) and float(np.median(sizes)) < SHORT_TEXT

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


def wholes(opportunities: Sequence[Opportunity]) -> list[str]:
    """Return what is read of each opportunity as a whole: all openings, then all headlines."""
    return [*map(opening, opportunities), *map(headline, opportunities)]


def corpus_of(
    opportunities: Sequence[Opportunity],
    cut_passages: tuple[tuple[Passage, ...], ...],
    vectors: Vectors,
    whole_vectors: Vectors,
) -> Corpus:
    """Return the corpus of ``opportunities``.

    Args:
        opportunities: What is offered.
        cut_passages: Those of each opportunity.
        vectors: A row for each passage, opportunity after opportunity.
        whole_vectors: A row for the opening of each opportunity, then one for the headline of each.
    """
    texts = tuple(squeezed(whole_text(o)).casefold() for o in opportunities)
    starts = starts_of([len(found) for found in cut_passages])
    return Corpus(
        opportunities=tuple(opportunities),
        passages=cut_passages,
        vectors=vectors,
        starts=starts,
        wholes=whole_vectors[: len(texts)] + whole_vectors[len(texts) :],
        texts=texts,
        lexicon=Lexicon(texts),
    )


def wanted_of(facets: tuple[Facet, ...], vectors: Vectors) -> Wanted:
    """Return what a profile with ``facets`` looks for; ``vectors`` has a row for each text."""
    weights = np.array([facet.weight for facet in facets], np.float64)
    starts = starts_of([len(facet.texts) for facet in facets])
    return Wanted(facets, vectors, starts, weights / weights.sum())


def similarities(corpus: Corpus, wanted: Wanted) -> Similarities:
    """Return (opportunity, facet) → similarity: the mean of nearest passage, opening and headline.

    A facet of several texts is as near as these are on average.
    """
    if not (corpus.opportunities and wanted.facets):
        return np.zeros((len(corpus.opportunities), len(wanted.facets)), np.float32)
    nearest = np.maximum.reduceat(corpus.vectors @ wanted.vectors.T, corpus.starts, axis=0)
    near = (nearest + corpus.wholes @ wanted.vectors.T) / 3
    sizes = np.array([len(facet.texts) for facet in wanted.facets], np.float32)
    return (np.add.reduceat(near, wanted.starts, axis=1) / sizes).astype(np.float32)
