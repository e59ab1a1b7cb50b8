"""The adviser's queue: which matches somebody asks for, a page at a time."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from store.cards import matches_seen
from store.models import (
    Change,
    Cutoff,
    Decision,
    Match,
    OpenTo,
    Opportunity,
    Profile,
    Review,
    ReviewStatus,
    Severity,
)

PAGE = 25
"""Matches on a page."""

COUNTED = 1_000
"""Up to how many are counted; beyond, it is enough to know that there are more."""


class State(enum.StrEnum):
    """How a match stands with its advisers."""

    WAITING = "waiting"
    REOPENED = "reopened"
    SNOOZED = "snoozed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Order(enum.StrEnum):
    """What comes first."""

    FIT = "fit"
    DEADLINE = "deadline"
    NEWEST = "newest"


NOBODY = "nobody"
"""Stands for no assignee."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks of the queue; what is empty asks nothing."""

    state: State = State.WAITING
    order: Order = Order.FIT
    departments: tuple[str, ...] | None = None
    """Those that the person may see; None means every one."""
    department: str = ""
    programme: str = ""
    profile: str = ""
    band: str = ""
    assignee: str = ""
    """An address, or ``NOBODY``."""
    days: int | None = None
    """Closes within so many days."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """A page of matches."""

    matches: Sequence[Match]
    number: int
    """Of all that were asked for, ``COUNTED`` at most."""
    page: int

    @property
    def more(self) -> bool:
        """Return whether there is a next page."""
        return self.page * PAGE < self.number

    @property
    def is_counted(self) -> bool:
        """Return whether ``number`` is all there are."""
        return self.number < COUNTED


def queue_page(session: Session, wanted: Wanted, now: datetime) -> Page:
    """Return one page of what is asked for, with everything a card shows.

    How many statements that takes depends neither on the page nor on its matches.
    """
    found = _found(wanted, now)
    number = session.scalar(select(func.count()).select_from(found.limit(COUNTED).subquery()))
    keys = READ[wanted.order](session, found, (wanted.page - 1) * PAGE, now)
    matches = {match.id: match for match in matches_seen(session, keys, None)}
    return Page([matches[key] for key in keys], number or 0, wanted.page)


def changes_since_approval(
    session: Session, matches: Sequence[Match]
) -> dict[int, tuple[Change, ...]]:
    """Return what changed of each reopened match since it was last approved, oldest first."""
    since = {m.id: _approved_before(m) for m in matches}
    wanted = {m.opportunity_id for m in matches if since[m.id] is not None}
    query = (
        select(Change)
        .where(Change.opportunity_id.in_(wanted), Change.severity != Severity.NOISE)
        .order_by(Change.id)
    )
    changes = session.scalars(query).all() if wanted else ()
    return {
        match.id: tuple(
            change
            for change in changes
            if change.opportunity_id == match.opportunity_id and change.detected_at > moment
        )
        for match in matches
        if (moment := since[match.id]) is not None
    }


def is_waiting(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a match waits for a decision: a snooze that is over waits, too."""
    woken = and_(Match.review_status == ReviewStatus.SNOOZED, Match.snoozed_until <= now)
    return or_(Match.review_status == ReviewStatus.PENDING, woken)


def _found(wanted: Wanted, now: datetime) -> Select[int]:
    """Return what finds the matches that are wanted, in no order.

    Profiles and opportunities are few beside their matches, and are asked first: what is left is
    read from one index of the matches (``ix_match_queue``), and no row is fetched to pass it over.
    """
    conditions = _conditions(wanted, now)
    return select(Match.id).where(Match.current, _in_state(wanted.state, now), *conditions)


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    asked: list[tuple[object, Callable[[], ColumnElement[bool]]]] = [
        (wanted.department, lambda: _of_profiles(Profile.department == wanted.department)),
        (wanted.profile, lambda: _of_profiles(Profile.slug == wanted.profile)),
        (wanted.programme, lambda: _of_programme(wanted.programme)),
        (wanted.band, lambda: Match.band == wanted.band),
        (wanted.assignee, lambda: _looked_after_by(wanted.assignee)),
        (wanted.days, lambda: _closes_before(now, now + timedelta(days=wanted.days or 0))),
    ]
    conditions = [condition() for value, condition in asked if value]
    if wanted.departments is not None:
        conditions.append(_of_profiles(Profile.department.in_(wanted.departments)))
    return conditions


def _of_profiles(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Match.profile_id.in_(select(Profile.id).where(condition))


def _of_programme(programme: str) -> ColumnElement[bool]:
    return Match.opportunity_id.in_(
        select(Opportunity.id).where(Opportunity.programme == programme)
    )


def _closes_before(now: datetime, end: datetime) -> ColumnElement[bool]:
    """Return the condition that the next deadline that anyone may use comes before ``end``."""
    soon = select(Cutoff.opportunity_id).where(*_ahead(Cutoff, now), Cutoff.deadline <= end)
    return Match.opportunity_id.in_(soon)


def _looked_after_by(assignee: str) -> ColumnElement[bool]:
    return Match.assignee.is_(None) if assignee == NOBODY else Match.assignee == assignee


def _in_state(state: State, now: datetime) -> ColumnElement[bool]:
    reopened = Match.id.in_(select(Review.match_id).where(Review.decision == Decision.REOPEN))
    conditions: dict[State, ColumnElement[bool]] = {
        State.WAITING: is_waiting(now),
        State.REOPENED: and_(Match.review_status == ReviewStatus.PENDING, reopened),
        State.SNOOZED: and_(Match.review_status == ReviewStatus.SNOOZED, Match.snoozed_until > now),
        State.APPROVED: Match.review_status == ReviewStatus.APPROVED,
        State.REJECTED: Match.review_status == ReviewStatus.REJECTED,
    }
    return conditions[state]


BEST = (Match.percentile.desc(), Match.id.desc())


def _best(session: Session, found: Select[int], first: int, _: datetime) -> Sequence[int]:
    return session.scalars(found.order_by(*BEST).limit(PAGE).offset(first)).all()


def _newest(session: Session, found: Select[int], first: int, _: datetime) -> Sequence[int]:
    return session.scalars(found.order_by(Match.id.desc()).limit(PAGE).offset(first)).all()


def _soonest(session: Session, found: Select[int], first: int, now: datetime) -> Sequence[int]:
    """Return a page by deadline; what has none comes last, and is looked for only there."""
    dated = found.join(Cutoff, Cutoff.opportunity_id == Match.opportunity_id).where(_is_next(now))
    keys = session.scalars(dated.order_by(Cutoff.deadline, *BEST).limit(PAGE).offset(first)).all()
    if len(keys) == PAGE:
        return keys
    before = session.scalar(select(func.count()).select_from(dated.subquery())) or 0
    ahead = select(Cutoff.opportunity_id).where(*_ahead(Cutoff, now))
    dateless = found.where(Match.opportunity_id.not_in(ahead)).order_by(*BEST)
    rest = dateless.limit(PAGE - len(keys)).offset(max(0, first - before))
    return [*keys, *session.scalars(rest)]


Read: TypeAlias = Callable[[Session, Select[int], int, datetime], Sequence[int]]
"""Returns the ids of a page of what is found, from its first one on."""

READ: dict[Order, Read] = {Order.FIT: _best, Order.DEADLINE: _soonest, Order.NEWEST: _newest}


def _is_next(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a cut-off is the next one of its opportunity for anyone."""
    other = aliased(Cutoff)
    is_before = tuple_(other.deadline, other.id) < tuple_(Cutoff.deadline, Cutoff.id)
    earlier = exists().where(
        other.opportunity_id == Cutoff.opportunity_id, *_ahead(other, now), is_before
    )
    return and_(*_ahead(Cutoff, now), ~earlier)


def _ahead(cutoff: type[Cutoff], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return cutoff.open_to == OpenTo.ALL, cutoff.deadline > now


def _approved_before(match: Match) -> datetime | None:
    """Return when a match was last approved that waits again; None where it does not."""
    reopened = any(review.decision is Decision.REOPEN for review in match.reviews)
    if not reopened or match.review_status is not ReviewStatus.PENDING:
        return None
    approved = [r.at for r in match.reviews if r.decision is Decision.APPROVE]
    return approved[-1] if approved else None
