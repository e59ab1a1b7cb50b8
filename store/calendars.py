"""What a person's calendar and a profile's feed speak of, and how the dates there came about."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from store.digests import NEVER_ARRIVED, dismissed
from store.feedback import is_set_aside
from store.models import (
    Change,
    ChangeKind,
    Cutoff,
    Match,
    Message,
    MessageItem,
    OpenTo,
    Opportunity,
    Origin,
    Profile,
    ReviewStatus,
    Revision,
    Subscription,
)

OVER = (ChangeKind.WITHDRAWN, ChangeKind.CLOSED)
BACK = (ChangeKind.RETURNED, ChangeKind.REOPENED)


@dataclass(frozen=True, slots=True)
class Published:
    """A file as it is handed out."""

    body: bytes
    modified: datetime | None
    """When what it tells was last changed; None where it tells nothing."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date to submit by, as a picture of its opportunity has it."""

    day: date
    """In Brussels."""
    deadline: datetime
    stage: int | None
    origin: Origin
    open_to: OpenTo
    verified: bool = True
    note: str = ""

    @classmethod
    def of_row(cls, row: Cutoff) -> Self:
        """Return the date that a row holds."""
        return cls(
            row.day, row.deadline, row.stage, row.origin, row.open_to, row.verified, row.note
        )

    @classmethod
    def of_fields(cls, kept: Mapping[str, Any]) -> Self:
        """Return the date that a revision holds; early ones knew less of it."""
        return cls(
            day=date.fromisoformat(kept["day"]),
            deadline=datetime.fromisoformat(kept["deadline"]),
            stage=kept["stage"],
            origin=Origin(kept.get("origin", Origin.STATED)),
            open_to=OpenTo(kept["open_to"]),
            verified=kept.get("verified", True),
            note=kept.get("note", ""),
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """The dates of an opportunity from one moment on."""

    at: datetime
    title: str
    dates: tuple[Dated, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment from which an opportunity was over before its time, or there again."""

    at: datetime
    over: bool


@dataclass(frozen=True, slots=True)
class Past:
    """Everything that happened to an opportunity's dates, oldest first."""

    pictures: tuple[Picture, ...]
    """The last one is how it stands."""
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """A mail to the person that told of an opportunity."""

    content_hash: str
    at: datetime
    arrived: bool


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """What a person's calendar is made of."""

    opportunities: Sequence[Opportunity]
    """Those that were told, and those that are approved for a profile the person follows."""
    matches: Mapping[int, Sequence[Match]]
    """Of the profiles that the person follows, by opportunity id: approved ones alone."""
    tellings: Mapping[int, Sequence[Telling]]
    """By opportunity id, oldest first."""
    pasts: Mapping[int, Past]


def calendar_rows(session: Session, subscriber_id: int) -> CalendarRows:
    """Return what a person was told of, and what is approved for them, but what they dismissed."""
    tellings = _tellings(session, subscriber_id)
    matches = defaultdict(list)
    followed = _approved().join(Subscription, Subscription.profile_id == Match.profile_id)
    for match in session.scalars(followed.where(Subscription.subscriber_id == subscriber_id)):
        matches[match.opportunity_id].append(match)
    ids = (tellings.keys() | matches.keys()) - dismissed(session, subscriber_id)
    opportunities = session.scalars(
        select(Opportunity)
        .where(Opportunity.id.in_(ids))
        .options(selectinload(Opportunity.cutoffs))
        .order_by(Opportunity.id)
    ).all()
    return CalendarRows(opportunities, matches, tellings, pasts(session, opportunities))


def feed_matches(session: Session, profile: Profile) -> Sequence[Match]:
    """Return the approved, current matches of a profile, with their reviews."""
    query = _approved().where(Match.profile_id == profile.id)
    return session.scalars(query.options(selectinload(Match.reviews))).all()


def pasts(session: Session, opportunities: Collection[Opportunity]) -> dict[int, Past]:
    """Return what happened to the dates of each of ``opportunities``, by id."""
    ids = [row.id for row in opportunities]
    pictures = _pictures(session, ids)
    turns = _turns(session, ids)
    return {
        row.id: Past((*pictures[row.id], _present(row)), tuple(turns[row.id]))
        for row in opportunities
    }


def _approved() -> Select[Match]:
    """Ask for what any follower of a profile may be told of (as ``approved_matches`` does)."""
    return (
        select(Match)
        .join(Opportunity, Opportunity.id == Match.opportunity_id)
        .where(Match.review_status == ReviewStatus.APPROVED, Match.current, ~is_set_aside())
        .where(Match.content_hash == Opportunity.content_hash)
        .where(Opportunity.missing_since.is_(None))
        .options(
            joinedload(Match.profile),
            joinedload(Match.opportunity).selectinload(Opportunity.cutoffs),
        )
        .order_by(Match.id)
    )


def _tellings(session: Session, subscriber_id: int) -> dict[int, list[Telling]]:
    rows = session.execute(
        select(
            MessageItem.opportunity_id,
            MessageItem.content_hash,
            Message.composed_at,
            Message.state,
        )
        .join(Message, Message.id == MessageItem.message_id)
        .where(Message.subscriber_id == subscriber_id)
        .order_by(Message.composed_at, Message.id)
    )
    told = defaultdict(list)
    for opportunity, content, at, state in rows:
        told[opportunity].append(Telling(content, at, state not in NEVER_ARRIVED))
    return told


def _pictures(session: Session, ids: Sequence[int]) -> dict[int, list[Picture]]:
    """Return the pictures in which the dates are known; the long texts are not read for it."""
    rows = session.execute(
        select(
            Revision.opportunity_id,
            Revision.seen_at,
            Revision.fields["title"],
            Revision.fields["cutoffs"],
        )
        .where(Revision.opportunity_id.in_(ids))
        .order_by(Revision.id)
    )
    found = defaultdict(list)
    for opportunity, at, title, cutoffs in rows:
        if title is not None and cutoffs is not None:
            found[opportunity].append(Picture(at, title, tuple(map(Dated.of_fields, cutoffs))))
    return found


def _present(row: Opportunity) -> Picture:
    return Picture(row.last_changed_at, row.title, tuple(map(Dated.of_row, row.cutoffs)))


def _turns(session: Session, ids: Sequence[int]) -> dict[int, list[Turn]]:
    rows = session.execute(
        select(Change.opportunity_id, Change.detected_at, Change.kind)
        .where(Change.opportunity_id.in_(ids), Change.kind.in_((*OVER, *BACK)))
        .order_by(Change.id)
    )
    found = defaultdict(list)
    for opportunity, at, kind in rows:
        found[opportunity].append(Turn(at, kind in OVER))
    return found
