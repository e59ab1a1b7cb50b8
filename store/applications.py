"""What is known of applications: entering it, its history, and how each stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from store.models import Application, ApplicationState, Opportunity, Profile

MOST_LISTED = 500


class OvertakenError(Exception):
    """Somebody made an entry since the page was shown."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody enters about an application."""

    state: ApplicationState
    day: date
    amount_eur: Decimal | None
    note: str | None
    by: str
    at: datetime


def application_history(
    session: Session, profile_id: int, opportunity_id: int
) -> Sequence[Application]:
    """Return what was entered of a group's application, oldest first."""
    query = (
        select(Application)
        .where(Application.profile_id == profile_id, Application.opportunity_id == opportunity_id)
        .order_by(Application.id)
    )
    return session.scalars(query).all()


def enter(
    session: Session, profile: Profile, opportunity: Opportunity, entered: Entered, seen: int
) -> Application:
    """Append an entry.

    Args:
        session: Where it is kept.
        profile: Who applies.
        opportunity: For what.
        entered: What is entered.
        seen: How many entries were there when the page was shown.

    Raises:
        OvertakenError: If there are more by now.
    """
    session.scalar(select(Profile.id).where(Profile.id == profile.id).with_for_update())
    if len(application_history(session, profile.id, opportunity.id)) != seen:
        raise OvertakenError(f"application of profile {profile.id} has other entries by now")
    entry = Application(
        profile_id=profile.id,
        opportunity_id=opportunity.id,
        state=entered.state,
        day=entered.day,
        amount_eur=entered.amount_eur,
        note=entered.note,
        by=entered.by,
        at=entered.at,
    )
    session.add(entry)
    session.flush()
    return entry


def applications_as_they_stand(
    session: Session, departments: Collection[str] | None
) -> Sequence[Application]:
    """Return the newest entry of each application, the last entered first.

    Args:
        session: Where they are kept.
        departments: Those whose groups are asked for; None means every one.
    """
    query = (
        select(Application)
        .join(Application.profile)
        .where(is_newest(), Application.state != ApplicationState.MISTAKEN)
        .options(joinedload(Application.profile), joinedload(Application.opportunity))
        .order_by(Application.id.desc())
        .limit(MOST_LISTED)
    )
    if departments is not None:
        query = query.where(Profile.department.in_(departments))
    return session.scalars(query).all()


def opportunities_called(session: Session, topic_id: str) -> Sequence[Opportunity]:
    """Return the opportunities with an identifier as people see it; it may be shared."""
    query = select(Opportunity).where(Opportunity.topic_id == topic_id).order_by(Opportunity.id)
    return session.scalars(query).all()


def is_newest() -> ColumnElement[bool]:
    """Return the condition that an entry says how its application stands."""
    later = aliased(Application)
    return ~exists().where(
        later.profile_id == Application.profile_id,
        later.opportunity_id == Application.opportunity_id,
        later.id > Application.id,
    )
