"""What readers say of calls: from a mail, from their own pages, and signed in."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from config.settings import Settings
from jobs.library import Library
from matcher.eligibility import judge_of
from matcher.feedback import WEIGHT_OF_REASON, excluded_words, judgements
from notifier.outbox import compose_due
from store.feedback import everything_said
from store.models import (
    Cadence,
    Feedback,
    Match,
    Message,
    Profile,
    Subscriber,
    Subscription,
    Verdict,
)
from store.readings import approved_matches
from store.sign_ins import sign_in
from store.tokens import manage_token, withdraw_links
from tests.notifier.conftest import World
from tests.web.browser import Browser, check_page
from tests.web.conftest import contents
from web.app import create_app
from web.cookies import PLAIN
from web.desk_words import REASONS
from web.feedback_words import SAYABLE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture
def match(session: Session, profile: Profile) -> Match:
    return session.scalars(select(Match).where(Match.profile_id == profile.id)).one()


@pytest.fixture
def link(key: str, reader: Subscriber, now: datetime) -> str:
    return f"/manage/{manage_token(key, reader, now)}"


@pytest.fixture
def page(browser: Browser, link: str, match: Match) -> Browser:
    assert browser.open(f"{link}/words/{match.opportunity_id}").status_code == 200
    return browser


def words(session: Session) -> list[tuple[Verdict, str | None]]:
    session.rollback()
    query = select(Feedback.verdict, Feedback.reason).order_by(Feedback.id)
    return [(verdict, reason) for verdict, reason in session.execute(query)]


def test_every_verdict_can_be_said_and_every_reason_is_one_the_matcher_knows() -> None:
    assert set(SAYABLE) == set(Verdict)
    assert set(REASONS) <= set(WEIGHT_OF_REASON)


@pytest.mark.usefixtures("reader")
def test_each_item_of_a_digest_leads_to_its_page_in_both_parts(
    engine: Engine, public: Settings, match: Match, now: datetime
) -> None:
    compose_due(engine, public, now)
    with Session(engine) as session:
        body = session.scalars(select(Message)).one().body.replace(b"=\r\n", b"").decode()
    for word in Verdict:
        assert f"/words/{match.opportunity_id}?say=3D{word.value}" in body
    assert f"/words/{match.opportunity_id}\r\n" in body


@pytest.mark.parametrize("said", ["", "useful", "not_for_us", "dismissed", "nonsense"])
def test_opening_a_link_says_nothing(
    browser: Browser, engine: Engine, link: str, match: Match, said: str
) -> None:
    before = contents(engine)
    assert browser.open(f"{link}/words/{match.opportunity_id}?say={said}").status_code == 200
    assert browser.client.head(f"{link}/words/{match.opportunity_id}?say={said}").is_success
    assert contents(engine) == before
    check_page(browser)


def test_what_was_asked_for_stands_first(browser: Browser, link: str, match: Match) -> None:
    text = browser.open(f"{link}/words/{match.opportunity_id}?say=dismissed").text
    assert text.index("Do not show it to me again") < text.index("Say that it is useful")


def test_a_useful_call_is_followed_and_learned_from(
    page: Browser, session: Session, profile: Profile
) -> None:
    answer = page.press("", verdict="useful")
    assert "You called it useful." in answer.text
    assert f"The matching learns that it fits {profile.name}." in answer.text
    assert words(session) == [(Verdict.USEFUL, None)]
    assert [one.fits for one in judgements(everything_said(session))] == [True]


def test_what_is_not_for_a_group_is_kept_from_its_readers_with_the_reason(
    page: Browser, session: Session, world: World, profile: Profile
) -> None:
    other = world.subscriber(profile)
    page.press("", verdict="not_for_us", reason="no-capacity")
    assert words(session) == [(Verdict.NOT_FOR_US, "no-capacity")]
    assert approved_matches(session, other.id, tuple(Cadence)) == []
    assert judgements(everything_said(session)) == ()


def test_a_subject_to_leave_out_is_a_reason_the_matcher_understands(
    page: Browser, session: Session
) -> None:
    page.press("", verdict="not_for_us", leave_out="fish vaccine")
    ((_, reason),) = words(session)
    assert excluded_words(reason) == "fish vaccine"
    assert [one.weight for one in judgements(everything_said(session))] == [1.0]


def test_a_dismissed_call_leaves_that_readers_mails_alone(
    page: Browser, *, session: Session, public: Settings, world: World, profile: Profile,
    now: datetime,
) -> None:  # fmt: skip
    other = world.subscriber(profile)
    page.press("", verdict="dismissed")
    compose_due(world.engine, public, now)
    session.rollback()
    assert [m.subscriber_id for m in session.scalars(select(Message))] == [other.id]
    assert judgements(everything_said(session)) == ()


def test_a_word_takes_the_place_of_the_one_before_and_can_be_taken_back(
    page: Browser, session: Session
) -> None:
    page.press("", verdict="dismissed")
    page.press("", verdict="useful")
    assert words(session) == [(Verdict.USEFUL, None)]
    answer = page.press("", verdict="take_back")
    assert "Taken back" in answer.text
    assert words(session) == []


def test_who_follows_several_groups_says_for_which_it_is_nothing(
    browser: Browser, *, session: Session, world: World, link: str, match: Match,
    reader: Subscriber, now: datetime,
) -> None:  # fmt: skip
    other = world.profile("Deep Sea Law")
    world.match(other, match.opportunity)
    reader.subscriptions.append(
        Subscription(profile=other, cadence=Cadence.WEEKLY, scheduled_at=now, created_at=now)
    )
    session.commit()
    page = f"{link}/words/{match.opportunity_id}"
    assert "For which groups" in browser.open(page).text
    check_page(browser)
    _, fields = browser.form("")
    token = dict(fields)["form"]
    said = [("form", token), ("verdict", "not_for_us"), ("reason", "")]
    assert browser.send(page, said).status_code == 422
    assert "Tick at least one group." in browser.answer.text
    browser.send(page, [*said, ("profile", other.slug)])
    session.rollback()
    assert [f.match_id for f in session.scalars(select(Feedback))] != [match.id]
    assert len(words(session)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("verdict", "great"), ("reason", "because"), ("leave_out", "x" * 101), ("verdict", "")],
)
def test_a_field_that_cannot_be_used_is_told_and_nothing_is_kept(
    page: Browser, session: Session, field: str, value: str
) -> None:
    choices = {"verdict": "not_for_us", "reason": ""} | {field: value}
    assert page.press("", **choices).status_code == 422
    assert "There is a problem" in page.answer.text
    assert words(session) == []


def test_a_call_that_waits_for_an_adviser_is_nobodys_to_judge(
    browser: Browser, world: World, link: str, profile: Profile
) -> None:
    waiting = world.match(profile, world.opportunity("Waiting"), review_status="pending")
    foreign = world.match(world.profile("Others"), world.opportunity("Foreign"))
    for one in (waiting, foreign):
        assert browser.open(f"{link}/words/{one.opportunity_id}").status_code == 404


def test_a_link_that_was_made_void_opens_nothing(
    browser: Browser, session: Session, link: str, match: Match, reader: Subscriber
) -> None:
    withdraw_links(reader)
    session.commit()
    assert browser.open(f"{link}/words/{match.opportunity_id}").status_code == 404


def test_a_form_without_its_token_is_refused(page: Browser, session: Session) -> None:
    assert page.send(page.at, [("verdict", "useful")]).status_code == 403
    assert words(session) == []


def test_own_pages_list_what_is_open_and_what_was_said(
    browser: Browser, link: str, match: Match, session: Session
) -> None:
    address = f"{link}/words/{match.opportunity_id}"
    assert address in browser.open(f"{link}/everything").text
    assert "You have said nothing yet." in browser.open(f"{link}/words").text
    browser.open(address)
    browser.press("", verdict="dismissed")
    text = browser.open(f"{link}/words").text
    check_page(browser)
    assert match.opportunity.title in text
    assert "Do not show it again" in text
    assert len(words(session)) == 1


def test_who_is_signed_in_speaks_from_the_page_of_the_call(
    engine: Engine, *, settings: Settings, session: Session, world: World, key: str, now: datetime
) -> None:
    assert key
    profile = world.profile()
    match = world.match(profile, world.opportunity())
    person = world.subscriber(profile, address=LOCAL.address)
    library = Library(judge_of(settings.configuration), None)
    client = TestClient(create_app(settings, engine, lambda: now, library=library))
    reference = match.opportunity.reference
    address = f"/opportunities/{reference}/words"
    assert client.get(address, follow_redirects=False).status_code == 303
    client.cookies.set(PLAIN, sign_in(session, person.id, now))
    session.commit()
    browser = Browser(client)
    assert address in browser.open(f"/opportunities/{reference}").text
    browser.open(address)
    browser.press("words", verdict="useful")
    assert words(session) == [(Verdict.USEFUL, None)]
