"""The ways of comparing a profile with everything at once; profiles are taken in blocks.

A block bounds the memory: what is measured for it is given up before the next one begins.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.corpus import Corpus, Wanted, starts_of
from matcher.embedder import Vectors

Points: TypeAlias = NDArray[np.float32]

BLOCK = 128
"""Texts of profiles that are compared at once."""

CENTRED = 0.75
"""Share of the usual similarity that a title loses; docs/matching.md tells why."""

PART = 200
"""Opportunities whose passages are: products for 3,000 of them stay in a processor's cache."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How one profile compares with every opportunity of a corpus."""

    nearest: NDArray[np.float64]
    """(o,) similarity to the facet that is met best; -1..1."""
    by_way: Mapping[str, Points]
    """By way of comparing: (f, o) what each facet gives, its weight counted."""


def measured(corpus: Corpus, wants: Iterable[Wanted]) -> Iterator[Measured]:
    """Yield how each of ``wants`` compares with ``corpus``."""
    usual = _usual(corpus)
    for block in _blocks(wants):
        facets = [len(wanted.facets) for wanted in block]
        weights = np.concatenate([wanted.weights for wanted in block]).astype(np.float32)
        near = _similarities(corpus, block)
        given = {"meaning": near - usual} | {
            name: way(corpus, block) for name, way in _LEXICAL.items()
        }
        weighted = {name: points * weights[:, np.newaxis] for name, points in given.items()}
        for first, count in zip(starts_of(facets), facets, strict=True):
            own = slice(int(first), int(first) + count)
            yield Measured(
                nearest=near[own].max(axis=0, initial=-1.0).astype(np.float64).round(5),
                by_way={name: points[own] for name, points in weighted.items()},
            )


def _blocks(wants: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    block: list[Wanted] = []
    size = 0
    for wanted in wants:
        if block and size + len(wanted.vectors) > BLOCK:
            yield block
            block, size = [], 0
        block.append(wanted)
        size += len(wanted.vectors)
    if block:
        yield block


def _similarities(corpus: Corpus, block: Sequence[Wanted]) -> Points:
    """Return (facets of the block, o): the mean of nearest passage, opening and headline.

    A facet of several texts is as near as these are on average.
    """
    sizes = [len(facet.texts) for wanted in block for facet in wanted.facets]
    if not (corpus.opportunities and sizes):
        return np.zeros((len(sizes), len(corpus.opportunities)), np.float32)
    sought = np.concatenate([wanted.vectors for wanted in block]).T
    summed = np.add.reduceat(_near(corpus, sought), starts_of(sizes), axis=1)
    return np.ascontiguousarray((summed / np.array(sizes, np.float32)).T, np.float32)


def _usual(corpus: Corpus) -> Points:
    """Return (o,) what is taken from each similarity: how near it is to what all work on.

    A title of general words is a little near to everybody. A full text is not, and loses nothing.
    """
    if corpus.centre is None or not corpus.is_of_titles:
        return np.zeros(len(corpus.opportunities), np.float32)
    usual = _near(corpus, corpus.centre[:, np.newaxis])[:, 0]
    return np.asarray(CENTRED * usual, np.float32)


def _near(corpus: Corpus, sought: Vectors) -> Vectors:
    """Return (o, t) the mean of nearest passage, opening and headline; ``sought`` is (d, t)."""
    near = (_nearest(corpus, sought) + corpus.wholes @ sought) / 3
    return np.asarray(near, np.float32)


def _nearest(corpus: Corpus, sought: Vectors) -> Vectors:
    """Return (o, t) similarity of the nearest passage; ``sought`` is (d, t)."""
    count = len(corpus.opportunities)
    ends = np.append(corpus.starts, len(corpus.vectors))
    found = np.empty((count, sought.shape[1]), np.float32)
    for first in range(0, count, PART):
        last = min(first + PART, count)
        products = corpus.vectors[ends[first] : ends[last]] @ sought
        np.maximum.reduceat(products, ends[first:last] - ends[first], axis=0, out=found[first:last])
    return found


def _words(corpus: Corpus, block: Sequence[Wanted]) -> Points:
    """Return BM25; the root keeps a long description from drowning keywords."""
    queries = _queries(block)
    lengths = np.array([len(query.split()) for query in queries], np.float32)
    return corpus.lexicon.bm25.scores(queries) / lengths[:, np.newaxis] ** 0.5


def _phrases(corpus: Corpus, block: Sequence[Wanted]) -> Points:
    """Return words and pairs of words in common, beside all that either side says."""
    return corpus.lexicon.tfidf.scores(_queries(block))


def _queries(block: Sequence[Wanted]) -> list[str]:
    return [" ".join(facet.texts) for wanted in block for facet in wanted.facets]


_LEXICAL: Mapping[str, Callable[[Corpus, Sequence[Wanted]], Points]] = {
    "words": _words,
    "phrases": _phrases,
}
