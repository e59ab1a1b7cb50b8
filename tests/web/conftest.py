"""A client of the whole app, and a person who reads their mail."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from shutil import copyfile

import pytest
from fastapi.testclient import TestClient
from pydantic import AnyHttpUrl
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines
from config.settings import SHIPPED, Settings
from jobs.correspondence import correspondence_of
from notifier.publishing import Publisher
from store.models import Base, Profile, Subscriber
from store.tokens import signing_key
from tests.notifier.conftest import World
from tests.notifier.smtp_server import Server, serving
from tests.web.browser import Browser
from web.app import create_app

SITE = "https://funding.example.org"
STAFF = """
accounts:
  - {address: adviser@example.org, role: adviser}
  - {address: contact@example.org, role: contact, departments: [imt, itk]}
  - {address: administrator@example.org, role: administrator}
"""


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
def public(settings: Settings, mail_server: Server) -> Settings:
    """Return the settings of an installation that people can reach."""
    return settings.model_copy(
        update={
            "public_url": AnyHttpUrl(SITE),
            "mail_url": f"smtp://127.0.0.1:{mail_server.port}",
            "mail_from": "Callwatch <callwatch@example.org>",
        }
    )


@pytest.fixture
def staffed(public: Settings, tmp_path: Path) -> Settings:
    """Return the settings of an installation in which some people have accounts."""
    folder = tmp_path / "config"
    folder.mkdir()
    copyfile(SHIPPED / "organisation.yaml", folder / "organisation.yaml")
    (folder / "accounts.yaml").write_text(STAFF)
    return public.model_copy(update={"config_dir": folder})


@pytest.fixture
def office(engine: Engine, staffed: Settings, clock: Clock, key: str) -> Browser:
    """Return the browser of somebody who has an account."""
    assert key
    letters = correspondence_of(staffed, engine, clock)
    app = create_app(staffed, engine, clock, correspondence=letters)
    return Browser(TestClient(app, base_url=SITE))


@pytest.fixture
def app(engine: Engine, public: Settings, clock: Clock, key: str) -> TestClient:
    """Return a client of the app with everything that other packages make for it."""
    assert key
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
