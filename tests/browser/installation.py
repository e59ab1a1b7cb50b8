"""A whole installation on loopback: pages, mail, accounts, and a copy of recorded data."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from shutil import copyfile
from typing import TypeVar

from fastapi import FastAPI
from pydantic import AnyHttpUrl, SecretStr
from sqlalchemy import Engine

from config.settings import Settings
from jobs.cli.feeds import publisher
from jobs.correspondence import correspondence_of
from jobs.forecasting import forecaster_of
from jobs.initialise import write_configuration
from jobs.library import Library
from matcher.run import match_profiles, means_of
from notifier.channels import open_channel
from notifier.outbox import Composed, compose_due
from notifier.send import deliver
from store.db import open_engine, session_scope
from store.tokens import signing_key
from tests.app_server import served
from tests.browser.recorded import Recorded, collect
from tests.notifier.smtp_server import Server, serving
from tests.web.conftest import STAFF, Clock
from tests.web.openid_server import CLIENT, SECRET, Provider, providing
from web.app import create_app

Result = TypeVar("Result")

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Installation:
    """What runs, and what a test reads and turns beside the browser."""

    recorded: Recorded
    app: FastAPI
    url: str
    settings: Settings
    engine: Engine
    clock: Clock
    mail_server: Server
    provider: Provider

    @property
    def mails(self) -> list[EmailMessage]:
        """Return the mails that have arrived, oldest first."""
        return [message_from_bytes(m, policy=policy.default) for m in self.mail_server.taken]

    def send_digests(self) -> list[Composed]:
        """Compose what is due a week later, and deliver it, as the scheduler does."""
        self.clock.now += A_WEEK
        composed = compose_due(self.engine, self.settings, self.clock.now)
        apart(lambda: deliver(self.engine, open_channel(self.settings), self.clock))
        return composed

    def crawl_and_match(self) -> None:
        """Collect and match what the portal had later, one deadline moved; it is a day later."""
        self.clock.now += A_DAY
        recording, now = self.recorded.recording, self.clock.now
        collect(recording.later, [recording.moved_in], self.settings, now)
        match_profiles(self.engine, means_of(self.recorded.model, self.settings.config_dir), now)


def apart(work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns in a thread of its own: the browser's has a loop that runs."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@contextmanager
def running(
    recorded: Recorded, library: Library, provider: Provider, folder: Path
) -> Iterator[Installation]:
    """Yield an installation in ``folder`` that has a copy of the ``recorded`` data."""
    file = copyfile(recorded.file, folder / "callwatch.db")
    write_configuration(folder / "config")
    (folder / "config" / "accounts.yaml").write_text(STAFF)
    engine, clock = open_engine(f"sqlite:///{file}"), Clock(provider.now)
    with serving(Server()) as mail_server, providing(provider):
        settings = _settings(engine, folder / "config", mail_server, provider)
        with session_scope(engine) as session:
            signing_key(session, settings)
        letters = correspondence_of(settings, engine, clock)
        app = create_app(
            settings,
            engine,
            clock,
            publisher(settings),
            letters,
            library=library,
            forecaster=forecaster_of(settings, engine, library),
        )
        assert settings.public_url is not None
        with served(app, settings.public_url.port or 0) as url:
            yield Installation(recorded, app, url, settings, engine, clock, mail_server, provider)
    engine.dispose()


def _settings(engine: Engine, folder: Path, mail_server: Server, provider: Provider) -> Settings:
    return Settings(
        _env_file=None,
        database_url=engine.url.render_as_string(hide_password=False),
        config_dir=folder,
        public_url=AnyHttpUrl(f"http://127.0.0.1:{free_port()}"),
        mail_url=f"smtp://127.0.0.1:{mail_server.port}",
        mail_from="Callwatch <callwatch@example.org>",
        oidc_issuer=AnyHttpUrl(provider.issuer),
        oidc_name="Feide",
        oidc_client_id=CLIENT,
        oidc_client_secret=SecretStr(SECRET),
    )


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
