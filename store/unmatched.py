"""Topics that no group was matched to, and matching one by hand."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, load_only, selectinload

from store.acts import Act, append
from store.matches import BY_HAND, chosen_because, words_of_advisers
from store.models import Cutoff, Match, OpenTo, Opportunity, Profile, ReviewStatus, Status

PAGE = 25


class AlreadyMatchedError(Exception):
    """The profile has this opportunity in its queue, or has had it decided."""


def unmatched_page(
    session: Session, now: datetime, programme: str, page: int
) -> tuple[Sequence[Opportunity], int]:
    """Return a page of what is on offer for nobody yet, soonest first, and how many."""
    soonest = (
        select(func.min(Cutoff.deadline))
        .where(Cutoff.opportunity_id == Opportunity.id, *_usable(now))
        .correlate(Opportunity)
        .scalar_subquery()
    )
    conditions = [_on_offer(now), ~_matched()]
    if programme:
        conditions.append(Opportunity.programme == programme)
    number = session.scalar(select(func.count()).select_from(Opportunity).where(*conditions))
    query = (
        select(Opportunity)
        .where(*conditions)
        .options(selectinload(Opportunity.cutoffs))
        .order_by(soonest.is_(None), soonest, Opportunity.topic_id, Opportunity.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return session.scalars(query).all(), number or 0


def profiles_of(session: Session, departments: Collection[str] | None) -> Sequence[Profile]:
    """Return the profiles in use of these departments, or every one, in the order of names."""
    used = select(Profile).options(_NAMED).where(Profile.retired_at.is_(None))
    query = used.order_by(Profile.name, Profile.id)
    if departments is not None:
        query = query.where(Profile.department.in_(departments))
    return session.scalars(query).all()


_NAMED = load_only(
    Profile.slug, Profile.name, Profile.department, Profile.version,
    Profile.review_policy, Profile.review_threshold,
)  # fmt: skip
"""What a list of groups tells of one; their texts and words are long."""


def match_by_hand(session: Session, profile: Profile, opportunity: Opportunity, act: Act) -> Match:
    """Match a profile and an opportunity because an adviser says so.

    Args:
        session: Where it is kept.
        profile: Whom it is for.
        opportunity: What it is.
        act: The approval, with who says so and why.

    Raises:
        AlreadyMatchedError: If the two have a match that is current.
    """
    match = session.scalar(
        select(Match)
        .where(Match.profile_id == profile.id, Match.opportunity_id == opportunity.id)
        .with_for_update()
    )
    if match is not None and match.current:
        raise AlreadyMatchedError(f"match {match.id} is in the queue or decided")
    if match is None:
        match = _new(profile, opportunity, act.at)
        session.add(match)
    found = [kept for kept in match.reasons if kept not in words_of_advisers(match)]
    match.reasons = [chosen_because(act.comment), *found]
    match.current = match.by_hand = True
    append(match, act)
    session.flush()
    return match


def _new(profile: Profile, opportunity: Opportunity, now: datetime) -> Match:
    return Match(
        profile_id=profile.id,
        opportunity_id=opportunity.id,
        score=0.0,
        percentile=0.0,
        band=BY_HAND,
        reasons=[],
        content_hash=opportunity.content_hash,
        profile_version=profile.version,
        review_status=ReviewStatus.PENDING,
        review_version=0,
        proposed_at=now,
        scored_at=now,
    )


def _matched() -> ColumnElement[bool]:
    return exists().where(Match.opportunity_id == Opportunity.id, Match.current)


def _on_offer(now: datetime) -> ColumnElement[bool]:
    """Return the condition that anybody may still apply (``store.opportunities``)."""
    dated = exists().where(Cutoff.opportunity_id == Opportunity.id)
    ahead = Opportunity.id.in_(select(Cutoff.opportunity_id).where(*_usable(now)))
    on_offer = Opportunity.status.in_((Status.OPEN, Status.FORTHCOMING))
    return on_offer & Opportunity.withdrawn_at.is_(None) & (ahead | ~dated)


def _usable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Cutoff.open_to == OpenTo.ALL, Cutoff.deadline > now
