"""How many there are of what."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import (
    Match,
    Opportunity,
    Profile,
    ReviewStatus,
    Subscriber,
    SubscriberState,
)


def row_counts(session: Session) -> dict[str, int]:
    """Return the number of opportunities, profiles, current matches and subscribers."""
    tables = {
        "opportunities": select(func.count(Opportunity.id)),
        "profiles": select(func.count(Profile.id)),
        "matches": select(func.count(Match.id)).where(Match.current),
        "subscribers": select(func.count(Subscriber.id)),
    }
    return {name: session.scalars(query).one() for name, query in tables.items()}


def subscribers_by_state(session: Session) -> dict[SubscriberState, int]:
    """Return how many people are in each state that occurs."""
    query = select(Subscriber.state, func.count()).group_by(Subscriber.state)
    return dict(session.execute(query).all())


def matches_by_status(session: Session) -> dict[ReviewStatus, int]:
    """Return how many current matches have each review status that occurs."""
    query = select(Match.review_status, func.count()).where(Match.current)
    return dict(session.execute(query.group_by(Match.review_status)).all())
