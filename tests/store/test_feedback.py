"""What people said, and what it keeps from readers."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from store.feedback import UnknownReaderError, everything_said, keep_feedback, reader_id
from store.matches import ScoredPair, keep_matches
from store.models import (
    Cadence,
    Decision,
    Feedback,
    Match,
    Opportunity,
    Profile,
    ReviewPolicy,
    Verdict,
)
from store.readings import approved_matches
from store.reviews import UnknownMatchError, pending_matches, reject
from store.subscribers import Signup, subscribe

AddOpportunity = Callable[[str], Opportunity]
AddProfile = Callable[..., Profile]
PAIR = {"score": 0.7, "percentile": 0.9, "band": "good", "reasons": (), "content_hash": "v1"}


@pytest.fixture
def reader(session: Session, match: Match, now: datetime) -> int:
    """Number of a person who follows the profile."""
    signup = Signup("kari@example.org", match.profile.slug, Cadence.WEEKLY, "en", "UTC", "operator")
    return subscribe(session, signup, now).subscriber_id


@pytest.fixture
def match(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> Match:
    """A match that the policy approved."""
    profile = add_profile(ReviewPolicy.AUTO)
    pair = ScoredPair(add_opportunity("A").id, features={"meaning": 1.5}, **PAIR)  # type: ignore[arg-type] # a table of fields
    keep_matches(session, profile, [pair], now)
    return session.query(Match).one()


def say(session: Session, match: Match, verdict: Verdict, now: datetime, by: int | None) -> None:
    said = Feedback(match_id=match.id, subscriber_id=by, at=now, verdict=verdict, reason=None)
    keep_feedback(session, said)


def test_a_policys_decision_is_nobodys_word(session: Session, match: Match) -> None:
    assert [review.by for review in match.reviews] == ["policy"]
    assert everything_said(session) == []


def test_words_come_with_who_what_and_features_oldest_first(
    session: Session, match: Match, reader: int, now: datetime
) -> None:
    reject(session, match.id, "Ola", "off-topic", None, now + timedelta(hours=1))
    say(session, match, Verdict.USEFUL, now, reader)
    first, second = everything_said(session)
    assert (first.word, first.by, first.features) == (
        Verdict.USEFUL, f"reader {reader}", {"meaning": 1.5},
    )  # fmt: skip
    assert (second.word, second.by, second.reason) == (Decision.REJECT, "adviser Ola", "off-topic")
    assert (second.profile, second.department) == ("ships", match.profile.department)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ("", True),
        ("useful", True),
        ("not_for_us", False),
        ("useful not_for_us", False),
        ("not_for_us useful", True),
        ("dismissed", True),  # from that reader alone; the digest asks the ledger
    ],
)
def test_what_is_not_for_the_group_is_kept_from_its_readers_until_called_useful(
    session: Session, reader: int, now: datetime, *, verdicts: str, told: bool
) -> None:
    match = session.query(Match).one()
    for verdict in verdicts.split():
        say(session, match, Verdict(verdict), now, reader)
    assert (approved_matches(session, reader, [Cadence.WEEKLY]) == [match]) is told


def test_what_an_adviser_dismissed_is_kept_from_every_reader(
    session: Session, match: Match, reader: int, now: datetime
) -> None:
    say(session, match, Verdict.DISMISSED, now, None)
    assert approved_matches(session, reader, [Cadence.WEEKLY]) == []


def test_matching_again_brings_back_neither_a_no_nor_a_rejection(
    session: Session, match: Match, reader: int, now: datetime
) -> None:
    say(session, match, Verdict.NOT_FOR_US, now, reader)
    again = ScoredPair(match.opportunity_id, **(PAIR | {"score": 0.99}))  # type: ignore[arg-type] # a table of fields
    keep_matches(session, match.profile, [again], now)
    assert approved_matches(session, reader, [Cadence.WEEKLY]) == []
    reject(session, match.id, "Ola", None, None, now)
    keep_matches(session, match.profile, [again], now)
    assert pending_matches(session, now) == []


def test_a_word_on_an_unknown_match_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(UnknownMatchError, match="unknown match 404"):
        keep_feedback(session, Feedback(match_id=404, at=now, verdict=Verdict.USEFUL))


def test_a_reader_nobody_knows_is_named(session: Session, reader: int) -> None:
    assert reader_id(session, "kari@example.org") == reader
    with pytest.raises(UnknownReaderError, match=r"ola@example\.org"):
        reader_id(session, "ola@example.org")
