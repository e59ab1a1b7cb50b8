"""Words in common: BM25 and TF-IDF over the whole text of each opportunity."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import bm25s
import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

Scores = NDArray[np.float64]

_COMMON = 0.25
"""Share of the texts from which a word is common."""

_ENOUGH = 20
"""Texts it takes to tell which words are common."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP_WORDS = frozenset(STOPWORDS_EN_PLUS)


class Lexicon:
    """An index of texts by their words; scores do not depend on the order of the texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        self._index = bm25s.BM25(method="lucene", k1=2.0, b=0.9)  # measured: topics are long
        tokens = [words(text) for text in texts]
        self._usable = any(tokens)
        self._texts_with = Counter(word for found in tokens for word in set(found))
        self._phrases = TfidfVectorizer(analyzer=_words_and_pairs, sublinear_tf=True)
        if self._usable:
            self._index.index(tokens, show_progress=False)
            self._weights = self._phrases.fit_transform(tokens)

    def scores(self, query: str) -> Scores:
        """Return the BM25 score of each text for ``query``; a word said twice counts twice."""
        found = words(query)
        if not found or not self._usable:
            return np.zeros(self._size)
        return np.asarray(self._index.get_scores(found), np.float64)

    def cosines(self, query: str) -> Scores:
        """Return the cosine of each text to ``query``, by TF-IDF over words and pairs of them.

        What BM25 counts for each word that is shared, this weighs against all that is said: it
        ranks long queries better, BM25 short ones.
        """
        found = words(query)
        if not found or not self._usable:
            return np.zeros(self._size)
        weights = self._phrases.transform([found])
        return np.asarray((self._weights @ weights.T).toarray(), np.float64)[:, 0]

    def is_common(self, word: str) -> bool:
        """Return whether ``word`` stands in so many texts that sharing it tells nothing."""
        return self._size >= _ENOUGH and self._texts_with[word] > _COMMON * self._size


def _words_and_pairs(found: list[str]) -> list[str]:
    return found + [f"{first} {second}" for first, second in pairwise(found)]


def words(text: str) -> list[str]:
    """Return the words of ``text`` that carry meaning, in lower case and in the singular.

    >>> words("The Batteries of low-carbon ships")
    ['battery', 'low', 'carbon', 'ship']
    """
    found = (match.group().casefold() for match in _WORD.finditer(text))
    return [singular(word) for word in found if word not in _STOP_WORDS]


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
