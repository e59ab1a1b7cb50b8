"""Foreign text made fit for a mail: one line, short, its found words marked, its links checked."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from store.facts import Piece

MARKS = 8
"""Most marks in a passage; more would mark nothing out."""

REMEMBERED = 10_000
"""Passages kept as they are shown: the same are told to many readers of one run."""


def one_line(text: str) -> str:
    r"""Return ``text`` as one line without control and invisible characters.

    >>> one_line("Storage\r\nBcc: x\u202e at\u200b sea")
    'Storage Bcc: x at sea'
    """
    line = " ".join(text.split())
    if line.isprintable():
        return line
    seen = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    return " ".join(seen.split())


def shorten(text: str, width: int) -> str:
    """Return at most ``width`` characters of ``text``, cut between words.

    >>> shorten("Grid-forming converters for offshore wind", 24)
    'Grid-forming converters…'
    """
    if len(text) <= width:
        return text
    head = text[:width]
    cut = head[:-1] if text[width - 1].isspace() or " " not in head else head[: head.rindex(" ")]
    return cut.rstrip(" ,;:–-") + "…"


@lru_cache(REMEMBERED)
def excerpt(passage: str, terms: tuple[str, ...], width: int) -> tuple[Piece, ...]:
    """Return about ``width`` characters of a passage around its first term, terms marked."""
    text = one_line(passage)
    pattern = _pattern(terms)
    found = pattern.search(text) if pattern else None
    if found and found.end() > width - 20:
        text = "…" + text[text.index(" ", max(0, found.start() - width // 3)) :].lstrip()
    return _pieces(shorten(text, width), pattern)


def _pieces(text: str, pattern: re.Pattern[str] | None) -> tuple[Piece, ...]:
    if pattern is None:
        return (Piece(text, marked=False),)
    parts = pattern.split(text, maxsplit=MARKS)
    return tuple(Piece(part, marked=bool(i % 2)) for i, part in enumerate(parts) if part)


def _pattern(terms: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds any of the terms as the beginning of a word, the longest first."""
    cleaned = sorted({one_line(term) for term in terms} - {""}, key=len, reverse=True)
    if not cleaned:
        return None
    joined = "|".join(re.escape(term) for term in cleaned)
    return re.compile(rf"(?<!\w)((?:{joined})\w*)", re.IGNORECASE)


def safe_url(url: str) -> str | None:
    """Return ``url`` where a mail may link to it, else None.

    >>> safe_url("javascript:alert(1)") is None
    True
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return url if url.isprintable() and " " not in url else None
