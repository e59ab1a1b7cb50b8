"""Calendars and feeds over HTTP."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import fromstring

import pytest
from fastapi.testclient import TestClient
from pydantic import AnyHttpUrl
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines
from config.settings import Settings
from notifier.publishing import Publisher
from store.models import Profile, Subscriber, SubscriberState
from store.tokens import calendar_token, feed_token, signing_key, stop_token
from tests.calendars import events_of
from tests.notifier.conftest import World
from web.app import create_app

PUBLISHER = Publisher(InternalDeadlines(rules=()), Settings(_env_file=None))


@pytest.fixture
def client(engine: Engine, settings: Settings, now: datetime) -> TestClient:
    return TestClient(create_app(settings, engine, lambda: now, PUBLISHER))


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def profile(world: World) -> Profile:
    profile = world.profile()
    world.match(profile, world.opportunity())
    return profile


@pytest.fixture
def reader(world: World, profile: Profile) -> Subscriber:
    return world.subscriber(profile)


@pytest.fixture
def key(session: Session, settings: Settings) -> str:
    made = signing_key(session, settings)
    session.commit()
    return made


@pytest.fixture
def calendar(key: str, reader: Subscriber) -> str:
    return f"/calendar/{calendar_token(key, reader)}.ics"


@pytest.fixture
def feed(key: str, profile: Profile) -> str:
    return f"/feeds/{feed_token(key, profile)}.atom"


def test_a_calendar_is_handed_out_to_who_has_the_link(client: TestClient, calendar: str) -> None:
    answer = client.get(calendar)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert parsedate_to_datetime(answer.headers["last-modified"]).tzinfo is not None
    (event,) = events_of(answer.content)
    assert event["SUMMARY"] == "Deadline: Robots at sea"


def test_a_feed_names_itself_by_the_address_it_was_read_at(client: TestClient, feed: str) -> None:
    answer = client.get(feed)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    link = fromstring(answer.content).find("{http://www.w3.org/2005/Atom}link")  # noqa: S314 - ours
    assert link is not None
    assert link.get("href") == f"http://testserver{feed}"


def test_a_feed_names_itself_by_the_public_address_where_one_is_set(
    engine: Engine, settings: Settings, now: datetime, feed: str
) -> None:
    public = settings.model_copy(update={"public_url": AnyHttpUrl("https://funding.example.org/")})
    client = TestClient(create_app(public, engine, lambda: now, PUBLISHER))
    answer = client.get(feed, headers={"Host": "evil.example.net"})
    assert f'href="https://funding.example.org{feed}"' in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize("kind", ["calendar", "feed"])
def test_who_has_it_already_is_told_so(
    kind: str, client: TestClient, request: pytest.FixtureRequest
) -> None:
    link = request.getfixturevalue(kind)
    tag = client.get(link).headers["etag"]
    for named in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(link, headers={"If-None-Match": named})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get(link, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_change_is_another_tag(
    client: TestClient, calendar: str, world: World, profile: Profile
) -> None:
    tag = client.get(calendar).headers["etag"]
    world.match(profile, world.opportunity("Another"))
    answer = client.get(calendar, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


@pytest.mark.parametrize("kind", ["calendar", "feed"])
def test_looking_changes_nothing(
    kind: str, client: TestClient, engine: Engine, request: pytest.FixtureRequest
) -> None:
    link = request.getfixturevalue(kind)
    before = contents(engine)
    assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert client.post(link).status_code == 405
    assert contents(engine) == before


def contents(engine: Engine) -> list[str]:
    raw = engine.raw_connection()
    try:
        return list(raw.driver_connection.iterdump())  # type: ignore[union-attr]  # of sqlite3
    finally:
        raw.close()


def test_a_token_opens_what_it_was_made_for_and_nothing_else(
    client: TestClient, key: str, reader: Subscriber, profile: Profile
) -> None:
    assert reader.id == profile.id
    tokens = {
        "calendar": calendar_token(key, reader),
        "feeds": feed_token(key, profile),
        "stop": stop_token(key, reader),
    }
    paths = {"calendar": "/calendar/{}.ics", "feeds": "/feeds/{}.atom", "stop": "/stop/{}"}
    for purpose, token in tokens.items():
        for name, path in paths.items():
            expected = 200 if name == purpose else 404
            assert client.get(path.format(token)).status_code == expected, (purpose, name)


@pytest.mark.parametrize("token", ["nonsense", "WzEsMV0.forged", "%00", "x" * 3000, "."])
@pytest.mark.parametrize("path", ["/calendar/{}.ics", "/feeds/{}.atom"])
@pytest.mark.usefixtures("reader", "key")
def test_a_wrong_link_is_a_friendly_page(client: TestClient, path: str, token: str) -> None:
    answer = client.get(path.format(token))
    assert answer.status_code == 404
    assert "This link does not work" in answer.text


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (SubscriberState.ACTIVE, 200),
        (SubscriberState.PAUSED, 200),
        (SubscriberState.BOUNCED, 200),
        (SubscriberState.PENDING, 404),
        (SubscriberState.STOPPED, 404),
    ],
)
def test_who_agreed_to_nothing_or_stopped_has_no_calendar(  # noqa: PLR0917 - pytest names them
    client: TestClient,
    calendar: str,
    session: Session,
    reader: Subscriber,
    state: SubscriberState,
    status: int,
) -> None:
    reader.state = state
    session.commit()
    assert client.get(calendar).status_code == status


def test_the_link_of_an_erased_person_opens_nobody_elses_calendar(
    client: TestClient, calendar: str, session: Session, reader: Subscriber, now: datetime
) -> None:
    number = reader.id
    session.delete(reader)
    session.commit()
    World(session).subscriber(id=number, created_at=now)
    assert client.get(calendar).status_code == 404


def test_the_link_of_a_profile_that_was_replaced_opens_nothing(
    client: TestClient, feed: str, session: Session, profile: Profile
) -> None:
    profile.slug = "another"
    session.commit()
    assert client.get(feed).status_code == 404


def test_without_who_makes_them_there_are_no_calendars(
    engine: Engine, settings: Settings, now: datetime, calendar: str
) -> None:
    client = TestClient(create_app(settings, engine, lambda: now))
    assert client.get(calendar).status_code == 404
