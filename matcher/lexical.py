"""Words in common: BM25 and TF-IDF over the whole text of each opportunity."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.utils import murmurhash3_32

Scores = NDArray[np.float32]

_COMMON = 0.25
"""Share of the texts from which a word is common."""

_ENOUGH = 20
"""Texts it takes to tell which words are common."""

PLACES = 2**21
"""Of words and pairs of them; two that fall on one place are some of the rarest."""

_HASHER = FeatureHasher(PLACES, input_type="string", alternate_sign=False)

_K1, _B = 2.0, 0.9
"""More than usual (Lucene: 1.2 and 0.75) of how often and how long; measured: topics are long."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP_WORDS = frozenset(STOPWORDS_EN_PLUS)


@dataclass(frozen=True, slots=True)
class Index:
    """Texts in a form that queries are multiplied with."""

    texts: csc_array
    """(texts, places) what each place gives each text."""
    read: Callable[[Sequence[str]], csr_array]
    """Returns (queries, places) what of each place a query has."""

    def scores(self, queries: Sequence[str]) -> Scores:
        """Return (queries, texts)."""
        if not queries:
            return np.zeros((0, self.texts.shape[0]), np.float32)
        found = self.read(queries) @ self.texts.T
        return np.asarray(found.toarray(), np.float32)

    def having_all(self, query: str) -> NDArray[np.bool_]:
        """Return (texts,) which have every word of ``query``; all of them where it has none."""
        wanted = self.texts[:, self.read([query]).indices]
        return np.asarray((wanted > 0).sum(axis=1) == wanted.shape[1])


class Lexicon:
    """Texts indexed by their words; scores do not depend on the order of the texts.

    What is counted of a text is remembered, so that few changed texts make a new index at once.
    """

    bm25: Index
    """Counts each word that is shared, the rare ones most; ranks short queries better."""
    tfidf: Index
    """Cosines over words and pairs of them: weighs what is shared against all that is said, on
    either side; ranks long queries better."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = _word_counts(texts)
        self._size = len(texts)
        self._texts_with = np.bincount(counts.indices, minlength=PLACES)
        self.bm25 = Index(_bm25(counts, self._texts_with), _word_counts)
        self.tfidf = _tfidf(texts)

    def is_common(self, word: str) -> bool:
        """Return whether ``word`` stands in so many texts that sharing it tells nothing."""
        return self._size >= _ENOUGH and self._texts_with[_place(word)] > _COMMON * self._size


def word_index(texts: Sequence[str]) -> Index:
    """Return ``texts`` indexed by their words alone, for queries of a few of them."""
    counts = _stacked([_row(words(text)) for text in texts])  # no pairs, which take most of it
    return Index(_bm25(counts, np.bincount(counts.indices, minlength=PLACES)), _word_counts)


Row: TypeAlias = tuple[NDArray[np.int32], NDArray[np.float32]]
"""Places, and how often."""


class _Counted(NamedTuple):
    """How often a text has what."""

    words: Row
    terms: Row
    """Words, and pairs of them."""


@lru_cache(maxsize=16_384)
def _counted(text: str) -> _Counted:
    found = words(text)
    terms = found + [f"{first} {second}" for first, second in pairwise(found)]
    return _Counted(_row(found), _row(terms))


def _row(terms: list[str]) -> Row:
    row = _HASHER.transform([terms])
    return row.indices.astype(np.int32), row.data.astype(np.float32)


def _word_counts(texts: Sequence[str]) -> csr_array:
    """Return (texts, ``PLACES``) how often each has a word."""
    return _stacked([_counted(text).words for text in texts])


def _term_counts(texts: Sequence[str]) -> csr_array:
    """Return (texts, ``PLACES``) how often each has a word or a pair of words."""
    return _stacked([_counted(text).terms for text in texts])


def _stacked(rows: Sequence[Row]) -> csr_array:
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([np.empty(0, np.int32), *(places for places, _ in rows)])
    counts = np.concatenate([np.empty(0, np.float32), *(counts for _, counts in rows)])
    return csr_array((counts, places, ends), shape=(len(rows), PLACES))


def _bm25(counts: csr_array, texts_with: NDArray[np.intp]) -> csc_array:
    """Return (texts, ``PLACES``) what each word gives each text, as Lucene reckons it.

    Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
    """
    lengths = counts.sum(axis=1)
    usual = lengths.sum() / max(len(lengths), 1) or 1.0
    rarity = np.log1p((len(lengths) - texts_with + 0.5) / (texts_with + 0.5))
    rows = np.repeat(np.arange(len(lengths)), np.diff(counts.indptr))
    damping = _K1 * (1 - _B + _B * lengths / usual)
    given = counts.data / (counts.data + damping[rows]) * rarity[counts.indices]
    given = given.astype(np.float32)
    return csr_array((given, counts.indices, counts.indptr), shape=counts.shape).tocsc()


def _tfidf(texts: Sequence[str]) -> Index:
    weighting = TfidfTransformer(sublinear_tf=True)
    if not texts:
        return Index(csc_array((0, PLACES)), _term_counts)
    weighed = weighting.fit_transform(_term_counts(texts)).tocsc()
    return Index(weighed, lambda queries: weighting.transform(_term_counts(queries)))


@lru_cache(maxsize=200_000)
def _place(word: str) -> int:
    """Return where the words of texts that are ``word`` are counted."""
    return int(abs(murmurhash3_32(word)) % PLACES)


def words(text: str) -> list[str]:
    """Return the words of ``text`` that carry meaning, in lower case and in the singular.

    >>> words("The Batteries of low-carbon ships")
    ['battery', 'low', 'carbon', 'ship']
    """
    found = map(meant, _WORD.findall(text.casefold()))
    return [word for word in found if word]


@lru_cache(maxsize=200_000)  # the words of a language come again and again
def meant(word: str) -> str:
    """Return what a ``word`` in lower case is counted as; empty where it carries no meaning."""
    return "" if word in _STOP_WORDS else singular(word)


def singular(word: str) -> str:
    """Return an English ``word`` without the ending of a plural (Harman's S stemmer).

    >>> [singular(word) for word in ("policies", "houses", "glass", "status", "grid")]
    ['policy', 'house', 'glass', 'status', 'grid']
    """
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    return word[:-1]
