"""Which kind of organisation a phrase such as "a city or an SME" means. Pure."""

import re
from collections.abc import Collection

from store.eligibility import Answer

ANY = frozenset({"anybody"})
KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"SMEs?", frozenset({"sme"})),
    (r"higher education institutions?|universit(?:y|ies)", frozenset({"university"})),
    (r"research (?:technology )?organi[sz]ations?|RTOs?", frozenset({"research_organisation"})),
    (r"cit(?:y|ies)|towns?|municipalit(?:y|ies)", frozenset({"city"})),
    (r"authorit(?:y|ies)", frozenset({"public_authority"})),
    (r"compan(?:y|ies)|(?:joint )?undertakings?", frozenset({"company", "sme"})),
    (r"non-?profit(?: (?:entit(?:y|ies)|organi[sz]ations?))?", frozenset({"non_profit"})),
    (r"bod(?:y|ies)", frozenset({"public_body"})),
    (r"(?:legal )?(?:persons?|entit(?:y|ies))|organi[sz]ations?|participants?", ANY),
)
"""How the texts name kinds of organisation, and our words for them."""

SPELT_OUT = (
    (r"small[- ](?:and|to|or)[- ]medium(?:[- ]sized?)?[- ]enterprises?", "SME"),
    (r"research[- ]and[- ]technology[- ]organi[sz]ations?", "RTO"),
    (r"\([^)]*\)|\[\d+\]", ""),
    (r",? and (?:must|shall)\b.*", ""),
    (r",? as defined in .*", ""),
)
BEFORE_NOUN = re.compile(
    r"^(?:(?:an?|the|either|any|one|single|public|private|local|regional|national|legal|independent"
    r"|competent|relevant|eligible|established)\b\s*)+(?=\w)",
    re.IGNORECASE,
)
ALTERNATIVES = re.compile(r"\s*(?:,|/|\band\b|\bor\b)\s*", re.IGNORECASE)


def read_kind(phrase: str, words: Collection[str]) -> Answer | None:
    """Return whether an organisation of the kinds ``words`` is of the kind in ``phrase``.

    The phrase is a noun and little more. What goes on in another way makes the answer unknown.

    Returns:
        None where the phrase names no kind at all.

    >>> read_kind("a small and medium enterprise (SME)", {"university"})
    'no'
    >>> read_kind("a university or a city", {"university"}), read_kind("able to pay", {"city"})
    ('yes', None)
    >>> read_kind("a public authority with experience of cities", {"university"})
    'unknown'
    """
    text = phrase.strip(" .")
    for spelling, short in SPELT_OUT:
        text = re.sub(spelling, short, text, flags=re.IGNORECASE)
    parts = [part for part in ALTERNATIVES.split(text.strip(" .,")) if part]
    read = [_one(part, words) for part in parts]
    if all(answer is None for answer in read):
        return None
    unread = any(answer in {None, "unknown"} for answer in read)
    if "yes" in read:
        return "unknown" if unread and re.search(r"\band\b", text, re.IGNORECASE) else "yes"
    return "unknown" if unread else "no"


def _one(part: str, words: Collection[str]) -> Answer | None:
    noun = BEFORE_NOUN.sub("", part.strip())
    for pattern, ours in KINDS:
        if re.fullmatch(pattern, noun, re.IGNORECASE):
            return _answer(ours, words)
        if re.match(rf"(?:{pattern})\b", noun, re.IGNORECASE):
            return "unknown"
    return None


def _answer(ours: frozenset[str], words: Collection[str]) -> Answer:
    if ours == ANY or ours & set(words):
        return "yes"
    # texts often count a university among the research organisations
    return "unknown" if "research_organisation" in ours and "university" in words else "no"
