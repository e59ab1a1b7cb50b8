"""A digest as subject, plain text and HTML, from the templates."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from css_inline import CSSInliner

from config.templates import html_templates, text_templates
from config.translation import SOURCE, say, say_many, translatable, translatable_many
from notifier.changes import Turn
from notifier.digest import CAP, Digest, Heading, Section
from notifier.entries import Entry
from notifier.passages import one_line, shorten
from store.models import Cadence

TEMPLATES = Path(__file__).parent / "templates"
SUBJECT_TITLE_WIDTH = 60
HTML_LIMIT_BYTES = 100_000
"""Gmail clips what is longer."""

COUNTED: dict[Heading | Turn, tuple[str, str]] = {
    Turn.MOVED: translatable_many("{n} deadline moved", "{n} deadlines moved"),
    Turn.WITHDRAWN: translatable_many("{n} withdrawn", "{n} withdrawn"),
    Turn.CHANGED: translatable_many("{n} changed", "{n} changed"),
    Heading.FOLLOWED: translatable_many("{n} deadline near", "{n} deadlines near"),
    Heading.NEW: translatable_many("{n} new", "{n} new"),
    Heading.CLOSING: translatable_many("{n} closing soon", "{n} closing soon"),
    Heading.OPENING: translatable_many("{n} opening soon", "{n} opening soon"),
    Heading.ANY_SUBJECT: translatable_many("{n} open to any subject", "{n} open to any subject"),
}
"""How one entry and several are counted in the subject, in the order said there."""

FITS = {
    "strong": translatable("strong match"),
    "good": translatable("good match"),
    "possible": translatable("possible match"),
}
"""How well a text fits, by the band of its match."""

BECAUSE = {
    Cadence.INSTANT: translatable("You get this instant mail because you follow {profiles}."),
    Cadence.DAILY: translatable("You get this daily mail because you follow {profiles}."),
    Cadence.WEEKLY: translatable("You get this weekly mail because you follow {profiles}."),
    Cadence.MONTHLY: translatable("You get this monthly mail because you follow {profiles}."),
}
BECAUSE_KNOWN = translatable(
    "You get this because it concerns what you were told of, or called useful, for {profiles}."
)
"""Why a reader gets a mail that tells nothing but news of what they know."""


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
    language: str = SOURCE
    calendar: bytes = b""
    """A file of the deadlines it tells; empty where the mail links to a calendar instead."""


def render(digest: Digest, links: Links) -> Rendered:
    """Return the words of a digest."""
    values = {
        "digest": digest,
        "because": _because(digest),
        "counts": _counts(digest),
        "fits": FITS,
        "first_title": shorten(digest.entries[0].title, SUBJECT_TITLE_WIDTH),
        "links": links,
    }
    return render_mail("digest", digest.language, values)


def render_mail(name: str, language: str, values: Mapping[str, object]) -> Rendered:
    """Return the words of the mail whose three templates are in the folder ``name``."""
    plain, markup = text_templates(TEMPLATES, language), html_templates(TEMPLATES, language)
    subject = plain.get_template(f"{name}/subject.txt").render(values)
    text = plain.get_template(f"{name}/body.txt").render(values)
    html = markup.get_template(f"{name}/body.html").render(values)
    return Rendered(one_line(subject), text.strip() + "\n", _inliner().inline(html), language)


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
        say_many(digest.language, totals[kind], *words)
        for kind, words in COUNTED.items()
        if totals[kind]
    )


def _because(digest: Digest) -> str:
    """Return why its reader gets this mail."""
    form = BECAUSE_KNOWN if digest.is_alert else BECAUSE[digest.cadence]
    return say(digest.language, form, profiles=", ".join(digest.profiles))


def _kind(section: Section, entry: Entry) -> Heading | Turn:
    if section.heading is Heading.CHANGED:
        return entry.turn or Turn.CHANGED
    return section.heading


@cache
def _inliner() -> CSSInliner:
    """Return what moves rules into style attributes; what asks for the screen stays a rule."""
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
