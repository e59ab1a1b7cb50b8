"""How far matches came: matched, approved, sent, called useful, applied for, awarded.

What is counted are pairs of a group and an opportunity, each once, on the day on which it first
came so far.
"""

import enum
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Subquery, case, func, literal, select, union
from sqlalchemy.orm import Session

from store.models import Feedback, Match, Opportunity, Profile, Subscription
from store.stages import DATED, STAGES, Stage, awarded

Key: TypeAlias = str | int
"""What is counted by: the slug of a group, the slug of a programme, or the number of a month."""

Counts: TypeAlias = Mapping[Stage, Mapping[Key, int]]


class By(enum.StrEnum):
    """What the store counts by; departments and faculties are sums of groups."""

    PROFILE = "profile"
    PROGRAMME = "programme"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends counted, in the organisation's zone."""

    first: date
    last: date
    zone: ZoneInfo

    def months(self) -> tuple[date, ...]:
        """Return the first day of each month of which it has a day.

        >>> [str(m) for m in Period(date(2025, 11, 9), date(2026, 1, 1), ZoneInfo("UTC")).months()]
        ['2025-11-01', '2025-12-01', '2026-01-01']
        """
        numbers = range(_month(self.first), _month(self.last) + 1)
        return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers)

    def begin_of(self, day: date) -> datetime:
        """Return the moment at which a day begins."""
        return datetime.combine(day, time(), self.zone)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be counted."""

    by: By
    period: Period
    departments: Collection[str] | None
    """Those whose groups are counted; None means every one."""


@dataclass(frozen=True, slots=True)
class Award:
    """The money of what was awarded."""

    known_eur: Decimal = Decimal(0)
    unknown: int = 0
    """Awards of which no amount was entered."""


def counts(session: Session, question: Question) -> Counts:
    """Return how many pairs came to each stage in the period."""
    return {
        stage: dict(_grouped(session, make(), question, dated=stage in DATED))
        for stage, make in STAGES.items()
    }


def awards(session: Session, question: Question) -> dict[Key, Award]:
    """Return what was awarded in the period."""
    stage = awarded()
    found = _placed(stage, question, dated=True, amount=stage.c.amount_eur)
    query = select(
        found.c.key,
        func.coalesce(func.sum(found.c.amount), 0),
        func.sum(case((found.c.amount.is_(None), 1), else_=0)),
    ).group_by(found.c.key)
    return {key: Award(Decimal(known), unknown) for key, known, unknown in session.execute(query)}


def readers_of(session: Session, departments: Collection[str] | None) -> dict[str, frozenset[int]]:
    """Return who follows each group, or spoke of a match of it, by the group's slug."""
    following = select(Subscription.profile_id, Subscription.subscriber_id)
    speaking = (
        select(Match.profile_id, Feedback.subscriber_id)
        .join(Feedback, Feedback.match_id == Match.id)
        .where(Feedback.subscriber_id.is_not(None))
    )
    people = union(following, speaking).subquery()
    query = select(Profile.slug, people.c.subscriber_id).join(
        people, people.c.profile_id == Profile.id
    )
    if departments is not None:
        query = query.where(Profile.department.in_(departments))
    found: dict[str, set[int]] = defaultdict(set)
    for slug, person in session.execute(query):
        found[slug].add(person)
    return {slug: frozenset(some) for slug, some in found.items()}


def _grouped(
    session: Session, stage: Subquery, question: Question, *, dated: bool
) -> Sequence[tuple[Key, int]]:
    found = _placed(stage, question, dated=dated)
    rows = session.execute(select(found.c.key, func.count()).group_by(found.c.key))
    return [(key, number) for key, number in rows]


def _placed(
    stage: Subquery, question: Question, *, dated: bool, **more: ColumnElement[Any]
) -> Subquery:
    """Return where each pair is counted that came to a stage in the period, and ``more`` of it."""
    first, end = _edges(question.period, (question.period.first,), dated=dated)
    query = (
        select(
            _key(stage, question, dated=dated).label("key"),
            *(column.label(name) for name, column in more.items()),
        )
        .select_from(stage)
        .join(Profile, Profile.id == stage.c.profile_id)
        .where(stage.c.at >= first, stage.c.at < end)
    )
    if question.by is By.PROGRAMME:
        query = query.join(Opportunity, Opportunity.id == stage.c.opportunity_id)
    if question.departments is not None:
        query = query.where(Profile.department.in_(question.departments))
    return query.subquery()


def _key(stage: Subquery, question: Question, *, dated: bool) -> Any:
    if question.by is By.MONTH:
        ends = _edges(question.period, question.period.months(), dated=dated)[1:]
        branches = [(stage.c.at < end, literal(number)) for number, end in enumerate(ends)]
        return case(*branches)
    return Profile.slug if question.by is By.PROFILE else Opportunity.programme


def _edges(
    period: Period, begins: Sequence[date], *, dated: bool
) -> Sequence[date] | Sequence[datetime]:
    """Return where stretches of a period begin, and where the last one ends."""
    days = (*begins, date.fromordinal(period.last.toordinal() + 1))
    return days if dated else [period.begin_of(day) for day in days]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
