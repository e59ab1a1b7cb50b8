"""A reader's own word on an opportunity: giving it, changing it, taking it back.

A reader has one word on an opportunity for each group, the last one. A word that is changed or
taken back is deleted: it is theirs, and nothing is learned of it any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from store.models import (
    Feedback,
    Match,
    Message,
    MessageItem,
    Opportunity,
    ReviewStatus,
    Subscription,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What a reader says of an opportunity."""

    verdict: Verdict
    reason: str | None
    at: datetime


def matches_to_judge(session: Session, subscriber_id: int, opportunity_id: int) -> Sequence[Match]:
    """Return the matches of an opportunity that a reader may speak of, the best first.

    They are those of the groups the reader follows that are approved or were told to the reader,
    and those the reader spoke of already; what waits for an adviser is nobody else's.
    """
    query = (
        select(Match)
        .where(
            Match.opportunity_id == opportunity_id,
            or_(
                _followed(subscriber_id) & (_approved() | _told(subscriber_id)),
                _said(subscriber_id),
            ),
        )
        .options(joinedload(Match.profile), joinedload(Match.opportunity))
        .order_by(Match.percentile.desc(), Match.id)
    )
    return session.scalars(query).all()


def words_on(
    session: Session, subscriber_id: int, opportunity_ids: Collection[int]
) -> dict[int, OwnWord]:
    """Return a reader's last word on each of some opportunities, by opportunity id."""
    query = (
        select(Match.opportunity_id, Feedback.verdict, Feedback.reason, Feedback.at)
        .join(Match, Match.id == Feedback.match_id)
        .where(Feedback.subscriber_id == subscriber_id, Match.opportunity_id.in_(opportunity_ids))
        .order_by(Feedback.id)
    )
    return {
        number: OwnWord(verdict, reason, at)
        for number, verdict, reason, at in session.execute(query)
    }


def judged_opportunities(session: Session, subscriber_id: int) -> Sequence[Opportunity]:
    """Return the opportunities a reader spoke of, the last one first."""
    last = (
        select(Match.opportunity_id)
        .join(Feedback, Feedback.match_id == Match.id)
        .where(Feedback.subscriber_id == subscriber_id)
        .order_by(Feedback.id.desc())
    )
    ids = list(dict.fromkeys(session.scalars(last)))
    found = session.scalars(select(Opportunity).where(Opportunity.id.in_(ids))).all()
    return sorted(found, key=lambda one: ids.index(one.id))


def say_word(
    session: Session, subscriber_id: int, matches: Collection[Match], word: OwnWord
) -> None:
    """Let a reader say one thing of the matches of one opportunity, in place of all before."""
    for opportunity_id in {match.opportunity_id for match in matches}:
        take_back(session, subscriber_id, opportunity_id)
    session.add_all(
        Feedback(
            match_id=match.id,
            subscriber_id=subscriber_id,
            at=word.at,
            verdict=word.verdict,
            reason=word.reason,
        )
        for match in matches
    )
    session.flush()


def take_back(session: Session, subscriber_id: int, opportunity_id: int) -> None:
    """Delete what a reader said of an opportunity: it counts as never said."""
    about = select(Match.id).where(Match.opportunity_id == opportunity_id)
    session.execute(
        delete(Feedback).where(
            Feedback.subscriber_id == subscriber_id, Feedback.match_id.in_(about)
        )
    )


def _followed(subscriber_id: int) -> ColumnElement[bool]:
    return exists().where(
        Subscription.profile_id == Match.profile_id, Subscription.subscriber_id == subscriber_id
    )


def _approved() -> ColumnElement[bool]:
    return (Match.review_status == ReviewStatus.APPROVED) & Match.current


def _told(subscriber_id: int) -> ColumnElement[bool]:
    return exists().where(
        MessageItem.opportunity_id == Match.opportunity_id,
        Message.id == MessageItem.message_id,
        Message.subscriber_id == subscriber_id,
    )


def _said(subscriber_id: int) -> ColumnElement[bool]:
    return exists().where(Feedback.match_id == Match.id, Feedback.subscriber_id == subscriber_id)
