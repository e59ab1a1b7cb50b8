"""Which countries a phrase such as "Member States, Norway and Iceland" means. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from config.eligibility import EligibilityRules
from matcher.sentences import ITEM

AFRICAN_UNION = re.compile(r"African? Union member states?", re.IGNORECASE)
DEFINED = re.compile(
    r",? ?(?:\bas )?\bdefined in the Horizon Europe regulation|\b(?:to )?Horizon Europe\b"
    r"|\bcountries associated to the Euratom Research and Training Programme",
    re.IGNORECASE,
)
GROUPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bEEA[- ]EFTA(?: States?| countr(?:y|ies))?", re.IGNORECASE), "eea_efta"),
    (re.compile(r"\bEFTA(?: States?| countr(?:y|ies))?", re.IGNORECASE), "efta"),
    (
        re.compile(
            r"\b(?:EEA|European Economic Area)(?: States?| countr(?:y|ies))?", re.IGNORECASE
        ),
        "eea",
    ),
    (
        re.compile(r"\b(?:EU )?Member States?(?: of the (?:European )?Union)?\b", re.IGNORECASE),
        "eu_member_states",
    ),
    (re.compile(r"\bwidening countr(?:y|ies)\b", re.IGNORECASE), "widening"),
)
"""How texts name a group of countries, the special before the general, and our group."""

NAMED_ASSOCIATED = re.compile(r"following (?:additional )?associated countr\w+", re.IGNORECASE)
ASSOCIATED = re.compile(
    r"\bassociated (?:third )?countr(?:y|ies)|\bcountr(?:y|ies) associated\b", re.IGNORECASE
)
NARROWED = re.compile(
    r"\b(?:that|which|who) (?:have|has|are|were)\b|\bprovided that\b", re.IGNORECASE
)
EXCEPTED = re.compile(r"\bexcept|\bexclud|\bother than\b|\bwith the exception\b", re.IGNORECASE)
SMALL_WORDS = re.compile(
    r"\b(?:and|or|in|the|an?|of|one|either|any|different|eligible|European|Union|EU|countr(?:y|ies)"
    r"|states?|including|their|its|outermost|regions?|following|additional|to|from|territory)\b",
    re.IGNORECASE,
)
"""What is left of a phrase that was understood whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """The countries that a phrase means."""

    countries: frozenset[str]
    open: bool
    """Whether it may mean further ones, which nobody could read."""
    narrowed: bool
    """Whether not everybody in these countries is meant."""


def read_place(phrase: str, rules: EligibilityRules, associated: str | None, day: date) -> Place:
    """Return the countries that ``phrase`` means.

    Args:
        phrase: What stands behind "established in".
        rules: Where the groups of countries and their names are.
        associated: The group that the text calls associated; None where it is not known.
        day: On which the groups are asked for.
    """
    _, *items = phrase.split(ITEM)
    if items:
        return _any_of([read_place(item, rules, associated, day) for item in items])
    narrowed = NARROWED.search(phrase) or EXCEPTED.search(phrase)
    head = phrase[: narrowed.start()] if narrowed else phrase
    found: set[str] = set()
    rest = NAMED_ASSOCIATED.sub(" ", AFRICAN_UNION.sub("African countries", head))
    for pattern, group in GROUPS:
        if pattern.search(rest):
            found |= rules.countries_of(group, day)
            rest = pattern.sub(" ", rest)
    rest = DEFINED.sub(" ", rest)
    if ASSOCIATED.search(rest) and associated:
        found |= rules.countries_of(associated, day)
        rest = ASSOCIATED.sub(" ", rest)
    named, rest = _named(rest, rules)
    left = re.search(r"\w", SMALL_WORDS.sub("", rest))
    goes_on = re.search(r"\b(?:or|and)\W*$", head.rstrip()) is not None
    is_open = not (found or named) or left is not None or goes_on
    return Place(frozenset(found | named), is_open, narrowed is not None)


def _any_of(places: Sequence[Place]) -> Place:
    """Return what a list of places means; what stands in none without a condition is not known."""
    whole = [place.countries for place in places if not place.narrowed]
    is_open = any(place.open or place.narrowed for place in places)
    return Place(frozenset().union(*whole), is_open, narrowed=False)


def _named(text: str, rules: EligibilityRules) -> tuple[set[str], str]:
    """Return the countries that ``text`` names, and what it says beside."""
    found: set[str] = set()
    spelled = [(name, code) for code, names in rules.country_names.items() for name in names]
    for name, code in sorted(spelled, key=lambda pair: -len(pair[0])):
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        if re.search(pattern, text):
            found.add(code)
            text = re.sub(pattern, " ", text)
    return found, text
