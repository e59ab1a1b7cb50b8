"""The sentences of an opportunity's conditions, cut as they are read. Pure."""

import re
from collections.abc import Iterator

from store.models import Opportunity

ELIGIBILITY = re.compile(r"eligib|particip", re.IGNORECASE)
LEGAL = re.compile(r"legal and financial", re.IGNORECASE)
ANYWHERE = re.compile("")
OTHER_CONDITIONS = re.compile(r"other eligib", re.IGNORECASE)
FOOTNOTE = re.compile(r"\[\[.*?(?:\]\]|$)", re.DOTALL)
SENTENCE_END = re.compile(r"\n+|(?<=[.;])(?<!i\.e\.)(?<!: \d\.)(?<!or \d\.)\s+(?=[A-Z])")
CLAUSE_END = re.compile(r"[;:]|,? \b(?:but|while|whereas|however|unless|although)\b", re.IGNORECASE)
NUMBER = re.compile(r"^[\d\s.a-c]+(?=[A-Z])")
ITEM = "•"
"""Before each of a list of countries that were put in one sentence."""
LONGEST = 320
"""Characters of a sentence shown as evidence."""


def labelled_sentences(
    opportunity: Opportunity, label: re.Pattern[str]
) -> Iterator[tuple[str, str]]:
    """Yield the sentences of the parts whose label fits, without footnotes, each with its label.

    A list of countries stays with the sentence that announces it.
    """
    for part in opportunity.conditions:
        if not label.search(part["label"]):
            continue
        text = FOOTNOTE.sub("", part["text"]).replace("]]", "")
        text = re.sub(r"(following countries:)\s*\n+\*", rf"\1 {ITEM}", text)
        joined = re.sub(
            r"(following countries:.*?)(?=\n\n(?!\*)|$)", _one_line, text, flags=re.DOTALL
        )
        for sentence in SENTENCE_END.split(joined):
            if plain := " ".join(sentence.split()):
                yield NUMBER.sub("", part["label"]), plain


def sentences(opportunity: Opportunity, label: re.Pattern[str]) -> Iterator[str]:
    """Yield the sentences of the parts whose label fits, without footnotes."""
    return (sentence for _, sentence in labelled_sentences(opportunity, label))


def clauses(sentence: str) -> list[str]:
    """Return what a sentence says one after the other.

    >>> clauses("Cities may apply, but only one; others may not")
    ['Cities may apply', 'only one', 'others may not']
    """
    return [clause for part in CLAUSE_END.split(sentence) if (clause := part.strip())]


def section_to_read(opportunity: Opportunity) -> str:
    """Return the heading under which a topic says what it asks beside the rules, unnumbered."""
    labels = [str(part["label"]) for part in opportunity.conditions]
    named = [label for label in labels if ELIGIBILITY.search(label)]
    others = [label for label in named if OTHER_CONDITIONS.search(label)]
    best = others or named
    return NUMBER.sub("", best[0]) if best else ""


def shortened(sentence: str, at: int = 0) -> str:
    """Return a sentence as evidence; from ``at``, where the deciding words begin, if it is long."""
    if len(sentence) <= LONGEST:
        return sentence
    start = "… " if at else ""
    rest = sentence[at:]
    return start + (rest if len(rest) <= LONGEST else rest[:LONGEST].rpartition(" ")[0] + " …")


def _one_line(found: re.Match[str]) -> str:
    return re.sub(r"[;.]?\s*\n+\s*\*?\s*", f" {ITEM} ", found[0]).replace(". ", ", ")
