"""What differs between two texts of a profile, word by word. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from config.profiles import ProfileDocument
from config.translation import say
from store.profile_contents import differing
from web.desk_words import POLICIES
from web.profile_form import euros_text, keywords_text
from web.profile_words import LABELS, ROLES, STAGES

Kind = Literal["same", "gone", "new"]

_PARTS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs."""

    label: str
    pieces: tuple[Piece, ...]


def differences(
    before: ProfileDocument, after: ProfileDocument, language: str
) -> tuple[Difference, ...]:
    """Return what differs between two profiles, field by field, in the words of a language."""
    told_before, told_after = told(before, language), told(after, language)
    return tuple(
        Difference(say(language, LABELS[name]), word_pieces(told_before[name], told_after[name]))
        for name in differing(before, after)
    )


def word_pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return two texts as one, with what is gone and what is new.

    >>> [(one.kind, one.text) for one in word_pieces("We build ships", "We sink ships")]
    [('same', 'We '), ('gone', 'build'), ('new', 'sink'), ('same', ' ships')]
    """
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    return tuple(_pieces(old, new))


def told(document: ProfileDocument, language: str) -> dict[str, str]:
    """Return what each field of a profile says, as text."""
    review, budget = document.review, document.budget_eur
    threshold = "" if review.threshold is None else f" {review.threshold * 100:g} %"
    return {
        "name": document.name,
        "department": document.department,
        "text": document.text,
        "keywords": keywords_text(document),
        "excluded_keywords": "\n".join(document.excluded_keywords),
        "facets": "\n".join(document.facets),
        "programmes": ", ".join(document.programmes),
        "action_types": ", ".join(document.action_types),
        "roles": ", ".join(say(language, ROLES.get(one, one)) for one in document.roles),
        "career_stages": ", ".join(
            say(language, STAGES.get(one, one)) for one in document.career_stages
        ),
        "budget_eur": f"{euros_text(budget.least)} – {euros_text(budget.most)}",
        "goals": ", ".join(document.goals),
        "owner": document.owner or "",
        "review": say(language, POLICIES[review.policy]) + threshold,
    }


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for kind, start, end, begin, finish in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[start:end]))
            continue
        if end > start:
            yield Piece("gone", "".join(old[start:end]))
        if finish > begin:
            yield Piece("new", "".join(new[begin:finish]))
