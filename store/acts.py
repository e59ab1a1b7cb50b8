"""What people do to matches: each act is appended, none is changed, and none is done unseen.

An act names the version of the match that whoever acts saw. Where somebody else was quicker,
nothing is done and ``OvertakenError`` tells how the match stands now. What an act replaces is
written down with it, so that it can be taken back by one more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from store.models import Decision, Match, Review, ReviewStatus


class OvertakenError(Exception):
    """Somebody acted on the match since it was seen."""


class NothingToUndoError(Exception):
    """The last act on the match is somebody else's, was taken back, or cannot be."""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to a match."""

    decision: Decision
    by: str
    at: datetime
    reason_code: str | None = None
    comment: str | None = None
    assignee: str | None = None
    """Of an assignment: to whom; None takes it from whoever has it."""
    until: datetime | None = None
    """Of a snooze: from when on it waits again."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act on several matches."""

    done: tuple[Match, ...]
    overtaken: tuple[Match, ...]
    """Left as they are: somebody else was quicker."""


Seen = Mapping[int, int]
"""Number of a match → the version that was seen."""

STATUS = {
    Decision.APPROVE: ReviewStatus.APPROVED,
    Decision.REJECT: ReviewStatus.REJECTED,
    Decision.REOPEN: ReviewStatus.PENDING,
    Decision.SNOOZE: ReviewStatus.SNOOZED,
}
"""Where an act leaves a match; the others leave it where it is."""


def append(match: Match, act: Act) -> Review:
    """Append ``act`` to the reviews of ``match``, whatever was seen of it, and let it take hold."""
    review = Review(
        at=act.at,
        by=act.by,
        decision=act.decision,
        reason_code=act.reason_code,
        comment=act.comment,
        assignee=act.assignee,
        until=act.until,
        replaced=_standing(match),
    )
    if act.decision in STATUS:
        match.review_status = STATUS[act.decision]
        match.snoozed_until = act.until
    if act.decision is Decision.ASSIGN:
        match.assignee = act.assignee
    return _appended(match, review)


def act_on_each(session: Session, seen: Seen, act: Act) -> Done:
    """Do ``act`` to every match that is as it was seen; a match that is gone is passed over."""
    return _each(session, seen, lambda match: append(match, act))


def undo_each(session: Session, seen: Seen, by: str, now: datetime) -> Done:
    """Take back the last act on each match, where it was ``by`` the same person."""
    return _each(session, seen, lambda match: undo(match, by, now))


def check_version(match: Match, seen: int) -> None:
    """Pass where ``match`` is as it was seen.

    Raises:
        OvertakenError: If somebody acted on it since.
    """
    if match.review_version != seen:
        raise OvertakenError(f"match {match.id} is at {match.review_version}, not at {seen}")


def undo(match: Match, by: str, now: datetime) -> Review:
    """Take back the last act on ``match``: it stands again as it stood before.

    Raises:
        NothingToUndoError: If that was no act of ``by`` that can be taken back.
    """
    last = last_act(match)
    if last is None or last.by != by or not last.replaced:
        raise NothingToUndoError(f"match {match.id} has no act to take back")
    before, replaced = last.replaced, _standing(match)
    match.review_status = ReviewStatus(before["status"])
    match.assignee = before["assignee"]
    until = before["snoozed_until"]
    match.snoozed_until = datetime.fromisoformat(until) if until else None
    taken_back = Review(at=now, by=by, decision=Decision.UNDO, undoes_id=last.id, replaced=replaced)
    return _appended(match, taken_back)


def last_act(match: Match) -> Review | None:
    """Return the newest review that can be taken back; None where the newest is an undo."""
    newest = match.reviews[-1] if match.reviews else None
    return None if newest is None or newest.decision is Decision.UNDO else newest


def _each(session: Session, seen: Seen, do: Callable[[Match], Review]) -> Done:
    done: list[Match] = []
    overtaken: list[Match] = []
    for match in _locked(session, seen):
        try:
            check_version(match, seen[match.id])
            do(match)
        except (OvertakenError, NothingToUndoError):
            overtaken.append(match)
        else:
            done.append(match)
    session.flush()
    return Done(tuple(done), tuple(overtaken))


def _locked(session: Session, seen: Seen) -> Sequence[Match]:
    """Return the matches, which nobody else can act on before this transaction ends."""
    query = (
        select(Match)
        .where(Match.id.in_(seen))
        .options(
            selectinload(Match.reviews),
            selectinload(Match.profile),
            selectinload(Match.opportunity),
        )
        .order_by(Match.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def _standing(match: Match) -> dict[str, str | None]:
    until = match.snoozed_until
    return {
        "status": match.review_status.value,
        "assignee": match.assignee,
        "snoozed_until": until.isoformat() if until else None,
    }


def _appended(match: Match, review: Review) -> Review:
    match.reviews.append(review)
    match.review_version = (match.review_version or 0) + 1
    return review
