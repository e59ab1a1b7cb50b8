"""What people's words say of fit."""

from datetime import UTC, datetime, timedelta

import pytest

from matcher.feedback import BULK, FITS, excluded_words, judgements, weight_of
from store.feedback import Said, Word
from store.models import Decision, Verdict

AT = datetime(2026, 5, 20, tzinfo=UTC)


def said(word: Word, hour: int = 0, **fields: object) -> Said:
    values = {
        "profile": "ships", "department": "imt", "opportunity_id": 1, "features": {"meaning": 1.0},
        "by": "adviser Kari", "at": AT + timedelta(hours=hour), "reason": None,
    }  # fmt: skip
    return Said(**(values | {"word": word} | fields))  # type: ignore[arg-type] # a row of a test


def test_the_newest_word_on_a_pair_counts() -> None:
    words = [said(Decision.APPROVE), said(Verdict.NOT_FOR_US, 1, by="reader 7")]
    (judged,) = judgements(words)
    assert not judged.fits


@pytest.mark.parametrize("later", [said(Verdict.DISMISSED, 1), said(Decision.REOPEN, 1)])
def test_a_word_that_says_nothing_of_fit_leaves_the_one_before_it(later: Said) -> None:
    (judged,) = judgements([said(Verdict.USEFUL), later])
    assert judged.fits


@pytest.mark.parametrize(
    ("reason", "weight"),
    [
        ("off-topic", 1.0),
        ("Off topic", 1.0),
        ("off_topic", 1.0),
        ("excluded topic: fish vaccine", 1.0),
        ("deadline too short", 0.0),
        ("already-applied", 0.0),
        ("not-eligible", 0.0),
        ("a feeling", 0.5),
        (None, 0.5),
    ],
)
def test_a_no_counts_by_its_reason(reason: str | None, weight: float) -> None:
    assert weight_of(Decision.REJECT, reason) == weight_of(Verdict.NOT_FOR_US, reason) == weight


def test_a_yes_counts_in_full() -> None:
    assert weight_of(Verdict.USEFUL, None) == weight_of(Decision.APPROVE, "fits well") == 1.0


def test_each_verdict_and_decision_is_decided_upon() -> None:
    silent = {
        Decision.REOPEN,
        Decision.COMMENT,
        Decision.ASSIGN,
        Decision.SNOOZE,
        Decision.UNDO,
        Verdict.DISMISSED,
    }
    assert {*FITS, *silent} == {*Decision, *Verdict}


@pytest.mark.parametrize(("matches", "counted"), [(BULK, BULK), (BULK + 1, 0)])
def test_who_decides_a_whole_list_at_once_has_not_judged_each(matches: int, counted: int) -> None:
    words = [said(Decision.APPROVE, opportunity_id=number) for number in range(matches)]
    assert len(judgements(words)) == counted


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("excluded topic: fish  vaccine ", "fish vaccine"),
        ("Excluded_Topic:krill", "krill"),
        ("excluded topic", None),
        ("excluded topic: ", None),
        ("off-topic: fish vaccine", None),
        (None, None),
    ],
)
def test_only_an_excluded_topic_proposes_words(reason: str | None, words: str | None) -> None:
    assert excluded_words(reason) == words
