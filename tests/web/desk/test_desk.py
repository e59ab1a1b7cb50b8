"""The adviser's desk, as a person without scripts uses it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from matcher.feedback import WEIGHT_OF_REASON
from store.acts import Act, append
from store.matches import CHANGED, POLICY
from store.models import ChangeKind, Decision, Match, ReviewPolicy, ReviewStatus
from tests.notifier.conftest import World
from tests.web.browser import Browser, check_page
from tests.web.desk.conftest import anew
from web.desk_words import ACTS, DONE, NOTHING, ORDERS, POLICIES, REASONS, STATES, STATUSES

KARI = "kari@example.org"


def test_the_desk_is_for_who_is_signed_in(desk: Browser) -> None:
    assert desk.open("/desk").status_code == 200
    desk.client.cookies.clear()
    assert desk.client.get("/desk", follow_redirects=False).status_code != 200


@pytest.mark.parametrize(
    "path", ["", "/matches/{id}", "/unmatched", "/policies", "/policies/{slug}", "/audit"]
)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_page_has_labels_and_headings_and_changes_nothing(
    desk: Browser, session: Session, match: Match, path: str, language: str
) -> None:
    address = path.format(id=match.id, slug=match.profile.slug)
    assert desk.open(f"/desk{address}?language={language}").status_code == 200
    check_page(desk)
    assert anew(session, match).review_version == 0


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/desk", "Nothing waits"),
        ("/desk?state=rejected", "Nothing is rejected."),
        ("/desk/unmatched", "Nothing"),
        ("/desk/policies", "There are no groups yet"),
        ("/desk/audit", "Nobody has acted on a match or changed a profile yet."),
    ],
)
def test_an_empty_desk_says_what_it_is_empty_of(desk: Browser, path: str, says: str) -> None:
    answer = desk.open(path)
    assert answer.status_code == 200
    assert says in answer.text
    check_page(desk)


def test_a_card_says_why_it_is_there_on_both_sides(desk: Browser, match: Match) -> None:
    text = desk.open("/desk").text
    assert "Robots at sea" in text
    assert match.profile.name in text
    assert "<mark>" in text


def test_one_press_approves_and_one_more_takes_it_back(
    desk: Browser, session: Session, match: Match
) -> None:
    desk.open("/desk")
    desk.press("/act", **{"one-approve": f"{match.id}.0"})
    assert "1 match approved." in desk.answer.text
    assert "Nothing waits" in desk.answer.text
    assert anew(session, match).review_status is ReviewStatus.APPROVED
    desk.press("/undo")
    assert "Taken back: 1 match stands as before." in desk.answer.text
    assert anew(session, match).review_status is ReviewStatus.PENDING
    assert [r.by for r in anew(session, match).reviews] == [LOCAL.address, LOCAL.address]


def test_the_language_that_was_chosen_survives_an_act(desk: Browser, match: Match) -> None:
    desk.open("/desk?state=waiting")
    desk.press("/language", language="nb")
    assert desk.at.endswith("/desk?state=waiting")
    desk.press("/act", **{"one-approve": f"{match.id}.0"})
    assert '<html lang="nb">' in desk.answer.text


def test_a_rejection_names_its_reason(desk: Browser, session: Session, match: Match) -> None:
    desk.open("/desk")
    desk.press("/act", **{"one-reject": f"{match.id}.0:off-topic"})
    assert anew(session, match).reviews[0].reason_code == "off-topic"


def test_all_that_is_ticked_is_put_off_at_once(
    desk: Browser, session: Session, world: World, match: Match
) -> None:
    other = world.match(match.profile, world.opportunity(), review_status=ReviewStatus.PENDING)
    desk.open("/desk")
    ticked = [f"{match.id}.0", f"{other.id}.0"]
    desk.press("/act", match=ticked, act="snooze", until="2026-06-01")
    assert "2 matches put off." in desk.answer.text
    assert {anew(session, m).review_status for m in (match, other)} == {ReviewStatus.SNOOZED}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"act": "approve"}, "Tick at least one match."),
        ({"act": "comment", "match": "{seen}"}, "Write a comment"),
        ({"act": "snooze", "match": "{seen}", "until": "2026-05-01"}, "Enter a day after today"),
        ({"act": "assign", "match": "{seen}", "assignee": "x@example.org"}, "Choose one of"),
        ({"act": "publish", "match": "{seen}"}, "Press one of the buttons."),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_done(
    desk: Browser, session: Session, match: Match, fields: dict[str, str], problem: str
) -> None:
    desk.open("/desk")
    filled = {name: value.format(seen=f"{match.id}.0") for name, value in fields.items()}
    answer = desk.press("/act", **filled)
    assert answer.status_code == 422
    assert problem in answer.text
    assert anew(session, match).review_version == 0


def test_what_was_reopened_shows_before_and_after(
    desk: Browser, session: Session, world: World, match: Match, now: datetime
) -> None:
    append(match, Act(Decision.APPROVE, KARI, now - timedelta(days=9)))
    world.change(
        match.opportunity,
        ChangeKind.DEADLINE_EARLIER,
        before="2026-09-22",
        after="2026-09-15",
        detected_at=now - timedelta(days=1),
    )
    append(match, Act(Decision.REOPEN, "policy", now))
    session.commit()
    text = desk.open("/desk?state=reopened").text
    assert "<del>22 September 2026</del>" in text
    assert "<ins>15 September 2026</ins>" in text


def test_what_the_machine_said_is_in_the_language_of_the_page(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    match.against = [{"kind": "budget", "text": "how much a project gets is unknown"}]
    append(match, Act(Decision.REOPEN, POLICY, now, comment=CHANGED))
    append(match, Act(Decision.COMMENT, KARI, now, comment="approved"))
    session.commit()
    text = desk.open(f"/desk/matches/{match.id}?language=nb").text
    assert "hvor mye et prosjekt får, er ukjent" in text
    assert "<strong>regelen</strong> åpnet igjen" in text
    assert "innholdet i utlysningen er endret siden den ble godkjent" in text
    assert "<br>approved</li>" in text, "what people write is theirs"


@pytest.mark.parametrize("act", ["desk/act", "desk/undo", "desk/unmatched/x", "desk/policies/x"])
def test_a_form_of_no_page_of_ours_does_nothing(
    desk: Browser, session: Session, match: Match, act: str
) -> None:
    seen = f"{match.id}.0"
    answer = desk.send(f"/{act}", [("match", seen), ("act", "approve"), ("form", "forged")])
    assert answer.status_code in {403, 404}
    assert anew(session, match).review_version == 0


def test_a_policy_is_changed_and_its_picture_has_a_table(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    append(match, Act(Decision.APPROVE, KARI, now))
    session.commit()
    slug = match.profile.slug
    text = desk.open(f"/desk/policies/{slug}?threshold=80").text
    assert "At 80 %, 1 match would have gone out by itself. Of these, advisers approved 1" in text
    assert '<rect class="approved"' in text
    where, fields = f"/desk/policies/{slug}", desk.page.forms[0].fields
    kept = [(name, value) for name, value in fields if name == "form"]
    desk.send(where, [*kept, ("policy", "auto_above"), ("threshold", "97,5")])
    assert "The policy is saved." in desk.answer.text
    profile = anew(session, match).profile
    assert (profile.review_policy, profile.review_threshold) == (ReviewPolicy.AUTO_ABOVE, 0.975)
    assert (
        desk.send(where, [*kept, ("policy", "auto_above"), ("threshold", "x")]).status_code == 422
    )


def test_the_log_is_searched_and_exported_without_formulas(
    desk: Browser, session: Session, match: Match, now: datetime
) -> None:
    append(match, Act(Decision.COMMENT, KARI, now, comment="=HYPERLINK(1)"))
    session.commit()
    assert KARI in desk.open("/desk/audit?words=robots+hyperlink").text
    assert "No act fits this search." in desk.open("/desk/audit?words=submarines").text
    table = desk.client.get("/desk/audit.csv?words=robots").text
    assert ",'=HYPERLINK(1)," in table


def test_the_words_of_the_desk_are_complete() -> None:
    assert set(ACTS) == set(DONE) == set(Decision)
    assert set(STATUSES) == set(ReviewStatus)
    assert set(POLICIES) == set(ReviewPolicy)
    assert set(NOTHING) == set(STATES)
    assert len(ORDERS) == 3


def test_feedback_knows_every_reason_of_the_desk() -> None:
    assert set(REASONS) <= set(WEIGHT_OF_REASON)
