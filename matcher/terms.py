"""What a consortium needs and what it is paid: by rule, or as the opportunity says itself. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence

from config.eligibility import EligibilityRule, Minimum
from matcher.own_words import ELIGIBILITY, LEGAL, Reader, sentences, shortened
from store.eligibility import Consortium, Rate
from store.models import Opportunity

MEMBER_STATES = "eu_member_states"
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
OWN_MINIMA = (
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
"""How opportunities state a minimum of their own."""

OWN_RATE = re.compile(
    r"funding rate\b.{0,90}?(?P<most>\bup to )?\b(?P<percent>\d+) ?%(?P<rest>.*)", re.IGNORECASE
)
NON_PROFIT_RATE = re.compile(r"non-?profit.{0,60}?(?P<percent>\d+) ?%", re.IGNORECASE)


def meets_minimum(
    countries: Sequence[str],
    consortium: Consortium,
    associated: Collection[str],
    member_states: Collection[str],
) -> bool:
    """Return whether entities in these ``countries``, one for each, are enough to apply.

    >>> three = Consortium(3, 3, 3, 1, "three entities, one of them in a Member State")
    >>> meets_minimum(["NO", "IS", "CH"], three, {"NO", "IS", "CH"}, {"DE"})
    False
    >>> meets_minimum(["NO", "IS", "DE"], three, {"NO", "IS", "CH"}, {"DE"})
    True
    """
    distinct = set(countries)
    members = distinct & set(member_states)
    return (
        len(countries) >= consortium.entities
        and len(distinct) >= consortium.countries
        and len(members | distinct & set(associated)) >= consortium.eligible_countries
        and len(members) >= consortium.member_states
    )


def consortium_of(
    opportunity: Opportunity, rule: EligibilityRule | None, reader: Reader
) -> Consortium | None:
    """Return the smallest consortium that may apply; None where nobody says."""
    text = " ".join([*sentences(opportunity, ELIGIBILITY), *_described(opportunity)])
    for pattern in OWN_MINIMA:
        found = pattern.search(text)
        if found and (own := _own_minimum(found)):
            return _as_kept(own, reader, shortened(found[0]))
    if rule is None or rule.minimum is None:
        return None
    return _as_kept(rule.minimum, reader, "")


def _described(opportunity: Opportunity) -> Iterator[str]:
    """Yield the description, where LIFE puts its minimum, with its blanks as the patterns want."""
    for part in opportunity.sections:
        yield " ".join(part["text"].split())


def _own_minimum(found: re.Match[str]) -> Minimum | None:
    """Return the minimum in the opportunity's own sentence; None where a number is unreadable."""
    stated = {name: _number(word) for name, word in found.groupdict().items()}
    entities = stated["entities"]
    countries = stated.get("countries", entities)
    members = stated.get("members", 0)
    if entities is None or countries is None or members is None:
        return None
    where = f", {found['members'].lower()} of them in a Member State" if members else ""
    return Minimum(
        entities=entities,
        countries=countries,
        eligible_countries=countries,
        member_states=members,
        says=f"{entities} independent entities in {countries} different eligible countries{where}",
    )


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else NUMBERS.get(word.lower())


def _as_kept(minimum: Minimum, reader: Reader, evidence: str) -> Consortium:
    return Consortium(
        entities=minimum.entities,
        countries=minimum.countries,
        eligible_countries=minimum.eligible_countries,
        member_states=minimum.member_states,
        says=f"{minimum.says}{_where_we_count(minimum, reader)}",
        evidence=evidence,
    )


def _where_we_count(minimum: Minimum, reader: Reader) -> str:
    """Return what the minimum means for a country that is no Member State."""
    members = reader.rules.countries_of(MEMBER_STATES, reader.day)
    if not minimum.member_states or reader.country in members or reader.associated is None:
        return ""
    name = reader.rules.name_of(reader.country)
    needed = "a partner in a Member State is needed"
    if minimum.member_states > 1:
        needed = f"partners in {minimum.member_states} Member States are needed"
    if reader.country in reader.rules.countries_of(reader.associated, reader.day):
        return f"; {name} counts as associated, so {needed}"
    return f"; {name} does not count, for it is not associated"


def rate_of(
    opportunity: Opportunity, rule: EligibilityRule | None, words: Collection[str]
) -> Rate | None:
    """Return what an organisation of the kinds ``words`` is paid; None where nobody says."""
    own = [_own_rate(s, words) for s in sentences(opportunity, LEGAL)]
    stated = [rate for rate in own if rate is not None]
    if len({rate.says for rate in stated}) > 1:
        return Rate(None, "set by the topic", " ".join(rate.evidence for rate in stated))
    return stated[0] if stated else _rate_by_rule(rule, words)


def _own_rate(sentence: str, words: Collection[str]) -> Rate | None:
    stated = OWN_RATE.search(sentence)
    if not stated:
        return None
    ours = NON_PROFIT_RATE.search(stated["rest"]) if "non_profit" in words else None
    percent = int((ours or stated)["percent"])
    if stated["most"] and not ours:
        return Rate(None, f"up to {percent} %", shortened(sentence))
    return Rate(percent, f"{percent} %", shortened(sentence))


def _rate_by_rule(rule: EligibilityRule | None, words: Collection[str]) -> Rate | None:
    for rate in rule.rates if rule else ():
        if not rate.organisations or set(words) & set(rate.organisations):
            return Rate(rate.percent, rate.says)
    return None
