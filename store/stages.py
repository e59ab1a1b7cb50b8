"""How far a pair of a group and an opportunity came, and when it first came so far."""

import enum
from collections.abc import Callable

from sqlalchemy import Subquery, and_, exists, func, select
from sqlalchemy.orm import aliased

from store.applications import is_newest
from store.models import (
    Application,
    ApplicationState,
    Decision,
    Feedback,
    Match,
    Message,
    MessageItem,
    MessageState,
    Review,
    Subscription,
    Verdict,
)
from store.reviews import stands

APPLIED = (
    ApplicationState.SUBMITTED,
    ApplicationState.AWARDED,
    ApplicationState.RESERVE,
    ApplicationState.REJECTED,
)
"""What an application is entered as once it has been submitted."""


class Stage(enum.StrEnum):
    """How far a pair came."""

    MATCHED = "matched"
    APPROVED = "approved"
    SENT = "sent"
    USEFUL = "useful"
    APPLIED = "applied"
    AWARDED = "awarded"


def _matched() -> Subquery:
    return select(Match.profile_id, Match.opportunity_id, Match.proposed_at.label("at")).subquery()


def _approved() -> Subquery:
    """Return when each pair was first approved; what was taken back is no approval."""
    return (
        select(Match.profile_id, Match.opportunity_id, func.min(Review.at).label("at"))
        .join(Review, Review.match_id == Match.id)
        .where(Review.decision == Decision.APPROVE, stands())
        .group_by(Match.profile_id, Match.opportunity_id)
        .subquery()
    )


def _sent() -> Subquery:
    """Return when each pair was first told to somebody who follows the group.

    A mail says which opportunities it tells, not for which group: it counts for those that its
    reader followed then and still follows, and for which the opportunity was approved by then.
    """
    approved = _approved()
    return (
        select(
            approved.c.profile_id, approved.c.opportunity_id, func.min(Message.sent_at).label("at")
        )
        .join(MessageItem, MessageItem.opportunity_id == approved.c.opportunity_id)
        .join(Message, Message.id == MessageItem.message_id)
        .join(
            Subscription,
            and_(
                Subscription.subscriber_id == Message.subscriber_id,
                Subscription.profile_id == approved.c.profile_id,
                Subscription.created_at <= Message.sent_at,
            ),
        )
        .where(Message.state == MessageState.SENT, approved.c.at <= Message.sent_at)
        .group_by(approved.c.profile_id, approved.c.opportunity_id)
        .subquery()
    )


def _useful() -> Subquery:
    """Return since when each pair is called useful by somebody whose last word that is."""
    later = aliased(Feedback)
    overridden = exists().where(
        later.match_id == Feedback.match_id,
        later.subscriber_id.is_not_distinct_from(Feedback.subscriber_id),
        later.id > Feedback.id,
    )
    return (
        select(Match.profile_id, Match.opportunity_id, func.min(Feedback.at).label("at"))
        .join(Feedback, Feedback.match_id == Match.id)
        .where(Feedback.verdict == Verdict.USEFUL, ~overridden)
        .group_by(Match.profile_id, Match.opportunity_id)
        .subquery()
    )


def _applied() -> Subquery:
    """Return when each application was submitted, of those that were no mistake."""
    newest = aliased(Application)
    mistaken = (
        select(newest.state)
        .where(
            newest.profile_id == Application.profile_id,
            newest.opportunity_id == Application.opportunity_id,
        )
        .order_by(newest.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Application.profile_id,
            Application.opportunity_id,
            func.min(Application.day).label("at"),
        )
        .where(Application.state.in_(APPLIED), mistaken != ApplicationState.MISTAKEN)
        .group_by(Application.profile_id, Application.opportunity_id)
        .subquery()
    )


def awarded() -> Subquery:
    """Return when each award was told, and of how much money."""
    return (
        select(
            Application.profile_id,
            Application.opportunity_id,
            Application.day.label("at"),
            Application.amount_eur,
        )
        .where(is_newest(), Application.state == ApplicationState.AWARDED)
        .subquery()
    )


STAGES: dict[Stage, Callable[[], Subquery]] = {
    Stage.MATCHED: _matched,
    Stage.APPROVED: _approved,
    Stage.SENT: _sent,
    Stage.USEFUL: _useful,
    Stage.APPLIED: _applied,
    Stage.AWARDED: awarded,
}
DATED = (Stage.APPLIED, Stage.AWARDED)
"""Stages that know a day, and no moment."""
