"""A match as the desk shows it: what a reader would be told, and how it stands with advisers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from sqlalchemy.orm import Session

from config.dates import day, day_and_hour
from config.translation import Said, say, say_kept
from store.eligibility import Eligibility, read_kept
from store.matches import DESCRIPTION
from store.models import Change, Decision, Match, Opportunity, Review
from store.queue import changes_since_approval
from store.reviews import is_reopened
from web.choices import percent_below
from web.desk_words import (
    ANSWERS,
    FITS,
    PARTS,
    REASONS,
    ROLES,
    STATUSES,
    THE_REST,
    WHOLE,
    act_words,
    by_words,
    comment_words,
)


class Told(Protocol):
    """An opportunity as a reader is told of it."""

    @property
    def changes(self) -> tuple[str, ...]:
        """Return what changed, in words; the templates read the rest."""


class Teller(Protocol):
    """Puts an opportunity in a reader's words."""

    def told(self, match: Match, changes: Sequence[Change], language: str, now: datetime) -> Told:
        """Return a match as its reader would be told of it."""

    def told_topic(self, opportunity: Opportunity, language: str, now: datetime) -> object:
        """Return the title, programme, dates and budget of a topic, for a template."""


@dataclass(frozen=True, slots=True)
class View:
    """What a page is made with."""

    teller: Teller
    language: str
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Altered:
    """A field's before and after."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """An act, in words."""

    at: str
    by: str
    did: str
    more: str
    comment: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Whether we may take a role."""

    role: str
    answer: str
    word: str
    """In the reader's language."""
    says: str
    evidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Share:
    """What gave a match some of its points."""

    part: str
    about: str
    """What of the profile."""
    points: str


@dataclass(frozen=True, slots=True)
class Card:
    """A match on the desk, as values alone: equal ones are shown as the same words."""

    number: int
    version: int
    group: str
    told: Told
    band: str
    fit: str
    percent: int | None
    """Of a hundred open calls, how many fit the group less; None where nothing was compared."""
    status: str
    assignee: str | None
    reopened: bool
    altered: tuple[Altered, ...]
    """What changed since it was approved; only of what was reopened."""
    against: tuple[Said, ...]
    """What speaks against it, a line each."""
    snoozed_until: str
    history: tuple[Line, ...]
    """Every act, oldest first."""

    @property
    def seen(self) -> str:
        """Return what an act names: the match, and the version that is shown."""
        return f"{self.number}.{self.version}"


def cards_of(session: Session, matches: Sequence[Match], view: View) -> list[Card]:
    """Return the cards of matches, with what changed of each that was reopened."""
    changes = changes_since_approval(session, matches)
    return [_card(match, changes.get(match.id, ()), view) for match in matches]


def answers_of(match: Match, language: str) -> list[Answered]:
    """Return whether we may apply, role by role; none where nobody judged."""
    eligibility: Eligibility | None = read_kept(match.eligibility)
    return [
        Answered(
            say(language, ROLES[verdict.role]),
            verdict.answer,
            say(language, ANSWERS[verdict.answer]),
            say_kept(language, "verdict", verdict.says).text,
            verdict.evidence,
            verdict.source,
        )
        for verdict in (eligibility.roles if eligibility else ())
    ]


def shares_of(match: Match, language: str) -> list[Share]:
    """Return what the score of a match is made of."""
    return [_share(one["name"], one["facet"], one["points"], language) for one in match.parts]


def line_of(review: Review, view: View) -> Line:
    """Return an act in words."""
    return Line(
        moment(review.at, view),
        by_words(review.by, view.language),
        act_words(review.decision, view.language),
        _more(review, view),
        comment_words(review.by, review.comment, view.language),
    )


def moment(at: datetime, view: View) -> str:
    """Return a day and an hour in the organisation's zone."""
    return day_and_hour(at, view.zone, view.language)


def reason_words(code: str | None, language: str) -> str:
    """Return a reason code in words; as it is where it is none of the desk's."""
    return say(language, REASONS[code]) if code in REASONS else code or ""


def _share(name: str, facet: str, points: float, language: str) -> Share:
    whole = {DESCRIPTION: WHOLE, "": THE_REST}.get(facet)
    return Share(
        say(language, PARTS[name]) if name in PARTS else name,
        say(language, whole) if whole else facet,
        str(format_decimal(points, "0.000", locale=language)),
    )


def _card(match: Match, changes: tuple[Change, ...], view: View) -> Card:
    until = match.snoozed_until
    return Card(
        number=match.id,
        version=match.review_version,
        group=match.profile.name,
        told=view.teller.told(match, changes, view.language, view.now),
        band=match.band,
        fit=say(view.language, FITS[match.band]) if match.band in FITS else match.band,
        percent=percent_below(match.percentile) if match.score else None,
        status=say(view.language, STATUSES[match.review_status]),
        assignee=match.assignee,
        reopened=is_reopened(match),
        altered=tuple(_altered(match, change, view) for change in changes),
        against=tuple(say_kept(view.language, "against", one["text"]) for one in match.against),
        snoozed_until=day(until.astimezone(view.zone).date(), view.language) if until else "",
        history=tuple(line_of(review, view) for review in match.reviews),
    )


def _altered(match: Match, change: Change, view: View) -> Altered:
    alone = Change(kind=change.kind, severity=change.severity)  # its values stand beside it
    (what, *_) = view.teller.told(match, [alone], view.language, view.now).changes
    return Altered(what, _value(change.before, view), _value(change.after, view))


def _value(text: str | None, view: View) -> str:
    """Return a value of a change; a day as people write it."""
    try:
        return day(date.fromisoformat(text or ""), view.language)
    except ValueError:
        return text or "–"


def _more(review: Review, view: View) -> str:
    """Return what an act names beside what it is."""
    if review.decision is Decision.ASSIGN:
        return review.assignee or say(view.language, "to nobody")
    if review.until is not None:
        return day(review.until.astimezone(view.zone).date(), view.language)
    return reason_words(review.reason_code, view.language)
