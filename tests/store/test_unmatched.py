"""What an adviser matches by hand: it says so, and is decided anew when it changes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from store.acts import Act
from store.matches import BY_HAND, Reason, ScoredPair, keep_matches
from store.models import Decision, Match, Opportunity, Profile, ReviewPolicy, ReviewStatus
from store.unmatched import AlreadyMatchedError, match_by_hand
from tests.store.conftest import AddOpportunity, AddProfile

KARI = "kari@example.org"
FOUND = Reason("Lighter ships.", "Scope", "description", ("ships",), 0.5)


@pytest.fixture
def profile(add_profile: AddProfile) -> Profile:
    return add_profile(ReviewPolicy.REVIEW_ALL)


@pytest.fixture
def topic(add_opportunity: AddOpportunity) -> Opportunity:
    return add_opportunity("A")


def chosen(session: Session, profile: Profile, topic: Opportunity, now: datetime) -> Match:
    act = Act(Decision.APPROVE, KARI, now, comment="They asked for it.")
    return match_by_hand(session, profile, topic, act)


def passages(match: Match) -> list[str]:
    return [kept["passage"] for kept in match.reasons]


def test_what_an_adviser_chose_says_so_with_their_words(
    session: Session, profile: Profile, topic: Opportunity, now: datetime
) -> None:
    match = chosen(session, profile, topic, now)
    assert (match.band, match.review_status) == (BY_HAND, ReviewStatus.APPROVED)
    assert passages(match) == ["An adviser chose this for you: They asked for it."]
    with pytest.raises(AlreadyMatchedError):
        chosen(session, profile, topic, now)


def test_what_the_matcher_finds_later_stands_beside_the_words_of_the_adviser(
    session: Session, profile: Profile, topic: Opportunity, now: datetime
) -> None:
    match = chosen(session, profile, topic, now)
    pair = ScoredPair(topic.id, "v1", 0.9, 0.99, "strong", (FOUND,))
    for days in (1, 2):
        keep_matches(session, profile, [pair], now + timedelta(days=days))
    assert match.band == "strong"
    assert passages(match) == ["An adviser chose this for you: They asked for it.", FOUND.passage]


def test_what_an_adviser_chose_waits_again_once_it_changes_and_only_then(
    session: Session, profile: Profile, topic: Opportunity, now: datetime
) -> None:
    match = chosen(session, profile, topic, now)
    assert keep_matches(session, profile, [], now).reopened == ()
    topic.content_hash = "v2"
    session.flush()
    assert keep_matches(session, profile, [], now).reopened == (topic.id,)
    assert (match.current, match.review_status) == (True, ReviewStatus.PENDING)
    assert keep_matches(session, profile, [], now).reopened == ()
