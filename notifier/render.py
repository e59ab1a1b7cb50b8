"""A digest as subject, plain text and HTML, from the templates."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifier.digest import CAP, Digest, Heading
from notifier.passages import one_line, shorten

TEMPLATES = Path(__file__).parent / "templates"
SUBJECT_TITLE_WIDTH = 60
HTML_LIMIT_BYTES = 100_000
"""Gmail clips what is longer."""

COUNTED = {
    Heading.CHANGED: "changed",
    Heading.NEW: "new",
    Heading.CLOSING: "closing soon",
    Heading.OPENING: "opening soon",
    Heading.ANY_SUBJECT: "open to any subject",
}
"""How a section is counted in the subject, in the order said there."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's words."""

    subject: str
    text: str
    html: str


def render(digest: Digest, stop_link: str, calendar_link: str = "") -> Rendered:
    """Return the words of a digest.

    Args:
        digest: What is told.
        stop_link: Where its reader stops these mails.
        calendar_link: Where their calendar is; empty where no page can be reached.
    """
    values = {
        "digest": digest,
        "language": "en",
        "counts": _counts(digest),
        "first_title": shorten(digest.entries[0].title, SUBJECT_TITLE_WIDTH),
        "stop_link": stop_link,
        "calendar_link": calendar_link,
    }
    plain, markup = _environments()
    subject = plain.get_template("digest/subject.txt").render(values)
    text = plain.get_template("digest/body.txt").render(values)
    html = markup.get_template("digest/body.html").render(values)
    return Rendered(one_line(subject), text.strip() + "\n", _inliner().inline(html))


def render_fitting(
    digest: Digest, stop_link: str, calendar_link: str = ""
) -> tuple[Digest, Rendered]:
    """Return as much of a digest as mail programs show unclipped, and its words."""
    for most in range(CAP, 1, -1):
        fitting = digest.capped(most)
        rendered = render(fitting, stop_link, calendar_link)
        if len(rendered.html.encode()) < HTML_LIMIT_BYTES:
            return fitting, rendered
    fitting = digest.capped(1)
    return fitting, render(fitting, stop_link, calendar_link)


def _counts(digest: Digest) -> str:
    totals = {s.heading: len(s.entries) + s.more for s in digest.sections}
    return ", ".join(f"{totals[h]} {words}" for h, words in COUNTED.items() if h in totals)


@cache
def _environments() -> tuple[Environment, Environment]:
    """Return the environment of plain text, and that of HTML, which escapes everything."""
    loader = FileSystemLoader(TEMPLATES)
    plain = Environment(  # noqa: S701 - plain text has no markup to escape
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    markup = Environment(
        loader=loader,
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
