"""Why a pair matches: the passages that carried the score, word for word, and its parts."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from matcher.corpus import Corpus, Wanted
from matcher.lexical import Lexicon, singular, words
from matcher.stages import Candidate, Points
from matcher.text import Passage
from store.matches import Part, Reason

MOST_REASONS = 3
MOST_PARTS = 3
"""Facets that are named for each way of comparing."""
LONGEST = 300
"""Characters of a passage that are shown."""

FEWEST_WORDS = 8
"""Of a passage that is worth quoting."""

_PLAIN = frozenset({"Title", "Keywords", "Destination"})
"""Parts a reader sees anyway; they are reasons only where there is nothing else to quote."""

_WORD = re.compile(r"[^\W_]+")
_SENTENCE_START = re.compile(r"(?<=[.!?;])\s+(?=\S)")


def reasons(corpus: Corpus, wanted: Wanted, place: int) -> tuple[Reason, ...]:
    """Return the passages of the opportunity at ``place`` that meet the profile best."""
    rows = corpus.rows_of(place)
    each = corpus.vectors[rows] @ wanted.vectors.T
    by_facet = np.maximum.reduceat(each, wanted.starts, axis=1)
    weighted = by_facet * wanted.weights**0.5  # a weight of 2 should not hide a nearer passage
    found = corpus.passages[place]
    order = sorted(_quotable(found), key=lambda row: (-round(float(weighted[row].max()), 5), row))
    kept = []
    for row in order[:MOST_REASONS]:
        facet = int(np.argmax(weighted[row]))
        similarity = float(by_facet[row, facet])
        kept.append(_reason(found[row], wanted, facet, similarity, corpus.lexicon))
    return tuple(kept)


def parts(candidate: Candidate, wanted: Wanted) -> tuple[Part, ...]:
    """Return what the score of ``candidate`` is made of; the points add up to it.

    Of each way of comparing the ``MOST_PARTS`` facets that moved the score most are named, the
    others are one part together.
    """
    found = [
        part
        for name, given in candidate.points.items()
        for part in _parts(name, given, [facet.name for facet in wanted.facets])
    ]
    if candidate.penalty:
        found.append(Part("excluded keywords", "", candidate.penalty))
    return _adding_up(found, candidate.score)


def _parts(name: str, given: Points, facets: list[str]) -> list[Part]:
    order = np.argsort(-np.abs(given), kind="stable")
    named = [Part(name, facets[at], float(given[at])) for at in order[:MOST_PARTS]]
    rest = float(given[order[MOST_PARTS:]].sum())
    return [*named, Part(name, "", rest)] if len(given) > MOST_PARTS else named


def _adding_up(found: list[Part], score: float) -> tuple[Part, ...]:
    """Return ``found`` rounded; what rounding leaves goes to the largest."""
    rounded = [replace(part, points=round(part.points, 4)) for part in found]
    if not rounded:
        return ()
    left = score - sum(part.points for part in rounded)
    largest = max(range(len(rounded)), key=lambda at: abs(rounded[at].points))
    points = round(rounded[largest].points + left, 5)
    rounded[largest] = replace(rounded[largest], points=points)
    return tuple(rounded)


def _quotable(found: tuple[Passage, ...]) -> list[int]:
    telling = [
        row
        for row, passage in enumerate(found)
        if passage.section not in _PLAIN and len(passage.text.split()) >= FEWEST_WORDS
    ]
    return telling or list(range(len(found)))


def _reason(
    passage: Passage, wanted: Wanted, facet: int, similarity: float, lexicon: Lexicon
) -> Reason:
    met = wanted.facets[facet]
    sought = " ".join((met.name, *met.texts))
    terms = terms_in_both(passage.text, sought, lexicon)
    return Reason(
        passage=excerpt(passage.text, terms),
        section=passage.section,
        facet=met.name,
        terms=terms,
        similarity=round(similarity, 4),
        facet_terms=terms_in_both(met.name, passage.text, lexicon),
    )


def terms_in_both(text: str, other: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return words of ``text``, as written there, that ``other`` has too and few texts have."""
    wanted = {word for word in words(other) if not lexicon.is_common(word)}
    found = (match.group() for match in _WORD.finditer(text))
    shared = (word for word in found if singular(word.casefold()) in wanted)
    return tuple({word.casefold(): word for word in reversed(list(shared))}.values())[::-1]


def excerpt(text: str, terms: tuple[str, ...]) -> str:
    """Return ``text``, or the ``LONGEST`` characters of it that hold most ``terms``.

    A cut is at a word, begins with a sentence, and is shown by an ellipsis.
    """
    if len(text) <= LONGEST:
        return text
    start = max(_sentence_starts(text), key=lambda at: (_count(text, at, terms), -at))
    part = text[start : start + LONGEST]
    if start + LONGEST < len(text):
        part = part[: part.rfind(" ")].rstrip(" ,;:") + " …"
    return f"… {part}" if start else part


def _sentence_starts(text: str) -> Iterator[int]:
    yield 0
    for match in _SENTENCE_START.finditer(text):
        yield match.end()


def _count(text: str, start: int, terms: tuple[str, ...]) -> int:
    return sum(term in text[start : start + LONGEST] for term in terms)
