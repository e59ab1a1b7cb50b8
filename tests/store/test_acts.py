"""Acts on matches: none is done unseen, and each can be taken back by who did it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.acts import Act, act_on_each, append, undo_each
from store.db import in_transaction
from store.feedback import everything_said
from store.matches import ScoredPair, keep_matches
from store.models import Decision, Match, Review, ReviewPolicy, ReviewStatus
from store.reviews import pending_matches
from tests.store.conftest import AddOpportunity, AddProfile

KARI, OLA = "kari@example.org", "ola@example.org"


@pytest.fixture
def match(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> Match:
    profile = add_profile(ReviewPolicy.REVIEW_ALL)
    pair = ScoredPair(add_opportunity("A").id, "v1", 0.9, 0.99, "strong", ())
    keep_matches(session, profile, [pair], now)
    return pending_matches(session, now)[0]


def stands(match: Match) -> tuple[ReviewStatus, str | None, datetime | None, int]:
    return match.review_status, match.assignee, match.snoozed_until, match.review_version


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        (Decision.APPROVE, ReviewStatus.APPROVED),
        (Decision.REJECT, ReviewStatus.REJECTED),
        (Decision.SNOOZE, ReviewStatus.SNOOZED),
        (Decision.COMMENT, ReviewStatus.PENDING),
        (Decision.ASSIGN, ReviewStatus.PENDING),
        (Decision.REOPEN, ReviewStatus.PENDING),
    ],
)
def test_an_act_takes_hold_and_is_counted(
    session: Session, match: Match, now: datetime, decision: Decision, status: ReviewStatus
) -> None:
    done = act_on_each(session, {match.id: 0}, Act(decision, KARI, now))
    assert (done.done, done.overtaken) == ((match,), ())
    assert (match.review_status, match.review_version) == (status, 1)


def test_an_act_on_what_somebody_changed_meanwhile_is_not_done(
    session: Session, match: Match, now: datetime
) -> None:
    act_on_each(session, {match.id: 0}, Act(Decision.REJECT, KARI, now))
    done = act_on_each(session, {match.id: 0}, Act(Decision.APPROVE, OLA, now))
    assert (done.done, done.overtaken) == ((), (match,))
    assert match.review_status is ReviewStatus.REJECTED
    assert [review.by for review in match.reviews] == [KARI]


def test_a_match_that_is_gone_is_passed_over(session: Session, now: datetime) -> None:
    done = act_on_each(session, {404: 0}, Act(Decision.APPROVE, KARI, now))
    assert (done.done, done.overtaken) == ((), ())


@pytest.mark.parametrize(
    "act",
    [
        Act(Decision.APPROVE, KARI, datetime.fromisoformat("2026-05-20T06:00Z")),
        Act(Decision.ASSIGN, KARI, datetime.fromisoformat("2026-05-20T06:00Z"), assignee=OLA),
        Act(
            Decision.SNOOZE,
            KARI,
            datetime.fromisoformat("2026-05-20T06:00Z"),
            until=datetime.fromisoformat("2026-06-01T00:00Z"),
        ),
    ],
    ids=lambda act: str(act.decision),
)
def test_an_act_taken_back_leaves_the_match_as_it_was_and_both_in_the_log(
    session: Session, match: Match, now: datetime, act: Act
) -> None:
    before = stands(match)[:3]
    act_on_each(session, {match.id: 0}, act)
    assert stands(match)[:3] != before
    undone = undo_each(session, {match.id: 1}, KARI, now)
    assert undone.done == (match,)
    assert stands(match) == (*before, 2)
    session.expire_all()
    assert stands(match) == (*before, 2)
    assert [r.decision for r in match.reviews] == [act.decision, Decision.UNDO]
    assert match.reviews[1].undoes_id == match.reviews[0].id


@pytest.mark.parametrize(("by", "times"), [(OLA, 1), (KARI, 2)])
def test_nobody_takes_back_what_is_not_theirs_or_twice(
    session: Session, match: Match, now: datetime, by: str, times: int
) -> None:
    act_on_each(session, {match.id: 0}, Act(Decision.APPROVE, KARI, now))
    results = [undo_each(session, {match.id: match.review_version}, by, now) for _ in range(times)]
    assert results[-1].overtaken == (match,)


def test_what_nobody_wrote_down_cannot_be_taken_back(
    session: Session, match: Match, now: datetime
) -> None:
    match.reviews.append(Review(at=now, by=KARI, decision=Decision.APPROVE))
    session.flush()
    assert undo_each(session, {match.id: 0}, KARI, now).overtaken == (match,)


def test_what_was_taken_back_was_never_said(session: Session, match: Match, now: datetime) -> None:
    act_on_each(session, {match.id: 0}, Act(Decision.REJECT, KARI, now, reason_code="off-topic"))
    undo_each(session, {match.id: 1}, KARI, now)
    assert [said.word for said in everything_said(session)] == [Decision.UNDO]


def test_a_profile_goes_with_everything_that_was_done(
    session: Session, match: Match, now: datetime
) -> None:
    append(match, Act(Decision.APPROVE, KARI, now))
    session.flush()
    undo_each(session, {match.id: 1}, KARI, now + timedelta(minutes=1))
    session.delete(match.profile)
    session.flush()
    assert session.query(Review).count() == 0


def test_of_two_who_act_at_the_same_moment_exactly_one_does(
    session: Session, match: Match, any_engine: Engine, now: datetime
) -> None:
    session.commit()
    seen = {match.id: 0}
    together = Barrier(2)

    def decide(act: Act) -> int:
        together.wait()
        done = in_transaction(any_engine, lambda s: act_on_each(s, seen, act))
        return len(done.done)

    acts = [Act(Decision.APPROVE, KARI, now), Act(Decision.REJECT, OLA, now)]
    with ThreadPoolExecutor(2) as desks:
        done = list(desks.map(decide, acts))
    assert sorted(done) == [0, 1]
    session.expire_all()
    (review,) = match.reviews
    assert (review.by, match.review_version) == (acts[done.index(1)].by, 1)
