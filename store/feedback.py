"""What people said of matches: keeping it, reading it all, and what it keeps from readers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from store.matches import POLICY
from store.models import Decision, Feedback, Match, Profile, Review, Subscriber, Verdict
from store.reviews import UnknownMatchError, stands

Word: TypeAlias = Decision | Verdict
"""What a person can say of a match: an adviser's decision, or a reader's verdict."""


class UnknownReaderError(LookupError):
    """Nobody who is written to has this address."""


@dataclass(frozen=True, slots=True)
class Said:
    """One word of one person on one match."""

    profile: str
    """Its slug."""
    department: str
    opportunity_id: int
    features: Mapping[str, float]
    """What the stages measured when the pair was last scored."""
    by: str
    """The same text for the same person."""
    at: datetime
    word: Word
    reason: str | None


def everything_said(session: Session) -> Sequence[Said]:
    """Return every word of a person, oldest first.

    What a policy decides is nobody's word, and what somebody took back was never said.
    """
    decided = (
        select(Match, Profile, Review)
        .join(Match.profile)
        .join(Review, Review.match_id == Match.id)
        .where(Review.by != POLICY, stands())
        .order_by(Review.id)
    )
    told = (
        select(Match, Profile, Feedback)
        .join(Match.profile)
        .join(Feedback, Feedback.match_id == Match.id)
        .order_by(Feedback.id)
    )
    said = [_decided(*row) for row in session.execute(decided)]
    said += [_told(*row) for row in session.execute(told)]
    return sorted(said, key=lambda one: one.at)


def reader_id(session: Session, address: str) -> int:
    """Return the number of the person with ``address``.

    Raises:
        UnknownReaderError: If there is none.
    """
    found = session.scalar(select(Subscriber.id).where(Subscriber.address == address))
    if found is None:
        raise UnknownReaderError(f"nobody is written to at {address!r}; see: callwatch subscribe")
    return found


def keep_feedback(session: Session, feedback: Feedback) -> Match:
    """Add ``feedback`` and return the match that it is about.

    Raises:
        UnknownMatchError: If there is no such match.
    """
    match = session.get(Match, feedback.match_id)
    if match is None:
        raise UnknownMatchError(f"unknown match {feedback.match_id}; see: callwatch review list")
    session.add(feedback)
    session.flush()
    return match


def last_words(
    session: Session, subscriber_ids: Collection[int], *verdicts: Verdict
) -> dict[int, dict[int, tuple[Verdict, datetime]]]:
    """Return each reader's last verdict on each opportunity, and when it was given.

    Args:
        session: Where it is kept.
        subscriber_ids: Whose.
        verdicts: Those that count; all where none is named.
    """
    query = (
        select(Subscriber.id, Match.opportunity_id, Feedback.verdict, Feedback.at)
        .join(Feedback, Feedback.subscriber_id == Subscriber.id)
        .join(Match, Match.id == Feedback.match_id)
        .where(Subscriber.id.in_(subscriber_ids))
        .order_by(Feedback.id)
    )
    if verdicts:
        query = query.where(Feedback.verdict.in_(verdicts))
    words: dict[int, dict[int, tuple[Verdict, datetime]]] = {one: {} for one in subscriber_ids}
    for reader, number, verdict, at in session.execute(query):
        words[reader][number] = (verdict, at)
    return words


def is_set_aside() -> ColumnElement[bool]:
    """Return the condition that a match is kept from every reader of its profile.

    Somebody called it nothing for the group and nobody called it useful since, or an adviser
    dismissed it. What one reader dismissed is kept from that reader alone (``store.digests``).
    """
    later = aliased(Feedback)
    called_useful = exists().where(
        later.match_id == Feedback.match_id,
        later.id > Feedback.id,
        later.verdict == Verdict.USEFUL,
    )
    not_for_us = and_(Feedback.verdict == Verdict.NOT_FOR_US, ~called_useful)
    dismissed = and_(Feedback.verdict == Verdict.DISMISSED, Feedback.subscriber_id.is_(None))
    return exists().where(Feedback.match_id == Match.id, or_(not_for_us, dismissed))


def _decided(match: Match, profile: Profile, review: Review) -> Said:
    said = _of(match, profile)
    return said(
        by=f"adviser {review.by}", at=review.at, word=review.decision, reason=review.reason_code
    )


def _told(match: Match, profile: Profile, feedback: Feedback) -> Said:
    said = _of(match, profile)
    by = f"reader {feedback.subscriber_id}"
    return said(by=by, at=feedback.at, word=feedback.verdict, reason=feedback.reason)


def _of(match: Match, profile: Profile) -> partial[Said]:
    """Return what makes a word on ``match`` of who said what, when and why."""
    return partial(
        Said,
        profile=profile.slug,
        department=profile.department,
        opportunity_id=match.opportunity_id,
        features=match.features,
    )
