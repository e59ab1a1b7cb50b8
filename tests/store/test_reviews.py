"""What advisers decide, and the trace it leaves."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from store.acts import Act, append
from store.matches import ScoredPair, keep_matches
from store.models import Decision, Match, Opportunity, Profile, ReviewPolicy, ReviewStatus
from store.reviews import UnknownMatchError, approve, approve_all, pending_matches, reject

AddOpportunity = Callable[[str], Opportunity]
AddProfile = Callable[..., Profile]


@pytest.fixture
def waiting(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> list[Match]:
    """Two matches of ``ships`` and one of ``grids``, best first within each."""
    first, second = add_opportunity("A"), add_opportunity("B")
    ships = add_profile(ReviewPolicy.REVIEW_ALL)
    grids = add_profile(ReviewPolicy.REVIEW_ALL, slug="grids")
    pairs = [
        ScoredPair(first.id, "v1", 0.7, 0.9, "good", ()),
        ScoredPair(second.id, "v1", 0.9, 1.0, "strong", ()),
    ]
    keep_matches(session, ships, pairs, now)
    keep_matches(session, grids, pairs[:1], now)
    return list(pending_matches(session, now))


def test_what_waits_comes_by_profile_and_best_first(waiting: list[Match]) -> None:
    assert [(m.profile.slug, m.score) for m in waiting] == [
        ("grids", 0.7),
        ("ships", 0.9),
        ("ships", 0.7),
    ]


def test_what_waits_can_be_asked_for_one_profile(
    session: Session, waiting: list[Match], now: datetime
) -> None:
    assert list(pending_matches(session, now, "grids")) == waiting[:1]


def test_a_decision_is_recorded_with_who_what_why_and_when(
    session: Session, waiting: list[Match], now: datetime
) -> None:
    match = reject(session, waiting[0].id, "kari", "off_topic", "cables only", now)
    assert match.review_status is ReviewStatus.REJECTED
    (review,) = match.reviews
    assert (review.by, review.decision, review.reason_code, review.comment, review.at) == (
        "kari",
        Decision.REJECT,
        "off_topic",
        "cables only",
        now,
    )


def test_deciding_the_same_twice_leaves_one_trace(
    session: Session, waiting: list[Match], now: datetime
) -> None:
    for _ in range(2):
        match = approve(session, waiting[0].id, "kari", None, now)
    assert [review.decision for review in match.reviews] == [Decision.APPROVE]


def test_a_decision_can_be_taken_back(
    session: Session, waiting: list[Match], now: datetime
) -> None:
    approve(session, waiting[0].id, "kari", None, now)
    match = reject(session, waiting[0].id, "ola", None, None, now)
    assert match.review_status is ReviewStatus.REJECTED
    assert [review.by for review in match.reviews] == ["kari", "ola"]


def test_an_unknown_match_is_told_by_its_number(session: Session, now: datetime) -> None:
    with pytest.raises(UnknownMatchError, match="unknown match 404"):
        approve(session, 404, "kari", None, now)


def test_all_that_waits_is_approved_at_once(
    session: Session, waiting: list[Match], now: datetime
) -> None:
    assert approve_all(session, "kari", now, "ships") == 2
    assert list(pending_matches(session, now)) == waiting[:1]
    assert approve_all(session, "kari", now) == 1
    assert approve_all(session, "kari", now) == 0


def test_what_was_put_off_waits_again_from_that_moment_on(
    session: Session, waiting: list[Match], now: datetime
) -> None:
    until = now + timedelta(days=7)
    append(waiting[0], Act(Decision.SNOOZE, "kari", now, until=until))
    session.flush()
    assert waiting[0] not in pending_matches(session, until - timedelta(seconds=1))
    assert waiting[0] in pending_matches(session, until)
    assert approve_all(session, "kari", until) == 3
