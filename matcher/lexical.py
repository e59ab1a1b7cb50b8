"""Words in common: BM25 and TF-IDF over the whole text of each opportunity."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import bm25s
import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

Scores = NDArray[np.float64]

_COMMON = 0.25
"""Share of the texts from which a word is common."""

_ENOUGH = 20
"""Texts it takes to tell which words are common."""

PLACES = 2**21
"""Of words and pairs of them; two that fall on one place are some of the rarest."""

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
            return np.zeros((0, self.texts.shape[0]))
        found = self.read(queries) @ self.texts.T
        return np.asarray(found.toarray(), np.float64)


class Lexicon:
    """Texts indexed by their words; scores do not depend on the order of the texts."""

    bm25: Index
    """Counts each word that is shared, the rare ones most; ranks short queries better."""
    tfidf: Index
    """Cosines over words and pairs of them: weighs what is shared against all that is said, on
    either side; ranks long queries better."""

    def __init__(self, texts: Sequence[str]) -> None:
        tokens = [words(text) for text in texts]
        self._size = len(texts)
        self._texts_with = Counter(word for found in tokens for word in set(found))
        says = any(tokens)
        self.bm25 = _bm25(tokens) if says else _silent(len(texts))
        self.tfidf = _tfidf(tokens) if says else _silent(len(texts))

    def is_common(self, word: str) -> bool:
        """Return whether ``word`` stands in so many texts that sharing it tells nothing."""
        return self._size >= _ENOUGH and self._texts_with[word] > _COMMON * self._size


def _silent(size: int) -> Index:
    """Return an index of texts that say nothing."""
    return Index(csc_array((size, 1)), lambda queries: csr_array((len(queries), 1)))


def _bm25(tokens: Sequence[list[str]]) -> Index:
    index = bm25s.BM25(method="lucene", k1=2.0, b=0.9)  # measured: topics are long
    index.index(tokens, show_progress=False)
    kept, size = index.scores, len(index.scores["indptr"]) - 1
    texts = csc_array((kept["data"], kept["indices"], kept["indptr"]), shape=(len(tokens), size))
    known = {word: at for word, at in index.vocab_dict.items() if at < size}  # the last is ""
    return Index(texts, CountVectorizer(analyzer=words, vocabulary=known).transform)


def _tfidf(tokens: Sequence[list[str]]) -> Index:
    weighting = TfidfTransformer(sublinear_tf=True)
    texts = weighting.fit_transform(_counted(tokens)).tocsc()
    return Index(texts, lambda queries: weighting.transform(_counted(map(words, queries))))


def _counted(tokens: Iterable[list[str]]) -> csr_array:
    """Return (texts, ``PLACES``) how often each has a word or a pair of words."""
    hasher = FeatureHasher(PLACES, input_type="string", alternate_sign=False)
    return hasher.transform(
        found + [f"{first} {second}" for first, second in pairwise(found)] for found in tokens
    )


def words(text: str) -> list[str]:
    """Return the words of ``text`` that carry meaning, in lower case and in the singular.

    >>> words("The Batteries of low-carbon ships")
    ['battery', 'low', 'carbon', 'ship']
    """
    found = map(_meant, _WORD.findall(text.casefold()))
    return [word for word in found if word]


@lru_cache(maxsize=200_000)  # the words of a language come again and again
def _meant(word: str) -> str:
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
