"""Two advisers at one desk: who is second is told so, and nothing they wrote is lost."""

from datetime import datetime

from sqlalchemy.orm import Session

from store.acts import Act, append
from store.models import Decision, Match, ReviewStatus
from tests.web.browser import Browser, check_page
from tests.web.desk.conftest import anew

QUICKER = "quicker.adviser@example.org"


def test_who_is_second_is_told_what_the_first_one_did(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    desk.open("/desk")
    append(match, Act(Decision.REJECT, QUICKER, now, reason_code="off-topic"))
    session.commit()
    text = desk.press("/act", **{"one-approve": f"{match.id}.0"}).text
    assert "1 match was left as it is: somebody acted on it since you looked." in text
    assert f"now rejected; {QUICKER}, rejected" in text
    assert anew(session, match).review_status is ReviewStatus.REJECTED


def test_who_is_second_finds_their_comment_in_the_form_again(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    desk.open(f"/desk/matches/{match.id}")
    append(match, Act(Decision.REJECT, QUICKER, now, reason_code="off-topic"))
    session.commit()
    answer = desk.press("/act", act="approve", comment="The group wants to lead it")
    assert answer.status_code == 409
    assert f"now rejected; {QUICKER}, rejected" in answer.text
    assert "your comment was not kept there" in answer.text
    check_page(desk)
    desk.press("/act", act="comment")
    assert anew(session, match).reviews[-1].comment == "The group wants to lead it"


def test_who_is_second_in_the_queue_still_reads_what_they_wrote(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    desk.open("/desk")
    append(match, Act(Decision.REJECT, QUICKER, now, reason_code="off-topic"))
    session.commit()
    desk.press("/act", match=f"{match.id}.0", act="approve", comment="The group wants to lead it")
    assert "<q>The group wants to lead it</q>" in desk.answer.text
    check_page(desk)
