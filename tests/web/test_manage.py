"""What a person changes on the page behind the link in each of their mails."""

import re
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.channels import open_channel
from notifier.outbox import compose_due
from notifier.send import deliver
from store.filters import Filters
from store.models import Cadence, Profile, Subscriber, SubscriberState
from store.tokens import (
    calendar_token,
    feed_token,
    manage_token,
    read_settings_token,
    stop_token,
)
from tests.notifier.conftest import World
from tests.web.browser import Browser, check_page
from tests.web.conftest import SITE, Clock, Mailbox, contents
from web.acts import ACTS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture
def link(key: str, reader: Subscriber, now: datetime) -> str:
    return f"/manage/{manage_token(key, reader, now)}"


@pytest.fixture
def settings_page(browser: Browser, link: str) -> Browser:
    assert browser.open(link).status_code == 200
    return browser


@pytest.fixture
def person(session: Session, reader: Subscriber) -> Subscriber:
    """Return the reader, read anew whenever it is looked at."""
    session.expire_on_commit = True
    session.commit()
    return reader


def anew(session: Session) -> None:
    session.expire_all()
    session.rollback()


def test_the_page_shows_what_a_person_gets_and_no_whole_address(
    settings_page: Browser, profile: Profile
) -> None:
    text = settings_page.answer.text
    assert profile.name in text
    assert "r***@example.org" in text
    assert "reader.one" not in text
    assert "the next mail comes on Monday 25 May 2026 at 08:00" in text
    assert settings_page.answer.headers["cache-control"] == "no-store"
    assert settings_page.answer.headers["referrer-policy"] == "no-referrer"
    check_page(settings_page)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    ["", "/data", "/preview", "/preview/mail", "/everything", "/everything/mail", "?done=stop"],
)
def test_looking_changes_nothing(
    app: TestClient, link: str, engine: Engine, method: str, path: str
) -> None:
    before = contents(engine)
    assert app.request(method, link + path).status_code == 200
    assert contents(engine) == before


@pytest.mark.parametrize("act", [*ACTS, "export", "erase", "prove"])
def test_an_act_is_no_page_to_look_at(app: TestClient, link: str, act: str) -> None:
    assert app.get(f"{link}/{act}").status_code == 405


def test_a_profile_is_followed_otherwise(
    settings_page: Browser, session: Session, person: Subscriber, now: datetime
) -> None:
    done = settings_page.press(
        "/adjust", cadence="monthly", least_band="strong", action_type=["RIA", "ERC"]
    )
    assert "What you get of this group is saved." in done.text
    anew(session)
    (subscription,) = person.subscriptions
    assert Filters.of(subscription) == Filters((), ("RIA", "ERC"), "strong")
    assert (subscription.cadence, subscription.scheduled_at) == (Cadence.MONTHLY, now)


def test_groups_are_added_and_left(
    browser: Browser, link: str, world: World, session: Session, person: Subscriber
) -> None:
    other = world.profile("Other")
    browser.open(link)
    browser.press("/add", profile=other.slug, cadence="daily")
    anew(session)
    assert {s.profile.slug for s in person.subscriptions} > {other.slug}
    browser.press("/leave")
    anew(session)
    assert len(person.subscriptions) == 1


def test_day_hour_zone_and_language_are_chosen(
    settings_page: Browser, session: Session, person: Subscriber
) -> None:
    done = settings_page.press(
        "/prefer", weekday="fri", hour="15", time_zone="America/New_York", language="nb"
    )
    assert '<html lang="nb">' in done.text
    anew(session)
    assert (person.weekday, person.hour, person.time_zone, person.language) == (
        "fri", 15, "America/New_York", "nb",
    )  # fmt: skip


def test_other_mails_are_declined_one_by_one(
    settings_page: Browser, session: Session, person: Subscriber
) -> None:
    settings_page.press("/want", reminders=[], quiet_notes=[])
    anew(session)
    assert (person.wants_alerts, person.wants_reminders, person.wants_quiet_notes) == (
        True, False, False,
    )  # fmt: skip


def test_mails_are_paused_until_a_day_and_the_pause_is_ended(
    settings_page: Browser, session: Session, person: Subscriber
) -> None:
    done = settings_page.press("/pause", until="2026-07-01")
    assert "paused until Wednesday 1 July 2026" in done.text
    anew(session)
    assert person.state is SubscriberState.PAUSED
    assert str(person.paused_until) == "2026-06-30 22:00:00+00:00"
    settings_page.press("/resume")
    anew(session)
    assert (person.state, person.paused_until) == (SubscriberState.ACTIVE, None)


def test_stopping_ends_the_mails_and_the_links(
    settings_page: Browser, link: str, session: Session, person: Subscriber
) -> None:
    done = settings_page.press("/stop")
    assert "The mails have stopped" in done.text
    anew(session)
    assert person.state is SubscriberState.STOPPED
    assert settings_page.open(link).status_code == 404


def test_links_sent_before_are_made_void_and_the_page_goes_on(
    settings_page: Browser, link: str, key: str, session: Session, person: Subscriber
) -> None:
    stop = f"/stop/{stop_token(key, person)}"
    done = settings_page.press("/withdraw")
    assert "Links sent before no longer work." in done.text
    assert settings_page.open(link).status_code == 404
    assert settings_page.open(stop).status_code == 200
    fresh = str(done.url).partition("/manage/")[2].partition("?")[0]
    anew(session)
    assert not read_settings_token(session, key, fresh, person.created_at).proven


@pytest.mark.parametrize(
    ("act", "fields", "problem"),
    [
        ("adjust", {"profile": "another"}, "Choose one of the values"),
        ("adjust", {"cadence": "<hourly>"}, "Choose one of the values"),
        ("adjust", {"programme": "moon"}, "Choose one of the values"),
        ("leave", {"profile": "another"}, "Choose one of the values"),
        ("add", {"profile": "unknown"}, "Choose one of the values"),
        ("add", {"profile": []}, "Choose at least one group"),
        ("prefer", {"time_zone": "Moon/Far"}, "Enter a time zone"),
        ("prefer", {"hour": "8.5"}, "Choose one of the values"),
        ("pause", {"until": ""}, "Enter a day after today"),
        ("pause", {"until": "2026-05-20"}, "Enter a day after today"),
        ("pause", {"until": "2030-01-01"}, "Enter a day after today"),
        ("pause", {"until": "0001-01-01"}, "Enter a day after today"),
        ("pause", {"until": "9999-12-31"}, "Enter a day after today"),
    ],
)
def test_what_cannot_be_used_is_told_and_changes_nothing(  # noqa: PLR0917 - pytest names them
    browser: Browser,
    link: str,
    world: World,
    engine: Engine,
    act: str,
    fields: dict[str, str | list[str]],
    problem: str,
) -> None:
    world.profile("Other")
    browser.open(link)
    before = contents(engine)
    answer = browser.press(f"/{act}", **fields)
    assert answer.status_code == 422
    assert problem in answer.text
    assert "<hourly>" not in answer.text
    assert contents(engine) == before


def test_a_form_made_for_one_act_does_no_other(
    settings_page: Browser, link: str, session: Session, person: Subscriber
) -> None:
    _, fields = settings_page.form("/want")
    assert settings_page.send(f"{link}/stop", fields).status_code == 403
    anew(session)
    assert person.state is SubscriberState.ACTIVE


def test_a_form_of_one_person_does_nothing_to_another(
    settings_page: Browser, key: str, world: World, session: Session, now: datetime
) -> None:
    other = world.subscriber(address="other@example.org")
    _, fields = settings_page.form("/stop")
    token = manage_token(key, other, now)
    assert settings_page.send(f"/manage/{token}/stop", fields).status_code == 403
    anew(session)
    assert other.state is SubscriberState.ACTIVE


def test_a_form_of_another_site_is_refused(
    settings_page: Browser, session: Session, person: Subscriber
) -> None:
    where, fields = settings_page.form("/stop")
    answer = settings_page.client.post(
        where, data=dict(fields), headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    anew(session)
    assert person.state is SubscriberState.ACTIVE


@pytest.mark.parametrize("path", ["", "/data", "/preview", "/everything/mail"])
def test_a_token_of_something_else_opens_no_settings(
    app: TestClient, key: str, reader: Subscriber, profile: Profile, path: str
) -> None:
    tokens = [stop_token(key, reader), calendar_token(key, reader), feed_token(key, profile)]
    for token in [*tokens, "nonsense", "W10.forged", "%00", "x" * 3000]:
        assert app.get(f"/manage/{token}{path}").status_code == 404


def test_a_link_of_a_mail_opens_the_settings_for_sixty_days(
    app: TestClient, link: str, clock: Clock
) -> None:
    clock.now += timedelta(days=60, seconds=-1)
    assert app.get(link).status_code == 200
    clock.now += timedelta(seconds=1)
    assert app.get(link).status_code == 404


def test_the_link_of_an_erased_person_opens_nobody_elses_settings(
    app: TestClient, link: str, session: Session, reader: Subscriber, now: datetime
) -> None:
    number = reader.id
    session.delete(reader)
    session.commit()
    World(session).subscriber(id=number, created_at=now)
    assert app.get(link).status_code == 404


def test_what_is_said_after_an_act_is_one_of_our_sentences(app: TestClient, link: str) -> None:
    page = app.get(f"{link}?done=%3Cscript%3E").text
    assert "<script" not in page
    assert 'role="status"' not in page


@pytest.mark.usefixtures("reader")
def test_the_links_of_a_digest_lead_to_its_readers_settings(
    app: TestClient, engine: Engine, public: Settings, mailbox: Mailbox, clock: Clock
) -> None:
    assert len(compose_due(engine, public, clock.now)) == 1
    deliver(engine, open_channel(public), clock)
    (mail,) = mailbox()
    body = mail.get_body(("plain",))
    assert body is not None
    links = set(re.findall(rf"{SITE}(/manage/\S+)", body.get_content()))
    of_settings = {link for link in links if "/words/" not in link}
    assert of_settings
    for link in links:
        page = app.get(link)
        assert page.status_code == 200
        assert link not in of_settings or "For <strong>r***@example.org</strong>" in page.text
