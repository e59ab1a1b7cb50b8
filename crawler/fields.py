"""Foreign text → values. Each function returns what it names, or raises ``FieldError``."""

import html as entities
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import nh3

from config.deadlines import BRUSSELS
from crawler.records import FieldError, distinct
from store.collected import CollectedSection

_TAGS = {
    "a", "b", "br", "div", "em", "h3", "h4", "h5", "i", "li", "ol", "p", "span", "strong", "sub",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_SCHEMES = {"http", "https", "mailto"}
_SAFE = nh3.Cleaner(tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES)
_MARKED = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes={"p": {"topicdescriptionkind"}, "span": {"topicdescriptionkind"}},
    url_schemes=_SCHEMES,
)
"""The same, which also keeps the markers of sections."""
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, such as those that steer a terminal
    "\u00ad\u200b-\u200f\u2060\ufeff"  # of no width
    "\u202a-\u202e\u2066-\u2069]"  # that turn the direction of reading
)
_MARKER = re.compile(r'<(p|span) class="topicdescriptionkind">(.*?)</\1>', re.DOTALL)
_HEADING = re.compile(r"<(h4)>(.*?)</h4>", re.DOTALL)
_TAG = re.compile(r'(</?\w+(?: [\w-]+="[^"]*")*>)')
_BREAKS = {
    "<br>": "\n", "<td>": " ", "<th>": " ", "</tr>": "\n",
    "<p>": "\n", "</p>": "\n\n", "<div>": "\n", "</div>": "\n", "</ul>": "\n\n", "</ol>": "\n\n",
    "<h3>": "\n\n", "</h3>": "\n\n", "<h4>": "\n\n", "</h4>": "\n\n", "<h5>": "\n\n",
    "</h5>": "\n\n",
}  # fmt: skip
"""What a tag means in plain text; lists are read by ``_broken``, every other tag means nothing."""


def read_moment(text: str) -> datetime:
    """Return a timestamp of the portal as an aware UTC datetime.

    Raises:
        FieldError: If ``text`` is no ISO 8601 timestamp with a zone.

    >>> read_moment("2026-07-23T10:00:44.000+0000")
    datetime.datetime(2026, 7, 23, 10, 0, 44, tzinfo=datetime.timezone.utc)
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise FieldError(f"no timestamp: {text!r}") from error
    if moment.tzinfo is None:
        raise FieldError(f"timestamp states no zone: {text!r}")
    return moment.astimezone(UTC)


def read_day(text: str) -> date:
    """Return the calendar day in Brussels that a timestamp of the portal means.

    Topics are dated at midnight UTC, old records at 17:00 "UTC" or at midnight Brussels written
    in UTC; in Brussels all three fall on the right day.

    >>> read_day("2026-09-15T00:00:00.000+0000"), read_day("2022-03-23T23:00:00.000+0000")
    (datetime.date(2026, 9, 15), datetime.date(2022, 3, 24))
    """
    return read_moment(text).astimezone(BRUSSELS).date()


def as_line(text: str) -> str:
    r"""Return ``text`` on one line, without invisible characters or doubled blanks.

    >>> as_line(" HORIZON  Research and\xa0Innovation Actions ")
    'HORIZON Research and Innovation Actions'
    """
    return " ".join(_INVISIBLE.sub("", text).split())


def as_safe_html(html: str) -> str:
    """Return ``html`` with nothing in it that could act: no script, style, handler or image."""
    return _SAFE.clean(_INVISIBLE.sub("", html)).strip()


def as_text(html: str) -> str:
    r"""Return sanitised ``html`` as plain text; bullets are lines that start with ``* ``.

    >>> as_text("<p>Results:</p><ul><li>one</li><li>two &amp; three</li></ul>")
    'Results:\n\n* one\n* two & three'
    """
    broken = "".join(_broken(" ".join(html.split())))
    plain = _INVISIBLE.sub("", entities.unescape(broken))
    lines = (" ".join(line.split()) for line in plain.splitlines())
    tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return re.sub(r"^(\*|\d+\.)\n+", r"\1 ", tidy, flags=re.MULTILINE).strip()


def _broken(html: str) -> Iterator[str]:
    """Yield ``html`` with line breaks and bullets in place of its tags."""
    steps: list[int | None] = []  # the lists we are in: the number of the last step, or no number
    for place, piece in enumerate(_TAG.split(html)):
        tag = piece.partition(" ")[0].rstrip(">") + ">" if place % 2 else ""
        if tag in {"<ul>", "<ol>"}:
            steps.append(0 if tag == "<ol>" else None)
            yield "\n"
        elif tag == "<li>":
            number = steps.pop() if steps else None
            steps.append(None if number is None else number + 1)
            yield "\n* " if number is None else f"\n{number + 1}. "
        else:
            if tag in {"</ul>", "</ol>"} and steps:
                steps.pop()
            yield _BREAKS.get(tag, "") if tag else piece


def read_sections(html: str) -> list[CollectedSection]:
    """Return the labelled parts of a topic's description."""
    return list(_parts(_canonical(html), _MARKER))


def read_conditions(html: str) -> list[CollectedSection]:
    """Return the parts of a topic's conditions, by their headings."""
    return list(_parts(_canonical(html), _HEADING))


def _canonical(html: str) -> str:
    """Return safe ``html`` in one way of writing, the markers of sections kept."""
    return _MARKED.clean(_INVISIBLE.sub("", html))


def _parts(html: str, marker: re.Pattern[str]) -> Iterator[CollectedSection]:
    label, start = "", 0
    for found in marker.finditer(html):
        yield from _part(label, html[start : found.start()])
        label, start = found[2], found.end()
    yield from _part(label, html[start:])


def _part(label: str, html: str) -> Iterator[CollectedSection]:
    safe = as_safe_html(html)
    if text := as_text(safe):
        yield CollectedSection(_label(label), safe, text)


def _label(html: str) -> str:
    """Return a marker's words; the portal writes the label of a nameless part as "null"."""
    label = as_line(entities.unescape(_TAG.sub("", html))).removesuffix(":").strip()
    return "" if label.casefold() == "null" else label


def read_keywords(values: list[str], identifiers: set[str]) -> list[str]:
    """Return free keywords: no identifiers, no repeats; old records pack them as a JSON list.

    >>> read_keywords(["HORIZON-X", '["Energy storage","batteries"]'], {"HORIZON-X"})
    ['Energy storage', 'batteries']
    """
    words = [word for value in values for word in (_packed(value) or [value]) if word != "[]"]
    return [word for word in distinct([as_line(word) for word in words]) if word not in identifiers]


def _packed(value: str) -> list[str]:
    """Return the texts of a JSON list; none where ``value`` only looks like one."""
    try:
        packed = json.loads(value) if value.startswith("[") else []
    except json.JSONDecodeError:
        return []
    return packed if all(isinstance(word, str) for word in packed) else []


def read_url(text: str) -> str:
    """Return a web address.

    Raises:
        FieldError: If it is none: a link that runs a script, say.
    """
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise FieldError(f"no web address: {text!r:.80}")
    return text
