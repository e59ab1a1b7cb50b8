"""A client of the whole app, and a person who reads their mail."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from fastapi.testclient import TestClient
from pydantic import AnyHttpUrl
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines
from config.settings import Settings
from jobs.correspondence import correspondence_of
from notifier.publishing import Publisher
from store.models import Base, Profile, Subscriber
from store.tokens import signing_key
from tests.notifier.conftest import World
from tests.notifier.smtp_server import Server, serving
from tests.web.browser import Browser
from web.app import create_app

SITE = "https://funding.example.org"


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None)


@pytest.fixture
def client(engine: Engine, settings: Settings, now: datetime) -> TestClient:
    return TestClient(create_app(settings, engine, lambda: now))


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def key(session: Session, settings: Settings) -> str:
    made = signing_key(session, settings)
    session.commit()
    return made


@pytest.fixture
def mail_server() -> Iterator[Server]:
    """Yield a mail server on loopback."""
    with serving(Server()) as found:
        yield found


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def app(
    engine: Engine, settings: Settings, mail_server: Server, clock: Clock, key: str
) -> TestClient:
    """Return a client of the app with everything that other packages make for it."""
    assert key
    public = settings.model_copy(
        update={
            "public_url": AnyHttpUrl(SITE),
            "mail_url": f"smtp://127.0.0.1:{mail_server.port}",
            "mail_from": "Callwatch <callwatch@example.org>",
        }
    )
    publisher = Publisher(InternalDeadlines(rules=()), public)
    letters = correspondence_of(public, engine, clock)
    return TestClient(create_app(public, engine, clock, publisher, letters), base_url=SITE)


@pytest.fixture
def browser(app: TestClient) -> Browser:
    return Browser(app)


@pytest.fixture
def profile(world: World) -> Profile:
    profile = world.profile()
    world.match(profile, world.opportunity())
    return profile


@pytest.fixture
def reader(world: World, profile: Profile) -> Subscriber:
    return world.subscriber(profile, address="reader.one@example.org")


def contents(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with engine.connect() as connection:
        tables = Base.metadata.tables.values()
        return {
            t.name: connection.execute(select(func.count()).select_from(t)).scalar_one()
            for t in tables
        }


Mailbox = Callable[[], list[EmailMessage]]


@pytest.fixture
def mailbox(mail_server: Server) -> Mailbox:
    """Return what returns the mails that have arrived."""
    return lambda: [message_from_bytes(m, policy=policy.default) for m in mail_server.taken]


def link_in(mail: EmailMessage) -> str:
    """Return the path of the one link in a mail that leads to a page of ours."""
    body = mail.get_body(("plain",))
    assert body is not None
    (link,) = re.findall(rf"{SITE}(/\S+)", body.get_content())
    return str(link)
