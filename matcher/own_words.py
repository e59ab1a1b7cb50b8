"""What an opportunity says itself about who may apply, read from its conditions. Pure.

Only sentences of a known form decide. A sentence that clearly restricts in a form nobody knows
makes the answer unknown, and what says nothing changes nothing: silence never means no.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.eligibility import EligibilityRules
from matcher.places import Place, read_place
from store.eligibility import ROLES, Answer, Role
from store.models import Opportunity

ELIGIBILITY = re.compile(r"eligib|particip", re.IGNORECASE)
LEGAL = re.compile(r"legal and financial", re.IGNORECASE)
FOOTNOTE = re.compile(r"\[\[.*?(?:\]\]|$)", re.DOTALL)
SENTENCE_END = re.compile(r"\n+|(?<=[.;])\s+(?=[A-Z])")
LONGEST = 320
"""Characters of a sentence shown as evidence."""

APPLYING: tuple[Role, ...] = ("coordinator", "beneficiary")
WHO: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("coordinator", ("coordinator",)),
    ("host", APPLYING),
    ("beneficiar", APPLYING),
    ("applicant", APPLYING),
    ("entities eligible", APPLYING),
)
KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"\bSMEs?\b|small and medium", frozenset({"sme"})),
    (r"higher education|universit", frozenset({"university"})),
    (r"research organi[sz]ation|\bRTOs?\b", frozenset({"research_organisation"})),
    (r"\bcit(?:y|ies)\b|\btowns?\b", frozenset({"city"})),
    (r"authorit", frozenset({"public_authority"})),
    (r"\bcompan(?:y|ies)\b|undertaking", frozenset({"company", "sme"})),
    (r"non-?profit", frozenset({"non_profit"})),
    (r"public bod", frozenset({"public_body"})),
)
"""How the texts name kinds of organisation, and our words for them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Through whose eyes a text is read."""

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

    @property
    def evidence(self) -> str:
        """Return the deciding words, verbatim, as a person wants to read them."""
        return shortened(self.sentence, self.at)


LIMITED = re.compile(
    r"participation\b(?P<who>.{0,90}?)\b(?:is|are) limited to (?:legal )?entities"
    r" (?:that are )?established in (?P<where>.+)",
    re.IGNORECASE | re.DOTALL,
)
ESTABLISHED = re.compile(
    r"\b(?P<who>host (?:organi[sz]ation|institution)s?|beneficiar(?:y|ies)|applicants?"
    r"|coordinators?)\b.{0,60}?\bmust be\b.{0,60}?\b(?:established|located) in (?P<where>.+)",
    re.IGNORECASE | re.DOTALL,
)
PARTNER_IN = re.compile(
    r"one legal entity, as a beneficiary, established in (?P<where>.+)", re.IGNORECASE
)
BE_A_KIND = re.compile(
    r"\b(?P<who>coordinators?|applicants?|beneficiar(?:y|ies)|entities eligible for funding)\b"
    r".{0,40}?\b(?:must|shall|has to|have to) be (?P<what>.+)",
    re.IGNORECASE | re.DOTALL,
)
ONLY_ASSOCIATED = re.compile(
    r"(?P<where>[^,]+?) (?:is|are) the only countr(?:y|ies) associated", re.IGNORECASE
)
NAMED_ALREADY = re.compile(r"must include the beneficiaries of", re.IGNORECASE)
SUBMITTED_BY = re.compile(r"must be submitted by the coordinator of", re.IGNORECASE)
ALONE = re.compile(r"only be submitted by one legal entity", re.IGNORECASE)
COUNTED = re.compile(r"\bat least\b|\bminimum\b|\bmaximum\b|\d ?%", re.IGNORECASE)
OF_A_CONSORTIUM = re.compile(
    r"consorti|beneficiar|participa|partner|entit(?:y|ies)|must include|must involve|\bSMEs\b"
    r"|\bcities\b|organisation|authorit",
    re.IGNORECASE,
)
OF_SOMETHING_ELSE = re.compile(
    r"at least the duration|proprietary rights|grant amount", re.IGNORECASE
)
FURTHER_CLAUSE = re.compile(r"\bthat (?:have|has|are|were)\b|\bprovided that\b", re.IGNORECASE)
HARMLESS = re.compile(
    r"controlled by|high-risk suppliers|EU restrictive measures|outside the scope|\bRussia\b"
    r"|international organi[sz]ations|applicants from the United Kingdom|Joint Research Centre"
    r"|activities carried|^associated partners\b",
    re.IGNORECASE,
)
"""Restrictions of others than the organisation, each found in a text; keep the list short."""
RESTRICTS = re.compile(
    r"\b(?:limited|restricted|reserved|open only) (?:to|for)\b|\bmay only\b|\bcan only\b"
    r"|\bonly (?:open|eligible)\b|\bnot eligible\b|\bonly countries\b"
    r"|\bapplicants? must be\b|\bcoordinator must\b|\bmust be submitted by\b",
    re.IGNORECASE,
)


def findings(opportunity: Opportunity, reader: Reader) -> tuple[Finding, ...]:
    """Return what the sentences on eligibility mean, in their order, each once."""
    found = (_read(sentence, reader) for sentence in sentences(opportunity, ELIGIBILITY))
    return tuple(dict.fromkeys(finding for finding in found if finding is not None))


def section_to_read(opportunity: Opportunity) -> str:
    """Return the heading under which the portal says who may apply, without its number."""
    labels = [str(part["label"]) for part in opportunity.conditions]
    named = [label for label in labels if ELIGIBILITY.search(label)]
    return re.sub(r"^[\d\s.a-c]+(?=[A-Z])", "", named[0]) if named else ""


def sentences(opportunity: Opportunity, label: re.Pattern[str]) -> Iterator[str]:
    """Yield the sentences of the parts whose label fits, without footnotes.

    A list of countries stays with the sentence that announces it.
    """
    for part in opportunity.conditions:
        if label.search(part["label"]):
            text = FOOTNOTE.sub("", part["text"]).replace("]]", "")
            text = re.sub(r"(following countries:)\s*\n+(?=\*)", r"\1 ", text)
            joined = re.sub(
                r"(following countries:.*?)(?=\n\n(?!\*)|$)", _one_line, text, flags=re.DOTALL
            )
            for sentence in SENTENCE_END.split(joined):
                if plain := " ".join(sentence.split()):
                    yield plain


def shortened(sentence: str, at: int = 0) -> str:
    """Return a sentence as evidence; from ``at``, where the deciding words begin, if it is long."""
    if len(sentence) <= LONGEST:
        return sentence
    start = "… " if at else ""
    rest = sentence[at:]
    return start + (rest if len(rest) <= LONGEST else rest[:LONGEST].rpartition(" ")[0] + " …")


def _one_line(found: re.Match[str]) -> str:
    return re.sub(r"\s*\n+\s*\*?", " ", found[0]).replace(". ", ", ").replace("; ", ", ")


def _read(sentence: str, reader: Reader) -> Finding | None:
    for read in READERS:
        if finding := read(sentence, reader):
            return finding
    return None


def _limited(sentence: str, reader: Reader) -> Finding | None:
    found = LIMITED.search(sentence)
    if not found:
        return None
    roles: tuple[Role, ...] = ("coordinator",) if "coordinator" in found["who"].lower() else ROLES
    return Finding(sentence, roles, _at(found["where"], reader), at=found.start())


def _established(sentence: str, reader: Reader) -> Finding | None:
    found = ESTABLISHED.search(sentence)
    if not found or COUNTED.search(sentence[: found.end("who")]):
        return None
    where, kind = _at(found["where"], reader), _of_kind(found[0], reader)
    answer: Answer | None = "no" if "no" in {where, kind} else where
    return Finding(sentence, _roles(found["who"]), answer, at=found.start())


def _partner_in(sentence: str, reader: Reader) -> Finding | None:
    found = PARTNER_IN.search(sentence)
    return Finding(sentence, ("beneficiary",), _at(found["where"], reader)) if found else None


def _kind(sentence: str, reader: Reader) -> Finding | None:
    found = BE_A_KIND.search(sentence)
    if not found or COUNTED.search(sentence):
        return None
    answer = _of_kind(found["what"], reader)
    return Finding(sentence, _roles(found["who"]), answer) if answer else None


def _submitted_by(sentence: str, _: Reader) -> Finding | None:
    return Finding(sentence, ("coordinator",), "unknown") if SUBMITTED_BY.search(sentence) else None


def _alone(sentence: str, _: Reader) -> Finding | None:
    return Finding(sentence, (), None, single=True) if ALONE.search(sentence) else None


def _demand(sentence: str, _: Reader) -> Finding | None:
    if OF_SOMETHING_ELSE.search(sentence) or not COUNTED.search(sentence):
        return None
    return Finding(sentence, (), None) if OF_A_CONSORTIUM.search(sentence) else None


def _only_associated(sentence: str, reader: Reader) -> Finding | None:
    found = ONLY_ASSOCIATED.search(sentence)
    if not found:
        return None
    answer = _at(f"Member States, {found['where']}", reader)
    return Finding(sentence, APPLYING, answer)


def _named_already(sentence: str, _: Reader) -> Finding | None:
    if not NAMED_ALREADY.search(sentence):
        return None
    return Finding(sentence, ("coordinator",), "unknown")


def _restricts(sentence: str, _: Reader) -> Finding | None:
    if HARMLESS.search(sentence) or not RESTRICTS.search(sentence):
        return None
    return Finding(sentence, APPLYING, "unknown")


READERS: Sequence[Callable[[str, Reader], Finding | None]] = (
    _limited,
    _established,
    _partner_in,
    _kind,
    _only_associated,
    _named_already,
    _submitted_by,
    _alone,
    _demand,
    _restricts,
)
"""The first that knows a sentence reads it."""


def _at(where: str, reader: Reader) -> Answer:
    place: Place = read_place(where, reader.rules, reader.associated, reader.day)
    if reader.country in place.countries:
        return "unknown" if FURTHER_CLAUSE.search(where) else "yes"
    return "unknown" if place.open else "no"


def _of_kind(what: str, reader: Reader) -> Answer | None:
    named = [words for pattern, words in KINDS if re.search(pattern, what, re.IGNORECASE)]
    if not named:
        return None
    return "yes" if any(words & reader.words for words in named) else "no"


def _roles(who: str) -> tuple[Role, ...]:
    return next(roles for word, roles in WHO if word in who.lower())
