"""What profiles are compared with: passages, their vectors, and an index of words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.embedder import Vectors
from matcher.lexical import Lexicon
from matcher.text import (
    Facet,
    Passage,
    facets,
    headline,
    lowered_text,
    opening,
    passages,
)
from store.models import Opportunity, Profile

Embed = Callable[[Sequence[str]], Vectors]
"""Returns a row of length 1 for each text."""

SHORT_TEXT = 1_000
"""Characters below which a text is no description; those of the portal have 5,000."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a profile may name of an opportunity; few of them differ."""

    programme: str
    action_types: tuple[str, ...]


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
    forms: tuple[Form, ...]
    """Every one that there is, once."""
    form_of: NDArray[np.intp]
    """(o,) which of ``forms`` each opportunity has."""
    is_of_titles: bool
    """Whether most opportunities say no more of themselves than a title does."""
    centre: Vectors | None
    """(d,) mean vector of what people work on; None where it is not known."""

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


def offered_texts(opportunities: Sequence[Opportunity]) -> list[str]:
    """Return what is embedded of ``opportunities``: passages, then openings, then headlines."""
    return _offered(opportunities, [passages(opportunity) for opportunity in opportunities])


def sought_texts(profiles: Sequence[Profile]) -> list[str]:
    """Return what is embedded of ``profiles``: the texts of their facets."""
    return [text for found in map(facets, profiles) for text in _texts(found)]


def corpus_of(
    opportunities: Sequence[Opportunity], embed: Embed, centre: Vectors | None = None
) -> Corpus:
    """Return the corpus of ``opportunities``; ``embed`` is asked once, for all their texts."""
    cut = tuple(passages(opportunity) for opportunity in opportunities)
    vectors = embed(_offered(opportunities, cut))
    at, count = sum(len(found) for found in cut), len(opportunities)
    texts = tuple(map(lowered_text, opportunities))
    forms = [Form(o.programme, tuple(o.action_types or ())) for o in opportunities]
    numbers = {form: number for number, form in enumerate(dict.fromkeys(forms))}
    return Corpus(
        opportunities=tuple(opportunities),
        passages=cut,
        vectors=vectors[:at],
        starts=starts_of([len(found) for found in cut]),
        wholes=vectors[at : at + count] + vectors[at + count :],
        texts=texts,
        lexicon=Lexicon(texts),
        forms=tuple(numbers),
        form_of=np.array([numbers[form] for form in forms], np.intp),
        is_of_titles=bool(texts) and float(np.median([len(t) for t in texts])) < SHORT_TEXT,
        centre=centre,
    )


def wants_of(profiles: Sequence[Profile], embed: Embed) -> Iterator[Wanted]:
    """Yield what each profile looks for; ``embed`` is asked once, for all their texts."""
    found = [facets(profile) for profile in profiles]
    vectors = embed([text for each in found for text in _texts(each)])
    at = 0
    for each in found:
        end = at + len(_texts(each))
        yield _wanted(each, vectors[at:end])
        at = end


def _offered(opportunities: Sequence[Opportunity], cut: Sequence[tuple[Passage, ...]]) -> list[str]:
    texts = [passage.text for found in cut for passage in found]
    return [*texts, *map(opening, opportunities), *map(headline, opportunities)]


def _texts(found: Sequence[Facet]) -> list[str]:
    return [text for facet in found for text in facet.texts]


def _wanted(found: tuple[Facet, ...], vectors: Vectors) -> Wanted:
    weights = np.array([facet.weight for facet in found], np.float64)
    starts = starts_of([len(facet.texts) for facet in found])
    return Wanted(found, vectors, starts, weights / weights.sum())
