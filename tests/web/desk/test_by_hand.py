"""Topics that nobody was matched to, given to a group by somebody who knows better."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import Match, Opportunity, ReviewStatus
from tests.notifier.conftest import World
from tests.web.browser import Browser, check_page


@pytest.fixture
def topic(world: World, session: Session) -> Opportunity:
    made = world.opportunity("Left over")
    session.commit()
    return made


def address(topic: Opportunity) -> str:
    return f"/desk/unmatched/{topic.reference}"


def test_a_topic_nobody_was_matched_to_is_given_to_a_group(
    desk: Browser, session: Session, match: Match, topic: Opportunity
) -> None:
    assert address(topic) in desk.open("/desk/unmatched").text
    assert "Robots at sea" not in desk.answer.text
    desk.open(address(topic))
    check_page(desk)
    desk.press(address(topic), profile=match.profile.slug, comment="They asked for it.")
    assert "1 match approved." in desk.answer.text
    assert "They asked for it." in desk.answer.text
    made = session.scalars(select(Match).where(Match.opportunity_id == topic.id)).one()
    assert (made.review_status, made.by_hand, made.band) == (
        ReviewStatus.APPROVED,
        True,
        "by hand",
    )


def test_the_list_holds_no_choice_of_groups(
    desk: Browser, match: Match, topic: Opportunity
) -> None:
    assert topic.title in desk.open("/desk/unmatched").text
    assert match.profile.name not in desk.answer.text


@pytest.mark.parametrize(
    ("group", "problem"),
    [("", "Choose a group."), ("unheard-of", "Choose a group."), ("{slug}", "in its queue")],
)
def test_what_cannot_be_matched_is_told_and_the_reason_is_kept_in_the_form(
    desk: Browser, session: Session, match: Match, group: str, problem: str
) -> None:
    desk.open(address(match.opportunity))
    group = group.format(slug=match.profile.slug)
    answer = desk.press(address(match.opportunity), profile=group, comment="They asked for it.")
    assert answer.status_code == 422
    assert problem in answer.text
    assert ("comment", "They asked for it.") in desk.page.forms[0].fields
    check_page(desk)
    assert len(session.scalars(select(Match)).all()) == 1


def test_a_topic_that_is_not_there_is_a_page_that_is_not_there(desk: Browser) -> None:
    assert desk.open("/desk/unmatched/unheard-of").status_code == 404
