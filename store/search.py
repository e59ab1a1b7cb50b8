"""What is searched: opportunities as they are listed, and how to tell that they changed."""

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only, selectinload

from store.models import Change, CrawlRun, Match, Opportunity, Profile

Stamp: TypeAlias = tuple[object, ...]
"""Another one means that what is searched may have changed."""

_LISTED = (
    Opportunity.reference, Opportunity.kind, Opportunity.topic_id, Opportunity.call_id,
    Opportunity.call_title, Opportunity.title, Opportunity.status, Opportunity.programme,
    Opportunity.action_types, Opportunity.action_labels, Opportunity.opens_on,
    Opportunity.deadline_model, Opportunity.budget_eur, Opportunity.shared_budget_eur,
    Opportunity.budget_shared_by, Opportunity.min_contribution_eur,
    Opportunity.max_contribution_eur, Opportunity.expected_grants, Opportunity.destination,
    Opportunity.url, Opportunity.first_seen_at, Opportunity.withdrawn_at,
)  # fmt: skip
"""Columns that a list shows and narrows down by; the long texts are not among them."""


_STAMP = select(
    select(func.max(CrawlRun.id)).scalar_subquery(),
    select(func.max(CrawlRun.finished_at)).scalar_subquery(),
    select(func.max(Opportunity.id)).scalar_subquery(),
    select(func.max(Match.id)).scalar_subquery(),
)


def stamp(session: Session) -> Stamp:
    """Return what differs once a crawl began or ended, or the matcher read something new."""
    return tuple(session.execute(_STAMP).one())


def listed_opportunities(session: Session) -> Sequence[Opportunity]:
    """Return every opportunity with its cut-offs and without its texts, in the order of ids."""
    return session.scalars(
        select(Opportunity)
        .options(load_only(*_LISTED, raiseload=True), selectinload(Opportunity.cutoffs))
        .order_by(Opportunity.id)
    ).all()


def whole_opportunities(session: Session, ids: Sequence[int]) -> Sequence[Opportunity]:
    """Return the opportunities with ``ids``, whole and with their cut-offs, in that order."""
    rows = session.scalars(
        select(Opportunity)
        .where(Opportunity.id.in_(ids))
        .options(selectinload(Opportunity.cutoffs))
    )
    by_id = {row.id: row for row in rows}
    return [by_id[one] for one in ids if one in by_id]


def sections_of(session: Session, ids: Sequence[int]) -> dict[int, list[dict[str, str]]]:
    """Return the official text of the opportunities with ``ids``, by id."""
    rows = session.execute(
        select(Opportunity.id, Opportunity.sections).where(Opportunity.id.in_(ids))
    )
    return {row.id: row.sections for row in rows}


def opportunity_by_reference(session: Session, reference: str) -> Opportunity | None:
    """Return the opportunity of a reference, with its cut-offs; None where there is none."""
    return session.scalar(
        select(Opportunity)
        .where(Opportunity.reference == reference)
        .options(selectinload(Opportunity.cutoffs))
    )


def changes_of(session: Session, opportunity_id: int) -> Sequence[Change]:
    """Return everything that happened to an opportunity, oldest first."""
    return session.scalars(
        select(Change).where(Change.opportunity_id == opportunity_id).order_by(Change.id)
    ).all()


def matches_of(session: Session, opportunity_id: int) -> Sequence[Match]:
    """Return what an opportunity matches now, with the profiles, best first."""
    return session.scalars(
        select(Match)
        .join(Match.profile)
        .where(Match.opportunity_id == opportunity_id, Match.current)
        .options(selectinload(Match.profile))
        .order_by(Match.percentile.desc(), Profile.slug)
    ).all()
