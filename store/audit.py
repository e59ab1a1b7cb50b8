"""The audit log: every act on a match and edit of a profile, newest first, searched, exported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from store.edits import Edit, edits
from store.models import Decision, Match, Opportunity, Profile, Review

PAGE = 50
EXPORTED = 100_000
"""Most rows of an export."""

EDITED = "profile"
"""What is sought for edits of profiles alone, where an act on matches is named for that."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for in the log; what is empty asks nothing."""

    words: str = ""
    """Part of a title, an identifier, a profile, a person, a reason or a comment."""
    decision: str = ""
    """Of a review, or ``EDITED``."""
    departments: tuple[str, ...] | None = None
    """Those that the person may see; None means every one."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One act on a match, with what it was done to."""

    at: datetime
    by: str
    decision: Decision
    reason_code: str | None
    comment: str | None
    assignee: str | None
    until: datetime | None
    match_id: int
    profile: str
    department: str
    topic_id: str
    title: str


Line: TypeAlias = Entry | Edit


def log_page(session: Session, sought: Sought) -> tuple[Sequence[Line], bool]:
    """Return one page of the log, and whether there is a next one."""
    end = sought.page * PAGE
    lines = list(islice(_lines(session, sought, end + 1), end - PAGE, None))
    return lines[:PAGE], len(lines) > PAGE


def log_entries(session: Session, sought: Sought) -> Iterator[Line]:
    """Yield everything that is sought, newest first, ``EXPORTED`` at most."""
    yield from _lines(session, sought, EXPORTED)


def _lines(session: Session, sought: Sought, most: int) -> Iterator[Line]:
    """Yield what is sought of both kinds, newest first."""
    acts: Iterator[Line] = iter(())
    changes: Iterator[Line] = iter(())
    if sought.decision != EDITED:
        acts = (Entry(*row) for row in session.execute(_entries(sought).limit(most)))
    if sought.decision in {"", EDITED}:
        changes = edits(session, sought.words, sought.departments, most)
    yield from islice(merge(acts, changes, key=attrgetter("at"), reverse=True), most)


def _entries(sought: Sought) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Review.at,
            Review.by,
            Review.decision,
            Review.reason_code,
            Review.comment,
            Review.assignee,
            Review.until,
            Match.id,
            Profile.name,
            Profile.department,
            Opportunity.topic_id,
            Opportunity.title,
        )
        .join(Review.match)
        .join(Match.profile)
        .join(Match.opportunity)
        .where(*_conditions(sought))
        .order_by(Review.id.desc())
    )
    return query


_SEARCHED = (
    Opportunity.title,
    Opportunity.topic_id,
    Profile.name,
    Review.by,
    Review.reason_code,
    Review.comment,
)


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    """Return what an act must be: every word that is sought stands in one of its texts."""
    conditions = [
        or_(*(func.lower(text).contains(word, autoescape=True) for text in _SEARCHED))
        for word in sought.words.lower().split()
    ]
    if sought.decision:
        conditions.append(Review.decision == Decision(sought.decision))
    if sought.departments is not None:
        conditions.append(Profile.department.in_(sought.departments))
    return conditions
