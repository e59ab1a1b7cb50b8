"""callwatch feedback, and what a rejection proposes."""

import pytest
from sqlalchemy.orm import Session

from store.models import Feedback, Match, Verdict
from tests.jobs.conftest import AT, Callwatch

pytestmark = pytest.mark.usefixtures("matched")


@pytest.fixture
def match(rows: Session) -> Match:
    found = rows.query(Match).order_by(Match.id).first()
    assert found is not None
    return found


@pytest.mark.parametrize("word", ["useful", "not-for-us", "dismissed"])
def test_a_word_is_kept_with_its_reason(
    callwatch: Callwatch, rows: Session, match: Match, word: str
) -> None:
    found = callwatch("feedback", str(match.id), word, "--reason", "off-topic", *AT)
    assert (found.status, found.err) == (0, "")
    kept = rows.query(Feedback).one()
    assert (kept.match_id, kept.subscriber_id, kept.reason) == (match.id, None, "off-topic")
    assert kept.verdict is Verdict(word.replace("-", "_"))


def test_a_reader_is_named_by_address(callwatch: Callwatch, rows: Session, match: Match) -> None:
    address = "kari@example.org"
    callwatch("subscribe", address, "--profile", match.profile.slug, "--confirmed", *AT)
    callwatch("feedback", str(match.id), "dismissed", "--reader", address, *AT)
    assert rows.query(Feedback).one().subscriber_id is not None
    found = callwatch("feedback", str(match.id), "useful", "--reader", "ola@example.org", *AT)
    assert found.status == 1
    assert "ola@example.org" in found.complaint


@pytest.mark.parametrize(
    "command",
    [("feedback", "{}", "not-for-us"), ("review", "reject", "{}")],
    ids=["feedback", "review"],
)
def test_an_excluded_topic_proposes_the_line_to_write(
    callwatch: Callwatch, match: Match, command: tuple[str, ...]
) -> None:
    reason = ("--reason", "excluded topic: krill, antarctic")
    arguments = [part.format(match.id) for part in command]
    out = callwatch(*arguments, *reason, *AT).out
    assert f"write in {match.profile.slug}.yaml" in out
    assert out.splitlines()[-1].startswith("excluded_keywords: [")
    assert "'krill, antarctic'" in out


def test_a_keyword_that_is_excluded_already_is_not_proposed(
    callwatch: Callwatch, rows: Session, match: Match
) -> None:
    match.profile.excluded_keywords = ["Krill"]
    rows.commit()
    reason = ("--reason", "excluded topic: krill")
    assert "krill" not in callwatch("feedback", str(match.id), "not-for-us", *reason, *AT).out


def test_a_word_that_is_none_is_refused(callwatch: Callwatch, match: Match) -> None:
    found = callwatch("feedback", str(match.id), "splendid", *AT)
    assert found.status == 2
    assert "not-for-us" in found.err


def test_a_match_nobody_knows_is_one_line(callwatch: Callwatch, rows: Session) -> None:
    found = callwatch("feedback", "99999", "useful", *AT)
    assert found.status == 1
    assert found.complaint == "callwatch: unknown match 99999; see: callwatch review list"
    assert rows.query(Feedback).count() == 0
