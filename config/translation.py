"""What readers see, in their own language: English stands in the code, the others in catalogues.

A catalogue is ``locale/<language>/LC_MESSAGES/callwatch.po``; docs/reference/translation.md tells
how it is kept and how a language is added.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

SOURCE = "en"
"""The language that the code is written in."""

LANGUAGES = (SOURCE, "nb")
"""What a reader may choose from."""

DOMAIN = "callwatch"
LOCALE = Path(__file__).parent / "locale"

NEAR = {"no": "nb", "nn": "nb", "da": "nb"}
"""Which of our languages readers of another one would rather read than English."""

QUOTED = frozenset({"section", "words"})
"""Placeholders that hold a heading of the portal, or words of a profile: they are never ours."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_AND = " and "
_AMOUNT = re.compile(r"\d{1,3}(,\d{3})+|\d+\.\d+")
"""A number that languages write differently: 150,000 or 2.5."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and the language they are in: what nobody translated stays as it was."""

    text: str
    language: str = SOURCE


def translatable(text: str) -> str:
    """Return ``text`` as it is: for constants, which are said in a language where they are shown.

    >>> translatable("closing soon")
    'closing soon'
    """
    return text


def translatable_many(one: str, many: str) -> tuple[str, str]:
    """Return both as they are: for constants that ``say_many`` says."""
    return one, many


def translatable_form(_: str, form: str) -> str:
    """Return ``form`` as it is: for sentences with values that the store keeps in English.

    ``say_kept`` knows them again; before the form stands the kind of sentence it looks among.
    """
    return form


def say(language: str, text: str, /, **values: object) -> str:
    """Return ``text`` in a language, its ``{placeholders}`` filled with ``values``.

    >>> say("nb", "opens {day}", day="17. november 2026")
    'åpner 17. november 2026'
    """
    return translations(language).gettext(text).format(**values)


def say_in(language: str, context: str, text: str, /, **values: object) -> str:
    """Return ``text`` as it is said in a ``context``, where the same English means two things."""
    return str(translations(language).pgettext(context, text)).format(**values)


def say_many(language: str, number: int, one: str, many: str, /, **values: object) -> str:
    """Return ``one`` or ``many``, as the language counts; ``{n}`` is the number.

    >>> say_many("nb", 12, "{n} day left", "{n} days left")
    '12 dager igjen'
    """
    text = translations(language).ngettext(one, many, number)
    return text.format(n=_number(number, language), **values)


@lru_cache(1_000)
def _number(number: int, language: str) -> str:
    return format_decimal(number, locale=language)


@lru_cache(maxsize=10_000)
def say_kept(language: str, kind: str, text: str) -> Said:
    """Return an English sentence that the store keeps in a language, or as it is.

    Args:
        language: Of the reader.
        kind: Of ``translatable_form``, for a sentence with values in it.
        text: The sentence; never a template, whatever it holds.
    """
    if language == SOURCE:
        return Said(text)
    found = _constant(language, text) or _filled(language, kind, text)
    return Said(text) if found is None else Said(found, language)


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language, for templates; English needs none.

    Raises:
        ValueError: If it is none of ``LANGUAGES``.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}; there are {', '.join(LANGUAGES)}")
    if language == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled, DOMAIN)


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as its file has it."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language is kept."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def best_language(wishes: str) -> str:
    """Return which of our languages a person asks for first, as browsers say it or by a code.

    >>> best_language("nn-NO, en;q=0.8"), best_language("fr, nb;q=0.5"), best_language("fr")
    ('nb', 'nb', 'en')
    """
    for wish in sorted(wishes.split(","), key=_weight, reverse=True):
        code = wish.partition(";")[0].strip().lower().partition("-")[0]
        if (language := NEAR.get(code, code)) in LANGUAGES:
            return language
    return SOURCE


def placeholders(text: str) -> frozenset[str]:
    """Return the names that ``text`` leaves open.

    >>> sorted(placeholders("{n} grants of {size} each"))
    ['n', 'size']
    """
    return frozenset(_PLACEHOLDER.findall(text))


def _weight(wish: str) -> float:
    found = re.search(r";\s*q=([0-9.]+)", wish)
    try:
        return float(found[1]) if found else 1.0
    except ValueError:
        return 0.0


def _constant(language: str, text: str) -> str | None:
    """Return the translation of a sentence without values; None where there is none."""
    message = _catalogue(language).get(text)
    found = message.string if message else None
    return found if isinstance(found, str) and found else None


def _filled(language: str, kind: str, text: str) -> str | None:
    """Return the translation of a sentence by its form; None where it has none that is known."""
    for pattern, form in _forms(language, kind):
        if found := pattern.fullmatch(text):
            values = {
                name: value if name in QUOTED else _value(language, kind, value)
                for name, value in found.groupdict().items()
            }
            return say_in(language, kind, form, **values)
    return None


def _value(language: str, kind: str, value: str) -> str:
    """Return what stands in a sentence: words of ours translated, also a list, others as is."""
    whole = _known(language, kind, value)
    if whole is not None:
        return whole
    parts = [_known(language, kind, part) for part in value.split(_AND)]
    known = [part for part in parts if part is not None]
    return format_list(known, locale=language) if len(known) == len(parts) else value


def _known(language: str, kind: str, part: str) -> str | None:
    if _AMOUNT.fullmatch(part):
        return str(format_decimal(part.replace(",", ""), locale=language))
    said = _constant(language, part) or _filled(language, kind, part)
    is_code = part.upper() == part  # the same in every language
    return part if said is None and is_code else said


@cache
def _catalogue(language: str) -> Catalog:
    return catalogue(language)


@cache
def _forms(language: str, kind: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the forms of a kind, those with the most words of their own first."""
    found = sorted(_patterns(language, kind), key=lambda one: len(_PLACEHOLDER.sub("", one[1])))
    return tuple(reversed(found))


def _patterns(language: str, kind: str) -> Iterator[tuple[re.Pattern[str], str]]:
    for message in _catalogue(language):
        if message.context == kind and isinstance(message.id, str):
            pieces = _PLACEHOLDER.split(message.id)
            literal = [re.escape(piece) for piece in pieces[::2]]
            named = [f"(?P<{name}>.+?)" for name in pieces[1::2]] + [""]
            joined = (a + b for a, b in zip(literal, named, strict=True))
            yield re.compile("".join(joined), re.DOTALL), message.id
