"""Matches as they are loaded to be shown: with everything that a card says, and little beside."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session, defer, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from store.models import Cutoff, Match, Opportunity, Profile, Review

NOT_ON_CARDS = (
    Opportunity.sections, Opportunity.conditions, Opportunity.news, Opportunity.keywords,
    Opportunity.tags, Opportunity.priorities, Opportunity.divisions, Opportunity.grant_agreements,
)  # fmt: skip
"""Texts and lists of an opportunity that no card shows."""

_OPPORTUNITY = joinedload(Match.opportunity, innerjoin=True)
ON_CARDS = (
    defer(Match.features),
    defer(Match.parts),
    joinedload(Match.profile, innerjoin=True).load_only(
        Profile.slug, Profile.name, Profile.department, Profile.roles
    ),
    _OPPORTUNITY.options(*map(defer, NOT_ON_CARDS)),
)
"""How a match, its group and its opportunity are loaded, in one statement."""

_KEYS: BindParameter[Sequence[int]] = bindparam("keys", expanding=True)
_REVIEWS = select(Review).where(Review.match_id.in_(_KEYS)).order_by(Review.id)
_CUTOFFS = select(Cutoff).where(Cutoff.opportunity_id.in_(_KEYS)).order_by(Cutoff.position)


def shown_match(
    session: Session, match_id: int, departments: Collection[str] | None
) -> Match | None:
    """Return a match with everything its page shows; None where it is not for these departments."""
    return next(iter(matches_seen(session, [match_id], departments)), None)


def matches_seen(
    session: Session, keys: Collection[int], departments: Collection[str] | None
) -> Sequence[Match]:
    """Return those of some matches that are for these departments, with what a card shows.

    None for ``departments`` means every one.
    """
    query = select(Match).where(Match.id.in_(keys)).options(*ON_CARDS).order_by(Match.id)
    if departments is not None:
        query = query.join(Match.profile).where(Profile.department.in_(departments))
    return _read(session, query) if keys else ()


def _read(session: Session, query: Select[Match]) -> Sequence[Match]:
    """Return matches with their reviews and cut-offs.

    These are asked for by statements that stand ready: ``selectinload`` makes its own anew for each
    page, which takes a quarter of the time of reading it.
    """
    matches = session.scalars(query).all()
    opportunities = {match.opportunity_id: match.opportunity for match in matches}
    reviews, cutoffs = defaultdict(list), defaultdict(list)
    for review in session.scalars(_REVIEWS, {"keys": [match.id for match in matches]}):
        reviews[review.match_id].append(review)
    for cutoff in session.scalars(_CUTOFFS, {"keys": list(opportunities)}):
        cutoffs[cutoff.opportunity_id].append(cutoff)
    for match in matches:
        set_committed_value(match, "reviews", reviews[match.id])
    for key, opportunity in opportunities.items():
        set_committed_value(opportunity, "cutoffs", cutoffs[key])
    return matches
