"""What an opportunity says itself about who may apply, read from its conditions. Pure.

Only sentences of a known form decide, and only where they are understood whole. A sentence that
restricts in a form nobody knows makes the answer unknown: silence never means no, and neither do
words that were not understood.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.eligibility import EligibilityRules
from matcher.kinds import read_kind
from matcher.phrases import (
    ALONE,
    BY_WHOM,
    COUNTED,
    EACH_OF_THEM,
    EXCLUDED,
    HARMLESS,
    IN_KIND,
    LIMITED,
    MUST_BE,
    NAMED_ALREADY,
    OF_A_CONSORTIUM,
    OF_OTHERS,
    OF_SOMETHING_ELSE,
    ONLY_ASSOCIATED,
    ONLY_THEY,
    PARTNER_IN,
    PLACED,
    RESTRICTS,
    SOME_OF_THEM,
    SUBMITTED_BY,
    WHOM,
    WITHOUT_NUMBER,
)
from matcher.places import read_place
from matcher.sentences import ANYWHERE, ELIGIBILITY, clauses, labelled_sentences, shortened
from store.eligibility import ROLES, Answer, Role
from store.models import Opportunity

APPLYING: tuple[Role, ...] = ("coordinator", "beneficiary")
WHO: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("coordinator", ("coordinator",)),
    ("host", APPLYING),
    ("beneficiar", APPLYING),
    ("applicant", APPLYING),
    ("entities eligible", APPLYING),
)


@dataclass(frozen=True, slots=True)
class Standpoint:
    """For whom a text is read: what it says is another thing to another organisation."""

    country: str
    words: frozenset[str]
    """Kinds that the organisation is of, such as ``university`` and ``non_profit``."""
    rules: EligibilityRules
    associated: str | None
    """Group that the text calls associated countries; None where no rule knows."""
    day: date


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence of the opportunity, and what it means for the organisation."""

    sentence: str
    roles: tuple[Role, ...]
    answer: Answer | None
    """None where it decides nothing, but asks something of the consortium."""
    single: bool = False
    """Whether it says that one entity applies alone."""
    at: int = 0
    """Where in the sentence the deciding words begin."""
    section: str = ""
    """Heading under which it stands."""

    @property
    def evidence(self) -> str:
        """Return the deciding words, verbatim, as a person wants to read them."""
        return shortened(self.sentence, self.at)


Read = Callable[[str, Standpoint], Finding | None]


def findings(opportunity: Opportunity, standpoint: Standpoint) -> tuple[Finding, ...]:
    """Return what the sentences on eligibility mean, in their order, each once."""
    found: dict[str, Finding] = {}
    for section, sentence in labelled_sentences(opportunity, ELIGIBILITY):
        if sentence not in found and (finding := _read(sentence, standpoint)):
            found[sentence] = replace(finding, section=section)
    for section, sentence in labelled_sentences(opportunity, ANYWHERE):
        if sentence not in found and IN_KIND.search(sentence):
            found[sentence] = Finding(sentence, (), None, section=section)
    return tuple(found.values())


def _read(sentence: str, standpoint: Standpoint) -> Finding | None:
    return next((f for read in READINGS if (f := read(sentence, standpoint))), None)


def _limited(sentence: str, standpoint: Standpoint) -> Finding | None:
    found = LIMITED.search(sentence)
    if not found:
        return None
    roles: tuple[Role, ...] = ("coordinator",) if "coordinator" in found["who"].lower() else ROLES
    return Finding(sentence, roles, _at(found["where"], standpoint), at=found.start())


def _must_be(sentence: str, standpoint: Standpoint) -> Finding | None:
    """Read of which kind, or where, coordinators, hosts or beneficiaries must be."""
    found = MUST_BE.search(sentence)
    answer = _whom(found["whom"], standpoint) if found else None
    if not found or answer is None:
        return None
    if some := SOME_OF_THEM.search(sentence[: found.start("who")]):
        each = EACH_OF_THEM.match(some[0]) is not None and answer == "no"
        decided = Finding(sentence, _roles(found["who"]), "unknown", at=found.start())
        return decided if each else Finding(sentence, (), None)
    if COUNTED.search(sentence):
        return None
    return Finding(sentence, _roles(found["who"]), answer, at=found.start())


def _by_whom(sentence: str, standpoint: Standpoint) -> Finding | None:
    found = BY_WHOM.search(sentence)
    answer = _whom(found["whom"], standpoint) if found else None
    if not found or answer is None or COUNTED.search(sentence):
        return None
    roles = APPLYING if found["what"].lower() == "submitted" else ("coordinator",)
    return Finding(sentence, roles, answer)


def _only_they(sentence: str, standpoint: Standpoint) -> Finding | None:
    found = ONLY_THEY.search(sentence)
    answer = (
        _whom(found["whom"], standpoint) or _there(found["whom"], standpoint) if found else None
    )
    return Finding(sentence, APPLYING, answer) if answer else None


def _excluded(sentence: str, standpoint: Standpoint) -> Finding | None:
    found = EXCLUDED.search(sentence)
    if not found or _whom(found["whom"], standpoint) != "yes":
        return None
    return Finding(sentence, APPLYING, "no")


def _partner_in(sentence: str, standpoint: Standpoint) -> Finding | None:
    found = PARTNER_IN.search(sentence)
    if not found:
        return None
    return Finding(sentence, ("beneficiary",), _at(found["where"], standpoint))


def _only_associated(sentence: str, standpoint: Standpoint) -> Finding | None:
    found = ONLY_ASSOCIATED.search(sentence)
    if not found:
        return None
    known = [name for names in standpoint.rules.country_names.values() for name in names]
    named = [name for name in known if re.search(rf"\b{re.escape(name)}\b", found["where"])]
    return Finding(sentence, APPLYING, _at(", ".join(["Member States", *named]), standpoint))


def _named_already(sentence: str, _: Standpoint) -> Finding | None:
    known = NAMED_ALREADY.search(sentence) or SUBMITTED_BY.search(sentence)
    return Finding(sentence, ("coordinator",), "unknown") if known else None


def _alone(sentence: str, _: Standpoint) -> Finding | None:
    return Finding(sentence, (), None, single=True) if ALONE.search(sentence) else None


def _demand(sentence: str, _: Standpoint) -> Finding | None:
    if WITHOUT_NUMBER.search(sentence):
        return Finding(sentence, (), None)
    if OF_SOMETHING_ELSE.search(sentence) or not COUNTED.search(sentence):
        return None
    return Finding(sentence, (), None) if OF_A_CONSORTIUM.search(sentence) else None


def _restricts(sentence: str, standpoint: Standpoint) -> Finding | None:
    """Find what restricts in a form that nobody knows, clause by clause."""
    restricting = [c for c in clauses(sentence) if RESTRICTS.search(c) and not HARMLESS.search(c)]
    unread = [c for c in restricting if not _is_of_others(c, standpoint)]
    if not unread:
        return None
    leads = all(re.search("coordinator|coordinated|led by", c, re.IGNORECASE) for c in unread)
    joins = any(re.search("beneficiar|applicant|participa|entit", c, re.IGNORECASE) for c in unread)
    roles: tuple[Role, ...] = ("coordinator",) if leads and not joins else APPLYING
    return Finding(sentence, roles, "unknown")


def _is_of_others(clause: str, standpoint: Standpoint) -> bool:
    """Return whether a clause speaks of entities in other countries alone."""
    found = OF_OTHERS.search(clause)
    return found is not None and _at(found["where"], standpoint) == "no"


READINGS: Sequence[Read] = (
    _limited,
    _named_already,
    _alone,
    _must_be,
    _by_whom,
    _only_they,
    _excluded,
    _partner_in,
    _only_associated,
    _demand,
    _restricts,
)
"""The first that knows a sentence reads it."""


def _whom(phrase: str, standpoint: Standpoint) -> Answer | None:
    """Return whether we are what ``phrase`` describes: "SMEs", "entities from Member States".

    Returns:
        None where the phrase describes no organisation.
    """
    text = phrase.strip(" .")
    if placed := PLACED.match(text):
        return _at(placed["where"], standpoint)
    found = WHOM.match(text)
    kind = read_kind(found["kind"], standpoint.words) if found else None
    if not found or kind is None or found["where"] is None:
        return kind
    both = {kind, _at(found["where"], standpoint)}
    return next(answer for answer in ("unknown", "no", "yes") if answer in both)


def _there(where: str, standpoint: Standpoint) -> Answer | None:
    """Return whether we are among countries, where ``where`` names nothing but countries."""
    place = read_place(where, standpoint.rules, standpoint.associated, standpoint.day)
    return None if place.open else _at(where, standpoint)


def _at(where: str, standpoint: Standpoint) -> Answer:
    place = read_place(where, standpoint.rules, standpoint.associated, standpoint.day)
    if standpoint.country in place.countries:
        return "unknown" if place.narrowed else "yes"
    return "unknown" if place.open else "no"


def _roles(who: str) -> tuple[Role, ...]:
    return next(roles for word, roles in WHO if word in who.lower())


def demands_of(found: Sequence[Finding]) -> Iterator[str]:
    """Yield what was found to be asked of a consortium, verbatim."""
    yield from (f.evidence for f in found if f.answer is None and not f.single)
