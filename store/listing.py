"""Lists that are read part by part: each part begins behind the last row of the one before.

Rows that come in meanwhile neither repeat nor skip one, as they would where parts are counted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, String, cast, func, select, tuple_
from sqlalchemy.orm import Session, contains_eager, defer, selectinload

from store.api_keys import is_opened_by
from store.models import (
    ApiKey,
    Change,
    ChangeKind,
    Cutoff,
    Kind,
    Match,
    Opportunity,
    Profile,
    ReviewStatus,
    Severity,
    Status,
)
from store.standing import next_deadline_at, standing_at

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for a deadline where there is none, so that what has none comes last."""

TEXTS = (Opportunity.sections, Opportunity.conditions, Opportunity.news)
"""What a list is quicker without."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which opportunities; what is empty or None excludes none."""

    status: Collection[Status] = ()
    programme: Collection[str] = ()
    kind: Collection[Kind] = ()
    action_type: str | None = None
    topic_id: str | None = None
    call_id: str | None = None
    deadline_from: datetime | None = None
    deadline_before: datetime | None = None
    changed_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a part, in the order of deadlines."""

    deadline: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An opportunity in a list, and where it stands in it."""

    opportunity: Opportunity
    place: Place


Query: TypeAlias = Select[tuple[Opportunity]]


def listed_opportunities(
    session: Session, filters: Filters, now: datetime, after: Place | None, limit: int
) -> list[Listed]:
    """Return the next ``limit`` opportunities, the next deadline first, without their texts.

    Args:
        session: Where they are read.
        filters: Which of them.
        now: When deadlines lie ahead; the same for every part of one list.
        after: Where the part before ended; None for the first.
        limit: Most of them.
    """
    deadline = func.coalesce(next_deadline_at(now), NEVER, type_=Cutoff.deadline.type)
    query = select(Opportunity, deadline).where(*_conditions(filters, now))
    if after is not None:
        last = tuple_(after.deadline, after.id, types=[Cutoff.deadline.type, Opportunity.id.type])
        query = query.where(tuple_(deadline, Opportunity.id) > last)
    rows = session.execute(
        query.options(selectinload(Opportunity.cutoffs), *map(defer, TEXTS))
        .order_by(deadline, Opportunity.id)
        .limit(limit)
    )
    return [Listed(row, Place(until, row.id)) for row, until in rows]


def latest_opportunities(session: Session, offset: int, limit: int) -> Sequence[Opportunity]:
    """Return opportunities with their texts, the one that changed last first."""
    return session.scalars(
        select(Opportunity)
        .options(selectinload(Opportunity.cutoffs))
        .order_by(Opportunity.last_changed_at.desc(), Opportunity.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def number_of_opportunities(session: Session) -> int:
    """Return how many there are."""
    return session.scalar(select(func.count()).select_from(Opportunity)) or 0


def all_references(session: Session) -> Sequence[str]:
    """Return the reference of every opportunity."""
    return session.scalars(select(Opportunity.reference)).all()


def opportunity_of(session: Session, reference: str) -> Opportunity | None:
    """Return an opportunity with its cut-offs; None where there is none."""
    return session.scalar(
        select(Opportunity)
        .where(Opportunity.reference == reference)
        .options(selectinload(Opportunity.cutoffs))
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Which changes."""

    since: datetime | None
    severity: Collection[Severity]
    kind: Collection[ChangeKind]
    reference: str | None


def listed_changes(
    session: Session, told: Told, after: int, limit: int
) -> Sequence[tuple[Change, Opportunity]]:
    """Return the next ``limit`` changes behind the one numbered ``after``, the oldest first."""
    conditions: list[ColumnElement[bool]] = [
        Change.id > after,
        Change.severity.in_(told.severity),
        *([Change.kind.in_(told.kind)] if told.kind else ()),
    ]
    if told.since is not None:
        conditions.append(Change.detected_at >= told.since)
    if told.reference is not None:
        conditions.append(Opportunity.reference == told.reference)
    rows = session.execute(
        select(Change, Opportunity)
        .join(Opportunity, Opportunity.id == Change.opportunity_id)
        .where(*conditions)
        .options(*map(defer, TEXTS))
        .order_by(Change.id)
        .limit(limit)
    )
    return [(change, opportunity) for change, opportunity in rows]


def opened_profiles(session: Session, key: ApiKey, after: str, limit: int) -> Sequence[Profile]:
    """Return the next ``limit`` profiles that ``key`` opens, in the order of slugs."""
    return session.scalars(
        select(Profile)
        .where(is_opened_by(key), Profile.slug > after)
        .order_by(Profile.slug)
        .limit(limit)
    ).all()


def opened_profile(session: Session, key: ApiKey, slug: str) -> Profile | None:
    """Return the profile with ``slug``; None where there is none, or ``key`` does not open it."""
    return session.scalar(select(Profile).where(is_opened_by(key), Profile.slug == slug))


def opened_matches(
    session: Session, key: ApiKey, slug: str | None, after: int, limit: int
) -> Sequence[Match]:
    """Return the next ``limit`` matches of the profiles that ``key`` opens, the oldest first.

    They match now, and a person or the profile's policy approved them: what waits for a review is
    for advisers alone.
    """
    query = (
        select(Match)
        .join(Match.profile)
        .join(Match.opportunity)
        .where(
            is_opened_by(key),
            Match.current,
            Match.review_status == ReviewStatus.APPROVED,
            Match.id > after,
        )
        .options(
            contains_eager(Match.profile),
            contains_eager(Match.opportunity).selectinload(Opportunity.cutoffs),
            *(contains_eager(Match.opportunity).defer(text) for text in TEXTS),
        )
        .order_by(Match.id)
        .limit(limit)
    )
    return session.scalars(query if slug is None else query.where(Profile.slug == slug)).all()


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return what ``filters`` ask of an opportunity."""
    conditions: list[ColumnElement[bool]] = []
    for column, chosen in (
        (standing_at(now), filters.status),
        (Opportunity.programme, filters.programme),
        (Opportunity.kind, filters.kind),
    ):
        if chosen:
            conditions.append(column.in_(chosen))
    for same, value in (
        (Opportunity.topic_id, filters.topic_id),
        (Opportunity.call_id, filters.call_id),
    ):
        if value is not None:
            conditions.append(same == value)
    if filters.action_type is not None:
        listed = cast(Opportunity.action_types, String)
        conditions.append(listed.contains(f'"{filters.action_type}"', autoescape=True))
    return conditions + _dates(filters, now)


def _dates(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return what ``filters`` ask of dates; what has no deadline ahead lies in no window."""
    conditions: list[ColumnElement[bool]] = []
    if filters.deadline_from is not None:
        conditions.append(next_deadline_at(now) >= filters.deadline_from)
    if filters.deadline_before is not None:
        conditions.append(next_deadline_at(now) < filters.deadline_before)
    if filters.changed_since is not None:
        conditions.append(Opportunity.last_changed_at >= filters.changed_since)
    return conditions
