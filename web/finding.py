"""From criteria to results: words and meaning fused, narrowed down, counted and ordered. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from web.catalogue import Mask, Standing
from web.criteria import FIT, Criteria
from web.facets import FACETS
from web.library import Scores
from web.suiting import Suiting

RANK_CONSTANT = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""

Fits = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds."""

    places: Places
    """Of the opportunities in the catalogue, in the order in which they are shown."""
    counts: Mapping[str, Mapping[str, int]]
    """By facet and value: what would be found with this value of the facet alone."""
    by_words: Mask
    """(n,) which opportunities have all the words; all where none is searched for."""
    understood: bool
    """Whether the meaning of the words was searched for too."""
    beyond: int
    """How many the words find beside, which the choices leave out."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the words of a search find."""

    fits: Fits
    """(n,) 0 where nothing is found."""
    by_words: Mask
    understood: bool


def search(standing: Standing, criteria: Criteria, suiting: Suiting) -> Found:
    """Return what ``criteria`` find at a moment, for the group of ``suiting`` if it has one."""
    told = _read(standing, criteria.query)
    fitting = told.fits > 0
    masks = {name: _mask(standing, criteria, name) for name in FACETS}
    among = fitting & np.logical_and.reduce(list(masks.values()))
    counts = {
        name: drawer.counts(fitting & _all_but(masks, name))
        for name, drawer in standing.drawers.items()
    }
    order = ORDERS[criteria.order](standing, told.fits, suiting)
    places = order[among[order]]
    beyond = int(fitting.sum()) - len(places)
    return Found(places, counts, told.by_words, told.understood, beyond)


def _read(standing: Standing, query: str) -> _Told:
    size = len(standing.catalogue.opportunities)
    if not query or not size:
        return _Told(np.ones(size), np.ones(size, np.bool_), understood=True)
    shelf = standing.catalogue.shelf
    words, meaning = shelf.words(query), shelf.meaning(query)
    fits = _reciprocal_ranks(words)
    if meaning is not None:
        fits = fits + _reciprocal_ranks(meaning)
    return _Told(fits, words > 0, understood=meaning is not None)


def _reciprocal_ranks(scores: Scores) -> Fits:
    """Return 1 / (60 + rank) of each, the best ranked 1, and 0 of what is not found.

    >>> [round(1 / fit) if fit else 0 for fit in _reciprocal_ranks(np.float32([0, 0.2, 0.9]))]
    [0, 62, 61]
    """
    order = np.argsort(-scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    return np.where(scores > 0, 1 / (RANK_CONSTANT + ranks), 0.0)


def _mask(standing: Standing, criteria: Criteria, name: str) -> Mask:
    """Return what a facet lets through: everything, where none of its values is chosen."""
    values = criteria.chosen.get(name) or FACETS[name].usual
    if not values:
        return np.ones(len(standing.catalogue.opportunities), np.bool_)
    return standing.drawers[name].having(values)


def _all_but(masks: Mapping[str, Mask], name: str) -> Mask:
    return np.asarray(np.logical_and.reduce([m for other, m in masks.items() if other != name]))


def _best_first(standing: Standing, fits: Fits, _: Suiting) -> Places:
    return np.lexsort((standing.deadlines, -fits))


def _next_first(standing: Standing, _: Fits, __: Suiting) -> Places:
    return np.argsort(standing.deadlines, kind="stable")


def _latest_first(standing: Standing, _: Fits, __: Suiting) -> Places:
    return np.lexsort((standing.deadlines, -standing.found))


def _most_suiting_first(standing: Standing, fits: Fits, suiting: Suiting) -> Places:
    """Return what suits the group best first; of what suits as well, what fits the words better."""
    places = suiting.places(standing.catalogue.opportunities)
    return np.lexsort((standing.deadlines, -fits, places))


ORDERS: dict[str, Callable[[Standing, Fits, Suiting], Places]] = {
    "best": _best_first,
    "deadline": _next_first,
    "new": _latest_first,
    FIT: _most_suiting_first,
}
"""By what ``web.criteria.SORTS`` calls them."""
