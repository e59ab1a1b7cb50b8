"""What may be wrong with a profile, so that its matches are poor without looking it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from config.model_languages import Reads, Unread, matched_fields, unread_fields
from config.profiles import ProfileDocument
from config.translation import say, translatable
from web.profile_words import LABELS

LEAST_WORDS = 40
"""Fewer say little more than keywords do; the examples have about a hundred."""

MOST_WORDS = 600
"""More name so much that a little of it is in every call."""

MOST_SUBJECTS = 15
"""Groups of keywords and facets: each counts for the less, the more there are."""

MANY = 25
"""Matches that one profile is given at most (``matcher.bands.Limits.most``)."""

STALE = timedelta(days=365)

SHORT = translatable(
    "The description has {number} words. Half a page in whole sentences is matched much better."
)
LONG = translatable(
    "The description has {number} words. What is said in so many touches every call a little:"
    " keep what the group wants money for."
)
SPREAD = translatable(
    "There are {number} groups of keywords and further subjects. Each counts the less, the more"
    " there are: keep the most important."
)
BROAD = translatable(
    "As many calls fit as one group is given. It may be too broad: narrow it down, or name"
    " programmes and types of action."
)
UNREAD = translatable(
    "{fields}: written in another language than the matcher reads. Write in English."
)
OLD = translatable("Nobody has looked at it for more than a year.")
LONELY = translatable(
    "Nothing fits at present. More subjects, or fewer limits, may find something."
)


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that may be wrong."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Health:
    """What hints are given of."""

    document: ProfileDocument
    matches: int | None
    """None where it is not known yet."""
    looked_at: datetime
    reads: Reads
    """Languages of the model, as ``config.model_languages`` has them."""


def hints(health: Health, now: datetime, language: str) -> tuple[Hint, ...]:
    """Return what may be wrong, the worst first, in the words of a language."""
    document = health.document
    words = len(document.text.split())
    subjects = len(document.keywords) + len(document.facets)
    fields = [name for one in _unread(document, health.reads) for name in one.fields]
    named = ", ".join(say(language, LABELS[name]) for name in fields)
    found = (
        ("language", bool(fields), say(language, UNREAD, fields=named)),
        ("short", words < LEAST_WORDS, say(language, SHORT, number=str(words))),
        ("broad", words > MOST_WORDS, say(language, LONG, number=str(words))),
        ("broad", subjects > MOST_SUBJECTS, say(language, SPREAD, number=str(subjects))),
        ("broad", (health.matches or 0) >= MANY, say(language, BROAD)),
        ("nothing", health.matches == 0, say(language, LONELY)),
        ("stale", now - health.looked_at > STALE, say(language, OLD)),
    )
    return tuple(Hint(kind, text) for kind, holds, text in found if holds)


def _unread(document: ProfileDocument, reads: Reads) -> Sequence[Unread]:
    groups = tuple(tuple(group.words) for group in document.keywords)
    return _found_unread(document.text, groups, tuple(document.facets), reads)


@lru_cache(maxsize=2_048)  # to tell the language of a text takes some milliseconds
def _found_unread(
    text: str, groups: tuple[tuple[str, ...], ...], facets: tuple[str, ...], reads: Reads
) -> tuple[Unread, ...]:
    return unread_fields("", matched_fields(text, groups, facets), reads)
