"""Where a text speaks of what somebody looks for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.lexical import meant, words

REACH = 200
"""Characters within which words stand together."""

LONGEST = 600
"""Characters of a glimpse, which whoever shows it may shorten."""

_START = re.compile(r"(?:^|\n|[.!?;]\s)\s*(?:[*•▪–-]\s+)?")
"""What comes before a sentence or a bullet."""


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
    likely = _likely(wanted)
    places = ((text, _places(text, wanted, likely)) for text in texts)
    found = [(text, place, together) for text, met in places for place, together in met]
    if not found:
        return None
    text, place, together = max(found, key=lambda each: len(each[2]))  # the first of the best
    start = max(match.end() for match in _START.finditer(text, 0, place))
    return Glimpse(text[start : start + LONGEST], together)


def _likely(wanted: frozenset[str]) -> re.Pattern[str]:
    """Return what finds the words wanted, and a few more: to ask of every word takes longer."""
    beginnings = "|".join(re.escape(word.removesuffix("y")) for word in sorted(wanted))
    return re.compile(rf"(?<![^\W_])(?:{beginnings})[^\W_]*(?:['’][^\W_]+)?", re.IGNORECASE)


def _places(
    text: str, wanted: frozenset[str], likely: re.Pattern[str]
) -> list[tuple[int, tuple[str, ...]]]:
    """Return where ``text`` has a word of those wanted, and which different ones from there on."""
    found = [(m.start(), m.group()) for m in likely.finditer(text)]
    met = [(at, word) for at, word in found if meant(word.casefold()) in wanted]
    return [(at, _different([w for other, w in met if at <= other < at + REACH])) for at, _ in met]


def _different(found: Sequence[str]) -> tuple[str, ...]:
    """Return words, each in the first of the ways in which it is written."""
    return tuple({meant(word.casefold()): word for word in reversed(found)}.values())[::-1]
