"""A digest as subject, plain text and HTML, from the templates."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifier.changes import Turn
from notifier.digest import CAP, Digest, Heading, Section
from notifier.entries import Entry
from notifier.passages import one_line, shorten
from notifier.remembered import Remembered

TEMPLATES = Path(__file__).parent / "templates"
SUBJECT_TITLE_WIDTH = 60
HTML_LIMIT_BYTES = 100_000
"""Gmail clips what is longer."""

COUNTED: dict[Heading | Turn, tuple[str, str]] = {
    Turn.MOVED: ("{n} deadline moved", "{n} deadlines moved"),
    Turn.WITHDRAWN: ("{n} withdrawn", "{n} withdrawn"),
    Turn.CHANGED: ("{n} changed", "{n} changed"),
    Heading.FOLLOWED: ("{n} deadline near", "{n} deadlines near"),
    Heading.NEW: ("{n} new", "{n} new"),
    Heading.CLOSING: ("{n} closing soon", "{n} closing soon"),
    Heading.OPENING: ("{n} opening soon", "{n} opening soon"),
    Heading.ANY_SUBJECT: ("{n} open to any subject", "{n} open to any subject"),
}
"""How one entry and several are counted in the subject, in the order said there."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where a mail leads; empty where no page can be reached."""

    stop: str
    calendar: str = ""
    manage: str = ""
    everything: str = ""
    """All that is open for the reader, told or not."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words."""

    subject: str
    text: str
    html: str


def render(digest: Digest, links: Links) -> Rendered:
    """Return the words of a digest."""
    values = {
        "digest": digest,
        "language": "en",
        "counts": _counts(digest),
        "first_title": shorten(digest.entries[0].title, SUBJECT_TITLE_WIDTH),
        "links": links,
    }
    return render_mail("digest", values)


def render_mail(name: str, values: Mapping[str, object]) -> Rendered:
    """Return the words of the mail whose three templates are in the folder ``name``."""
    plain, markup = _environments()
    subject = plain.get_template(f"{name}/subject.txt").render(values)
    text = plain.get_template(f"{name}/body.txt").render(values)
    html = markup.get_template(f"{name}/body.html").render(values)
    return Rendered(one_line(subject), text.strip() + "\n", _inliner().inline(html))


def render_fitting(digest: Digest, links: Links) -> tuple[Digest, Rendered]:
    """Return as much of a digest as mail programs show unclipped, and its words."""
    for most in range(CAP, 1, -1):
        fitting = digest.capped(most)
        rendered = render(fitting, links)
        if len(rendered.html.encode()) < HTML_LIMIT_BYTES:
            return fitting, rendered
    fitting = digest.capped(1)
    return fitting, render(fitting, links)


def _counts(digest: Digest) -> str:
    totals: Counter[Heading | Turn] = Counter()
    for section in digest.sections:
        for entry in section.entries:
            totals[_kind(section, entry)] += 1
        totals[Turn.CHANGED if section.heading is Heading.CHANGED else section.heading] += (
            section.more
        )
    return ", ".join(
        words[totals[kind] > 1].format(n=totals[kind])
        for kind, words in COUNTED.items()
        if totals[kind]
    )


def _kind(section: Section, entry: Entry) -> Heading | Turn:
    if section.heading is Heading.CHANGED:
        return entry.turn or Turn.CHANGED
    return section.heading


@cache
def _environments() -> tuple[Environment, Environment]:
    """Return the environment of plain text, and that of HTML, which escapes everything."""
    loader = FileSystemLoader(TEMPLATES)
    plain = Environment(  # noqa: S701 - plain text has no markup to escape
        loader=loader,
        extensions=[Remembered],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    markup = Environment(
        loader=loader,
        extensions=[Remembered],
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return plain, markup


@cache
def _inliner() -> CSSInliner:
    """Return what moves rules into style attributes; what asks for the screen stays a rule."""
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
