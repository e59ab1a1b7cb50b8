"""A page of results in words: what was found, and by what it can be narrowed down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.translation import say, say_many
from store.facts import Facts
from store.models import Opportunity
from web.catalogue import Standing
from web.criteria import Criteria
from web.facets import FACETS, Facet
from web.finding import Found
from web.library import Library

SIZE = 20
"""Results on a page."""

SHOWN = 8
"""Values of a facet that are shown, the most frequent ones, where the facet has no order."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result."""

    opportunity: Opportunity
    facts: Facts
    only_by_meaning: bool
    """Whether the words searched for do not all occur in it."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet that can be chosen, or is."""

    value: str
    words: str
    count: int
    chosen: bool
    address: str
    """Of the search with this value toggled."""


@dataclass(frozen=True, slots=True)
class Group:
    """A facet as it is shown."""

    name: str
    title: str
    options: Sequence[Option]
    open: bool


def hits(
    standing: Standing, found: Found, criteria: Criteria, library: Library, language: str
) -> list[Hit]:
    """Return the results of the page that is asked for."""
    first = (criteria.page - 1) * SIZE
    return [
        _hit(standing, found, int(place), library, language)
        for place in found.places[first : first + SIZE]
    ]


def _hit(standing: Standing, found: Found, place: int, library: Library, language: str) -> Hit:
    opportunity = standing.catalogue.opportunities[place]
    verdict = standing.catalogue.verdicts[place]
    facts = standing.told.of(
        (place, language), lambda: library.facts(opportunity, verdict, language, standing.at)
    )
    return Hit(opportunity, facts, not found.by_words[place])


def groups(found: Found, criteria: Criteria, path: str, language: str) -> list[Group]:
    """Return the facets that leave a choice, each with how many results each value has."""
    shown = []
    for name, facet in FACETS.items():
        chosen = criteria.chosen.get(name, ())
        values = _shown(facet, found.counts[name], chosen)
        options = [
            Option(
                value,
                facet.words(value, language),
                found.counts[name].get(value, 0),
                value in chosen,
                criteria.toggled(name, value).address(path),
            )
            for value in values
        ]
        if options:
            opened = bool(chosen) or bool(facet.order)
            shown.append(Group(name, say(language, facet.title), options, opened))
    return shown


def _shown(facet: Facet, counts: Mapping[str, int], chosen: Sequence[str]) -> list[str]:
    """Return the values to choose from: those with results, and those that are chosen."""
    if facet.order:
        return [value for value in facet.order if counts.get(value) or value in chosen]
    frequent = sorted(counts, key=lambda value: (-counts[value], value))
    kept = [value for value in frequent if counts[value] and value not in chosen]
    return [*chosen, *kept[: max(0, SHOWN - len(chosen))]]


def removals(criteria: Criteria, path: str, language: str) -> Iterator[Option]:
    """Yield what is chosen, each with the address of the search without it."""
    for name, values in criteria.chosen.items():
        facet = FACETS[name]
        for value in values:
            words = f"{say(language, facet.title)}: {facet.words(value, language)}"
            address = criteria.toggled(name, value).address(path)
            yield Option(value, words, 0, chosen=True, address=address)


def summary(found: Found, criteria: Criteria, language: str) -> str:
    """Return how many results there are, in words."""
    number = len(found.places)
    counted = say_many(language, number, "{n} opportunity", "{n} opportunities")
    if number <= SIZE:
        return counted
    first = (criteria.page - 1) * SIZE + 1
    last = min(criteria.page * SIZE, number)
    return say(language, "{counted}, {first}–{last} shown", counted=counted, first=first, last=last)


def last_page(found: Found) -> int:
    """Return the number of the last page."""
    return max(1, -(-len(found.places) // SIZE))
