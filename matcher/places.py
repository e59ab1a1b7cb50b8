"""Which countries a phrase such as "Member States, Norway and Iceland" means. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from config.eligibility import EligibilityRules

AFRICAN_UNION = re.compile(r"African? Union member states?", re.IGNORECASE)
MEMBER_STATES = re.compile(r"\bMember States?\b", re.IGNORECASE)
ASSOCIATED = re.compile(
    r"\bassociated (?:countr(?:y|ies)|third countr)|\bcountr(?:y|ies) associated\b", re.IGNORECASE
)
NAMED_ASSOCIATED = re.compile(r"following (?:additional )?associated countr\w+", re.IGNORECASE)
WIDENING = re.compile(r"\bwidening countr(?:y|ies)\b", re.IGNORECASE)
OTHERS = re.compile(
    r"\bOECD\b|MERCOSUR|CARIFORUM|Andean|African|third countr|low-? |middle-income|partnership"
    r"|agreement|constituent|overseas|candidate|innovator",
    re.IGNORECASE,
)
"""Groups of countries that the rules do not list."""


@dataclass(frozen=True, slots=True)
class Place:
    """The countries that a phrase means."""

    countries: frozenset[str]
    open: bool
    """Whether it may mean further ones, which nobody could read."""


def read_place(phrase: str, rules: EligibilityRules, associated: str | None, day: date) -> Place:
    """Return the countries that ``phrase`` means.

    Args:
        phrase: What stands behind "established in".
        rules: Where the groups of countries and their names are.
        associated: The group that the text calls associated; None where it is not known.
        day: On which the groups are asked for.
    """
    text = AFRICAN_UNION.sub("African countries", phrase)
    found = _named(text, rules)
    for pattern, group in ((MEMBER_STATES, "eu_member_states"), (WIDENING, "widening")):
        if pattern.search(text):
            found |= rules.countries_of(group, day)
    means_group = ASSOCIATED.search(NAMED_ASSOCIATED.sub("", text)) is not None
    if means_group and associated:
        found |= rules.countries_of(associated, day)
    is_open = not found or bool(OTHERS.search(text)) or (means_group and not associated)
    return Place(frozenset(found), is_open)


def _named(text: str, rules: EligibilityRules) -> set[str]:
    return {
        code
        for code, names in rules.country_names.items()
        if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names)
    }
