"""Where a text speaks of what somebody looks for. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matcher.lexical import meant, words

REACH = 200
"""Characters within which words stand together."""

LONGEST = 600
"""Characters of a glimpse, which whoever shows it may shorten."""

_START = re.compile(r"(?:^|\n|[.!?;]\s)\s*(?:[*•▪–-]\s+)?")
"""What comes before a sentence or a bullet."""

_WORD = re.compile(r"(?<![^\W_])[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A part of a text that begins with a sentence."""

    text: str
    terms: tuple[str, ...]
    """What is looked for, as it is written there."""


def glimpse(texts: Sequence[str], query: str) -> Glimpse | None:
    """Return the first part of ``texts`` with most words of ``query``; None where none has any.

    >>> glimpse(["Ships sail. Robots inspect the turbines of wind farms."], "robot turbine")
    Glimpse(text='Robots inspect the turbines of wind farms.', terms=('Robots', 'turbines'))
    """
    wanted = frozenset(words(query))
    if not wanted:
        return None
    places = ((text, _places(text, wanted)) for text in texts)
    found = [(text, place, together) for text, met in places for place, together in met]
    if not found:
        return None
    text, place, together = max(found, key=lambda each: len(each[2]))  # the first of the best
    start = max(match.end() for match in _START.finditer(text, 0, place))
    return Glimpse(text[start : start + LONGEST], together)


def _places(text: str, wanted: frozenset[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Return where ``text`` has a word of those wanted, and which different ones from there on."""
    found = filter(None, (_WORD.match(text, at) for at in _likely(text, wanted)))
    met = [(m.start(), m.group()) for m in found if meant(m.group().casefold()) in wanted]
    return [(at, _different([w for other, w in met if at <= other < at + REACH])) for at, _ in met]


def _likely(text: str, wanted: frozenset[str]) -> list[int]:
    """Return where a word wanted may begin: asking of every word takes longer."""
    folded = _folded(text)
    return sorted({at for word in wanted for at in _finds(folded, word.removesuffix("y"))})


def _folded(text: str) -> str:
    """Return ``text`` in lower case, every character in its place."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := each.casefold()) == 1 else each for each in text)


def _finds(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _different(found: Sequence[str]) -> tuple[str, ...]:
    """Return words, each in the first of the ways in which it is written."""
    return tuple({meant(word.casefold()): word for word in reversed(found)}.values())[::-1]
