"""What is said of an opportunity in a reader's language: made by one package, shown by another."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.translation import Said
from store.eligibility import Answer
from store.models import Opportunity


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a passage."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """One opportunity in the few words of a list."""

    title: str
    topic_id: str
    programme: str
    actions: tuple[str, ...]
    left: str
    """Days to the deadline, or to the opening; nothing where there is no date."""
    dates_label: str
    """What ``dates`` are called: they may begin with an opening."""
    dates: tuple[str, ...]
    budget: str
    who: tuple[Said, ...]
    """Who may apply, point by point; empty where nobody judged."""
    url: str | None
    """The official page; None where its address is none to link to."""


@dataclass(frozen=True, slots=True)
class RoleFact:
    """Whether we may take one role."""

    role: str
    answer: Answer
    answered: str
    """``answer`` in words."""
    says: Said
    evidence: str
    """The opportunity's own sentence that decided; empty where a rule did."""
    source: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class DateFact:
    """A date to submit by."""

    moment: str
    for_whom: str
    """Its stage, and who may use it."""
    origin: str
    """Where the hour comes from."""
    remarks: tuple[str, ...]
    over: bool


@dataclass(frozen=True, slots=True)
class EventFact:
    """Something that happened to an opportunity."""

    day: str
    what: str
    before: str
    after: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """One opportunity in full, in the order in which an adviser asks."""

    facts: Facts
    roles: tuple[RoleFact, ...]
    rate: Said | None
    consortium: tuple[Said, ...]
    """The smallest one, and what the opportunity asks of it beside."""
    notes: tuple[Said, ...]
    dates: tuple[DateFact, ...]
    opening: str
    """On which day it opens, or opened; empty where nothing is known of it."""
    money: tuple[tuple[str, str], ...]
    """(of what, how much)."""
    timeline: tuple[EventFact, ...]
    """The latest first."""
    confirmed: str
    """When, and by what, it was last confirmed."""
    missing: str
    """What is said of one that its source does not return any more; empty of others."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Opportunities that somebody searched for, to be taken along in a file."""

    opportunities: Sequence[Opportunity]
    """With their cut-offs, in the order in which they are shown."""
    name: str
    """What was searched for, in words; empty where it was everything."""
    address: str
    """Where the same search is made anew."""
    language: str
