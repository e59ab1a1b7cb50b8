"""The audit log: every act on a match, newest first, searched and exported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from store.models import Decision, Match, Opportunity, Profile, Review

PAGE = 50
EXPORTED = 100_000
"""Most rows of an export."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for in the log; what is empty asks nothing."""

    words: str = ""
    """Part of a title, an identifier, a profile, a person, a reason or a comment."""
    decision: str = ""
    departments: tuple[str, ...] | None = None
    """Those that the person may see; None means every one."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, with what it was done to."""

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


def log_page(session: Session, sought: Sought) -> tuple[Sequence[Entry], bool]:
    """Return one page of the log, and whether there is a next one."""
    rows = session.execute(_entries(sought).limit(PAGE + 1).offset((sought.page - 1) * PAGE)).all()
    return [Entry(*row) for row in rows[:PAGE]], len(rows) > PAGE


def log_entries(session: Session, sought: Sought) -> Iterator[Entry]:
    """Yield everything that is sought, newest first, ``EXPORTED`` at most."""
    for row in session.execute(_entries(sought).limit(EXPORTED)):
        yield Entry(*row)


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
