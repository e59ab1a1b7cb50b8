"""How well opportunities suit a group, as the matcher last found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from store.models import Match, Profile


@dataclass(frozen=True, slots=True)
class Suit:
    """How well one opportunity suits a group."""

    band: str
    percentile: float
    """Share (0..1) of the group's open opportunities that score lower."""


def profile_names(
    session: Session, departments: Collection[str] | None
) -> tuple[tuple[str, str], ...]:
    """Return slug and name of the profiles of these departments, or of all, by their names."""
    query = select(Profile.slug, Profile.name).where(*_of(departments))
    rows = session.execute(query.order_by(Profile.name, Profile.slug))
    return tuple((slug, name) for slug, name in rows)


def suits_of(
    session: Session, slug: str, departments: Collection[str] | None
) -> Mapping[int, Suit]:
    """Return how well each opportunity suits a profile, where the matcher found that it does.

    It is empty of a profile that is not of these departments.
    """
    query = (
        select(Match.opportunity_id, Match.band, Match.percentile)
        .join(Match.profile)
        .where(Match.current, Profile.slug == slug, *_of(departments))
    )
    return {key: Suit(band, percentile) for key, band, percentile in session.execute(query)}


def _of(departments: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if departments is None else (Profile.department.in_(departments),)
