"""What a consortium needs: by rule, and as the opportunity says itself. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.eligibility import EligibilityRule, Minimum
from matcher.own_words import Standpoint
from matcher.places import read_place
from matcher.sentences import ELIGIBILITY, sentences, shortened
from store.eligibility import Consortium
from store.models import Opportunity

MEMBER_STATES = "eu_member_states"
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10,
}  # fmt: skip
COUNTED_ENTITIES = r"(?:at least|minimum(?: of)?) (?P<entities>\w+)(?: \(\d+\))?"
WHOLE_MINIMA = (
    re.compile(
        r"at least (?P<entities>\w+) independent legal entities: each established in a different"
        r" Member State or Associated Country; and (?P<members>\w+) of which are established in a"
        r" Member State",
        re.IGNORECASE,
    ),
    re.compile(
        r"submitted by at least (?P<entities>\w+) applicants\b.{0,60}? from (?P<countries>\w+)"
        r" different eligible countries",
        re.IGNORECASE,
    ),
)
"""How opportunities state a minimum that stands in place of the rule's."""

PART_MINIMA = (
    re.compile(
        COUNTED_ENTITIES + r" (?P<what>[^.;:]{0,160}?)\b(?:from|established in|in) (?:at least )?"
        r"(?P<countries>\w+)(?: \(\d+\))? different (?:EU )?(?:member states?|eligible countries"
        r"|countries)",
        re.IGNORECASE,
    ),
    re.compile(
        COUNTED_ENTITIES + r" (?P<what>[^.;:]{0,160}?)\b(?:each )?(?:from|established in)"
        r" (?:a )?different (?:EU )?(?:member states?|countr(?:y|ies))",
        re.IGNORECASE,
    ),
)
"""How opportunities ask for entities of so many countries, beside what the rule asks."""

ANYBODY = re.compile(
    r"(?:(?:independent|legal|eligible|different) )*(?:entities|participants|partners|beneficiaries"
    r"|organi[sz]ations|applicants)(?: independent from each other)?,?(?: and)?(?: each)? *",
    re.IGNORECASE,
)
NOTHING_MORE = re.compile(
    r"(?:/| or )?(?:associated countr(?:y|ies))?,?(?: where legal entities are eligible to receive"
    r" funding)?[.;]?",
    re.IGNORECASE,
)
ELSEWHERE = re.compile(r"take place|carry out|pilot demonstrations", re.IGNORECASE)
"""It counts places of work, no partners."""
ONE_SOMEWHERE = re.compile(
    r"at least one (?:\(1\) )?(?:independent )?legal entity (?:shall be )?established in"
    r" (?P<where>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Counts:
    """A minimum in the opportunity's own words."""

    entities: int
    countries: int
    members: int
    evidence: str
    whole: bool
    """Whether it stands in place of the rule's."""


def consortium_of(
    opportunity: Opportunity, rule: EligibilityRule | None, standpoint: Standpoint
) -> Consortium | None:
    """Return the smallest consortium that may apply; None where nobody says."""
    own = list(_own_minima(opportunity))
    by_rule = rule.minimum if rule else None
    if whole := next((counts for counts in own if counts.whole), None):
        return _as_kept(_stated(whole), standpoint, whole.evidence)
    more = [counts for counts in own if _asks_more(counts, by_rule)]
    if not more:
        return _as_kept(by_rule, standpoint, "") if by_rule else None
    evidence = " ".join(dict.fromkeys(counts.evidence for counts in more))
    return _as_kept(_merged(more, by_rule), standpoint, evidence)


def real_demands(demands: Sequence[str], standpoint: Standpoint) -> tuple[str, ...]:
    """Return what is asked beside the minimum; what we meet by ourselves comes last."""
    kept = [demand for demand in demands if not is_minimum(demand)]
    return tuple(sorted(kept, key=lambda demand: _is_met(demand, standpoint)))


def is_minimum(sentence: str) -> bool:
    """Return whether a sentence says how many entities of how many countries, and no more."""
    for pattern in (*WHOLE_MINIMA, *PART_MINIMA):
        found = pattern.search(sentence)
        if found and NOTHING_MORE.fullmatch(sentence[found.end() :]):
            return ANYBODY.fullmatch(found.groupdict().get("what") or "entities") is not None
    return False


def _is_met(demand: str, standpoint: Standpoint) -> bool:
    found = ONE_SOMEWHERE.search(demand)
    if not found:
        return False
    where = read_place(found["where"], standpoint.rules, standpoint.associated, standpoint.day)
    return standpoint.country in where.countries


def _own_minima(opportunity: Opportunity) -> Iterator[Counts]:
    """Yield the minima that the conditions state, and the description, where LIFE puts its own."""
    told = list(sentences(opportunity, ELIGIBILITY))
    described = [" ".join(part["text"].split()) for part in opportunity.sections]
    for pattern in WHOLE_MINIMA:
        if counts := _counts(pattern.search(" ".join([*told, *described])), whole=True):
            yield counts
    for sentence in told:
        if ELSEWHERE.search(sentence):
            continue
        for pattern in PART_MINIMA:
            if counts := _counts(pattern.search(sentence), whole=False):
                yield counts


def _counts(found: re.Match[str] | None, *, whole: bool) -> Counts | None:
    """Return the numbers of a minimum; None where one of them is unreadable."""
    if not found:
        return None
    stated = {name: _number(found.groupdict().get(name)) for name in ("countries", "members")}
    entities = _number(found["entities"])
    if entities is None or None in stated.values():
        return None
    countries, members = stated["countries"] or entities, stated["members"] or 0
    return Counts(max(entities, countries), countries, members, shortened(found[0]), whole)


def _number(word: str | None) -> int | None:
    """Return the number that ``word`` means, 0 for no word; None where it is unreadable."""
    if word is None:
        return 0
    return int(word) if word.isdecimal() else NUMBERS.get(word.lower())


def _asks_more(counts: Counts, rule: Minimum | None) -> bool:
    return rule is None or counts.entities > rule.entities or counts.countries > rule.countries


def _stated(counts: Counts) -> Minimum:
    where = f", {counts.members} of them in a Member State" if counts.members else ""
    return Minimum(
        entities=counts.entities,
        countries=counts.countries,
        eligible_countries=counts.countries,
        member_states=counts.members,
        says=f"{counts.entities} independent entities in {counts.countries} different eligible"
        f" countries{where}",
    )


def _merged(own: Sequence[Counts], rule: Minimum | None) -> Minimum:
    """Return the least that satisfies the rule and everything that the opportunity counts."""
    countries = max(counts.countries for counts in own)
    most = Counts(
        entities=max(*(counts.entities for counts in own), rule.entities if rule else 1),
        countries=max(countries, rule.countries if rule else 1),
        members=rule.member_states if rule else 0,
        evidence="",
        whole=False,
    )
    return _stated(most)


def _as_kept(minimum: Minimum, standpoint: Standpoint, evidence: str) -> Consortium:
    return Consortium(
        entities=minimum.entities,
        countries=minimum.countries,
        eligible_countries=minimum.eligible_countries,
        member_states=minimum.member_states,
        says=f"{minimum.says}{_where_we_count(minimum, standpoint)}",
        evidence=evidence,
    )


def _where_we_count(minimum: Minimum, standpoint: Standpoint) -> str:
    """Return what the minimum means for a country that is no Member State."""
    members = standpoint.rules.countries_of(MEMBER_STATES, standpoint.day)
    if not minimum.member_states or standpoint.country in members or standpoint.associated is None:
        return ""
    name = standpoint.rules.name_of(standpoint.country)
    needed = "a partner in a Member State is needed"
    if minimum.member_states > 1:
        needed = f"partners in {minimum.member_states} Member States are needed"
    if standpoint.country in standpoint.rules.countries_of(standpoint.associated, standpoint.day):
        return f"; {name} counts as associated, so {needed}"
    return f"; {name} does not count, for it is not associated"
