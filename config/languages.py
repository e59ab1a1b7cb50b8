"""Which language a text is written in; where a text is short or mixed, that stays open."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

OFFICIAL = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv",
    "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv",
)  # fmt: skip
"""The languages of the European Union: Regulation No 1 of 1958, as amended."""

NEIGHBOURS = ("fo", "is", "lb", "mk", "nn", "no", "se", "sq", "sr", "tr", "uk")
"""Further languages of Europe in which universities that may apply are at home."""

BOKMAL = "nb"
"""What the detector calls ``no``, as it tells Nynorsk apart."""

LEAST_WORDS = 12
"""Shorter texts, such as a list of names and abbreviations, may be of any language."""

PIECE_WORDS = 40
"""A text is looked at in pieces of about this many words, so that a mixed one is noticed."""

SURE = 0.8
"""Probability from which a piece has a language; docs/decisions/0013-language-detection.md."""


def language_of(text: str) -> str | None:
    """Return the language of ``text`` by its ISO 639-1 code; None where short, mixed or unsure."""
    found = {_language_of_piece(piece) for piece in _pieces(text.split())} - {None}
    return found.pop() if len(found) == 1 else None


def language_name(code: str) -> str:
    """Return how the language ``code`` is called in English.

    >>> language_name("nb"), language_name("el")
    ('Norwegian Bokmål', 'Greek')
    """
    from babel import Locale  # noqa: PLC0415 - slow to import; most texts need no name

    return Locale.parse(code).english_name or code


def _pieces(words: list[str]) -> Iterator[str]:
    """Yield ``words`` in pieces of one size, none too short to have a language."""
    if len(words) < LEAST_WORDS:
        return
    number = max(1, len(words) // PIECE_WORDS)
    bounds = [len(words) * at // number for at in range(number + 1)]
    for start, end in pairwise(bounds):
        yield " ".join(words[start:end])


def _language_of_piece(text: str) -> str | None:
    code, probability = _identifier().classify(text)
    if probability < SURE:
        return None
    return BOKMAL if code == "no" else str(code)


@cache
def _identifier() -> "LanguageIdentifier":
    """Return the detector; unpacking its model takes a moment and 100 MiB, once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - as said

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(OFFICIAL + NEIGHBOURS)
    return identifier
