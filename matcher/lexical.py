"""Words in common: BM25 and TF-IDF over the whole text of each opportunity."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import bm25s
import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS
from numpy.typing import NDArray
from scipy.sparse import csc_array
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

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
        tokens = [words(text) for text in texts]
        self._size = len(texts)
        self._usable = any(tokens)
        self._texts_with = Counter(word for found in tokens for word in set(found))
        if self._usable:
            self._bm25, self._counter = _weighed(tokens)
            self._phrases = TfidfVectorizer(analyzer=_words_and_pairs, sublinear_tf=True)
            self._tfidf = self._phrases.fit_transform(tokens)

    def scores(self, queries: Sequence[str]) -> Scores:
        """Return (texts, queries) BM25 scores; a word said twice in a query counts twice."""
        if not self._usable or not queries:
            return np.zeros((self._size, len(queries)))
        return _product(self._bm25, self._counter.transform(queries))

    def cosines(self, queries: Sequence[str]) -> Scores:
        """Return (texts, queries) cosines, by TF-IDF over words and pairs of them.

        What BM25 counts for each word that is shared, this weighs against all that is said: it
        ranks long queries better, BM25 short ones.
        """
        if not self._usable or not queries:
            return np.zeros((self._size, len(queries)))
        return _product(self._tfidf, self._phrases.transform(map(words, queries)))

    def is_common(self, word: str) -> bool:
        """Return whether ``word`` stands in so many texts that sharing it tells nothing."""
        return self._size >= _ENOUGH and self._texts_with[word] > _COMMON * self._size


def _weighed(tokens: Sequence[list[str]]) -> tuple[csc_array, CountVectorizer]:
    """Return (texts, words) what each word gives each text in BM25, and what counts a query's."""
    index = bm25s.BM25(method="lucene", k1=2.0, b=0.9)  # measured: topics are long
    index.index(tokens, show_progress=False)
    kept, size = index.scores, len(index.scores["indptr"]) - 1
    given = csc_array((kept["data"], kept["indices"], kept["indptr"]), shape=(len(tokens), size))
    known = {word: at for word, at in index.vocab_dict.items() if at < size}  # the last is ""
    return given, CountVectorizer(analyzer=words, vocabulary=known)


def _product(texts: csc_array, queries: csc_array) -> Scores:
    return np.asarray((texts @ queries.T).toarray(), np.float64)


def _words_and_pairs(found: list[str]) -> list[str]:
    return found + [f"{first} {second}" for first, second in pairwise(found)]


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
