"""What is compared: passages of an opportunity, facets of a profile. Pure text, no model."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from store.matches import DESCRIPTION
from store.models import Opportunity, Profile

MOST_PASSAGES = 40
"""Passages kept of one opportunity, in reading order.

Nineteen topics in twenty have fewer. The bound keeps the cost of the few with 40,000 characters
in step with the rest; what is cut off is still read by the lexical stage.
"""

WINDOW_WORDS = (40, 90)
"""Sentences are gathered until a window has the first number, and never beyond the second.

90 words are about 130 tokens: well inside the 256 that the embedded model reads.
"""

OPENING_CHARACTERS = 2_000
"""More than the 256 tokens of the embedded model ever hold."""

_BULLET = re.compile(r"^\s*(?:[*+•▪◦‣·–-]|o(?=\s{2})|\d{1,2}[.)]|[a-z]\))\s+(?=\S)")
_FOOTNOTE = re.compile(r"^\s*\[\d{1,3}\]\s")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[\"'“‘(]?[A-Z0-9])")
_IDENTIFIER = re.compile(r"^[A-Z][A-Z0-9]+(?:-[A-Za-z0-9]+){2,}$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an opportunity, as it stands there but for white space."""

    section: str
    """Label of the part it stands in, such as ``Scope``."""
    text: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing a profile looks for."""

    name: str
    """How it is called in a reason: ``description``, the words of a group, the facet's text."""
    texts: tuple[str, ...]
    """What is compared with passages; the facet is as near as they are on average."""
    weight: float


def passages(opportunity: Opportunity) -> tuple[Passage, ...]:
    """Return the passages of ``opportunity`` in reading order, 1 to ``MOST_PASSAGES``."""
    found = [
        Passage("Title", squeezed(opportunity.title)),
        Passage("Keywords", "; ".join(free_keywords(opportunity))),
        Passage("Destination", squeezed(opportunity.destination)),
    ]
    for section in opportunity.sections:
        label = str(section["label"])
        found += [Passage(label, text) for text in _pieces(str(section["text"]))]
    by_text = {passage.text: passage for passage in reversed(found) if passage.text}
    kept = tuple(p for p in found if by_text.get(p.text) is p)[:MOST_PASSAGES]
    return kept or (Passage("Title", opportunity.topic_id),)


@lru_cache(maxsize=32_768)  # most sections are what they were in the last run
def _pieces(text: str) -> tuple[str, ...]:
    return tuple(pieces(text))


def headline(opportunity: Opportunity) -> str:
    """Return title, keywords, destination and call: what a reader of a list sees of it."""
    keywords = ", ".join(free_keywords(opportunity))
    parts = (opportunity.title, keywords, opportunity.destination, opportunity.call_title)
    return squeezed(". ".join(part for part in parts if part))


def opening(opportunity: Opportunity) -> str:
    """Return title and beginning of the description: what the topic as a whole is about."""
    said = " ".join(str(section["text"]) for section in opportunity.sections)
    return squeezed(f"{opportunity.title}. {said[:OPENING_CHARACTERS]}")


def whole_text(opportunity: Opportunity) -> str:
    """Return everything that is said of ``opportunity``, for counting words."""
    parts = [opportunity.title, opportunity.title, opportunity.call_title, opportunity.destination]
    parts += free_keywords(opportunity)
    parts += [str(section["text"]) for section in opportunity.sections]
    return "\n".join(parts)


def lowered_text(opportunity: Opportunity) -> str:
    """Return ``whole_text`` in lower case, one blank between words."""
    return squeezed(whole_text(opportunity)).casefold()


def free_keywords(opportunity: Opportunity) -> tuple[str, ...]:
    """Return keywords and tags without the identifiers that the portal mixes in."""
    words = dict.fromkeys(squeezed(word) for word in (*opportunity.keywords, *opportunity.tags))
    return tuple(word for word in words if word and not _IDENTIFIER.match(word))


def facets(profile: Profile) -> tuple[Facet, ...]:
    """Return what ``profile`` looks for: its description, each group of keywords, each facet."""
    found = [Facet(DESCRIPTION, tuple(windows(profile.text)), 1.0)]
    for group in profile.keywords:
        words = [squeezed(str(word)) for word in group["words"]]
        joined = ", ".join(words)
        found.append(Facet(joined, (joined,), float(group["weight"])))
    found += [Facet(squeezed(text), tuple(windows(text)), 1.0) for text in profile.facets]
    return tuple(facet for facet in found if any(facet.texts))


def squeezed(text: str) -> str:
    """Return ``text`` with every run of white space as one blank.

    >>> squeezed("  one   two ")
    'one two'
    """
    return " ".join(text.split())


def excluded_words(profile: Profile) -> list[str]:
    """Return what ``profile`` does not want named, as ``has_words`` looks for it."""
    return [squeezed(words).casefold() for words in profile.excluded_keywords]


def has_words(text: str, words: str) -> bool:
    """Return whether ``words`` stand in ``text`` as whole words; both are in lower case.

    >>> has_words("on nuclear fuels", "nuclear fuel"), has_words("nuclear fuel.", "nuclear fuel")
    (False, True)
    """
    if words not in text:  # most texts; a pattern is forty times as slow
        return False
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def pieces(text: str) -> Iterator[str]:
    r"""Yield the bullets of ``text`` one by one, and its running text in windows.

    >>> list(pieces("Results are:\n\n  * a better grid;\n  * less waste.\n\n[1] A footnote."))
    ['a better grid;', 'less waste.']
    """
    for is_bullet, block in _blocks(text):
        if block.endswith(":") and len(block.split()) <= WINDOW_WORDS[0]:
            continue  # it announces a list and says nothing itself
        if is_bullet and len(block.split()) <= WINDOW_WORDS[1]:
            yield block
            continue
        yield from windows(block)


def windows(text: str) -> Iterator[str]:
    """Yield ``text`` in windows of whole sentences, about 40 to 90 words each."""
    least, most = WINDOW_WORDS
    window: list[str] = []
    for sentence in _sentences(text):
        size = sum(len(part.split()) for part in window)
        if window and (size >= least or size + len(sentence.split()) > most):
            yield " ".join(window)
            window = []
        window.append(sentence)
    if window:
        yield " ".join(window)


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(squeezed(text)):
        words = sentence.split()
        for start in range(0, len(words), WINDOW_WORDS[1]):
            yield " ".join(words[start : start + WINDOW_WORDS[1]])


def _blocks(text: str) -> Iterator[tuple[bool, str]]:
    """Yield (is it a bullet?, text) of every paragraph and bullet; footnotes are left out."""
    block: list[str] = []
    is_bullet = False
    for line in [*text.splitlines(), ""]:
        starts_bullet = bool(_BULLET.match(line))
        goes_on = bool(line.strip()) and not starts_bullet and not _FOOTNOTE.match(line)
        if goes_on:
            block.append(line)
            continue
        if block:
            yield is_bullet, squeezed(" ".join(block))
        block = [_BULLET.sub("", line)] if starts_bullet else []
        is_bullet = starts_bullet
