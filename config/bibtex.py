r"""Publications as BibTeX writes them: what they are called, and under which keywords they stand.

Only what is needed is read: entries with their fields. Strings that are defined elsewhere, and
commands of TeX but for letters with accents, stay as they are written.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST = 2_000
"""Entries of one text."""

MOST_FAULTS = 20
"""After so many one stops: to look for an end that is not there reads the whole text."""

SKIPPED = frozenset({"comment", "preamble", "string"})

_START = re.compile(r"@\s*([A-Za-z]+)\s*[{(]")
_FIELD = re.compile(r"\s*,?\s*([A-Za-z][\w-]*)\s*=\s*")
_PLAIN = re.compile(r"[^,{}\"\s]+")
_ACCENT = re.compile(r"\\([`'^\"~=.])\s*\{?\s*\\?([A-Za-z])\s*\}?")
_LETTER = re.compile(r"\\(aa|AA|ae|AE|oe|OE|o|O|ss|l|L)\b\s*(?:\{\})?")
_COMBINING = {"`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303",
              "=": "\u0304", ".": "\u0307"}  # fmt: skip
_LETTERS = {"aa": "å", "AA": "Å", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø",
            "ss": "ß", "l": "ł", "L": "Ł"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Publication:
    """One entry."""

    title: str
    keywords: tuple[str, ...]
    year: int
    """0 where it states none."""


@dataclass(frozen=True, slots=True)
class Bibliography:
    """What was read of a text."""

    publications: tuple[Publication, ...]
    """The newest first."""
    faults: tuple[str, ...]
    """What could not be read, one line each, with the line of the entry."""


def read_bibtex(text: str) -> Bibliography:
    r"""Return the publications of a BibTeX text.

    >>> read_bibtex('@article{a, title = {Waves in {N}orway}, year = 2024}').publications
    (Publication(title='Waves in Norway', keywords=(), year=2024),)
    """
    publications: list[Publication] = []
    faults: list[str] = []
    for line, fields in _entries(text):
        if len(publications) == MOST:
            faults.append(f"line {line}: more than {MOST} entries: hand them in by parts")
            break
        if fields is None:
            faults.append(f"line {line}: the entry has no end")
            if len(faults) == MOST_FAULTS:
                break
        elif not fields.get("title"):
            faults.append(f"line {line}: the entry has no title")
        else:
            publications.append(_publication(fields))
    return Bibliography(tuple(sorted(publications, key=lambda one: -one.year)), tuple(faults))


def _publication(fields: dict[str, str]) -> Publication:
    words = re.split(r"[;,]", fields.get("keywords", ""))
    year = re.search(r"\d{4}", fields.get("year", "") or fields.get("date", ""))
    return Publication(
        fields["title"],
        tuple(dict.fromkeys(word.strip() for word in words if word.strip())),
        int(year[0]) if year else 0,
    )


def _entries(text: str) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Yield the line and the fields of every entry; None where it does not end."""
    at, line, counted = 0, 1, 0
    while found := _START.search(text, at):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        if found[1].lower() in SKIPPED:
            at = found.end()
            continue
        comma = text.find(",", found.end())
        fields, at = _fields(text, comma + 1) if comma >= 0 else (None, len(text))
        yield line, fields
        if fields is None:
            at = found.end()


def _fields(text: str, at: int) -> tuple[dict[str, str] | None, int]:
    """Return the fields that begin at a place, and where they end."""
    fields: dict[str, str] = {}
    while found := _FIELD.match(text, at):
        value, at = _value(text, found.end())
        if value is None:
            return None, at
        fields.setdefault(found[1].lower(), _clean(value))
    end = re.compile(r"[\s,]*[})]").match(text, at)
    return (fields, end.end()) if end else (None, at)


def _value(text: str, at: int) -> tuple[str | None, int]:
    """Return the value that begins at a place, without its braces or quotation marks."""
    if at < len(text) and text[at] in '{"':
        end = _end_of(text, at)
        return (None, len(text)) if end is None else (text[at + 1 : end], end + 1)
    found = _PLAIN.match(text, at)
    return (found[0], found.end()) if found else (None, at)


def _end_of(text: str, start: int) -> int | None:
    """Return where a value ends that begins with a brace or a quotation mark."""
    depth = 0
    for found in re.compile(r'[{}"]').finditer(text, start + 1):
        sign = found[0]
        if depth == 0 and sign == ("}" if text[start] == "{" else '"'):
            return found.start()
        depth += (sign == "{") - (sign == "}")
    return None


def _clean(value: str) -> str:
    """Return a value as it is read: letters for commands, no braces, one blank between words."""
    letters = _LETTER.sub(lambda found: _LETTERS[found[1]], value)
    accents = _ACCENT.sub(lambda found: found[2] + _COMBINING[found[1]], letters)
    plain = accents.replace("\\&", "&").replace("{", "").replace("}", "")
    return " ".join(unicodedata.normalize("NFC", plain).split())
