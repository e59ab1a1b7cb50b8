"""The command line, called as a person calls it, and databases that hold something."""

import json
import logging
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.deadlines import deadline_rules
from config.profiles import read_profiles
from config.settings import SHIPPED
from crawler.portal import read_record
from crawler.replica import read_records
from jobs.cli.console import out
from jobs.cli.main import main
from jobs.demo import SAMPLES
from store.collecting import keep_page
from store.crawl_runs import start_run
from store.db import open_engine, session_scope, upgrade
from store.matches import Reason, ScoredPair, keep_matches
from store.models import Opportunity
from store.opportunities import current_opportunities
from store.profiles import all_profiles, import_profiles

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
AT = ("--now", "2026-05-20T06:00:00Z")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Return the one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """Return the one line on stderr."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


Callwatch = Callable[..., Result]


@contextmanager
def logging_restored() -> Iterator[None]:
    """Undo what a command does to the log of the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Leave the log as it was, after every test."""
    with logging_restored():
        yield


@pytest.fixture
def callwatch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callwatch:
    """Return a function that runs a command in an empty folder, with no settings but a database."""
    for name in [name for name in os.environ if name.startswith("CALLWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CALLWATCH_DATABASE_URL", f"sqlite:///{tmp_path / 'callwatch.db'}")
    monkeypatch.setenv("CALLWATCH_MAIL_URL", f"folder:{tmp_path / 'outbox'}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    width = out.width

    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["callwatch", *arguments])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        out.width = width
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Result(status, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of databases, each filled once and copied by whoever wants it."""
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="session")
def empty_file(templates: Path) -> Path:
    """Return a database with its tables."""
    with _opened(templates / "empty.db") as engine:
        upgrade(engine)
    return templates / "empty.db"


@pytest.fixture(scope="session")
def collected_file(templates: Path, empty_file: Path) -> Path:
    """Return a database with the bundled samples, as if they had been crawled."""
    file = Path(shutil.copyfile(empty_file, templates / "collected.db"))
    rules = deadline_rules(SHIPPED)
    records = [read_record(dict(record), rules) for record in read_records(SAMPLES)]
    with _opened(file) as engine, session_scope(engine) as session:
        for source in ("horizon_europe", "erasmus_plus"):
            page = [record for record in records if record.programme == source]
            keep_page(session, start_run(session, source, NOW), page, NOW)
    return file


@pytest.fixture(scope="session")
def matched_file(templates: Path, collected_file: Path) -> Path:
    """Return that database with the shipped profiles too, each matched to two open topics."""
    file = Path(shutil.copyfile(collected_file, templates / "matched.db"))
    documents = read_profiles([SHIPPED / "profiles"], SHIPPED)
    with _opened(file) as engine:
        with session_scope(engine) as session:
            import_profiles(session, documents, NOW)
        with session_scope(engine) as session:
            topics = current_opportunities(session, NOW)
            for number, profile in enumerate(all_profiles(session)):
                pairs = [_pair(topic) for topic in topics[2 * number : 2 * number + 2]]
                keep_matches(session, profile, pairs, NOW)
    return file


@pytest.fixture
def database(tmp_path: Path, empty_file: Path) -> Iterator[Engine]:
    """Yield the database that ``callwatch`` uses."""
    shutil.copyfile(empty_file, tmp_path / "callwatch.db")
    with _opened(tmp_path / "callwatch.db") as engine:
        yield engine


@pytest.fixture
def collected(database: Engine, tmp_path: Path, collected_file: Path) -> Engine:
    """Return the database of ``callwatch`` with the bundled samples."""
    shutil.copyfile(collected_file, tmp_path / "callwatch.db")
    return database


@pytest.fixture
def matched(database: Engine, tmp_path: Path, matched_file: Path) -> Engine:
    """Return the database of ``callwatch`` with samples, profiles and matches."""
    shutil.copyfile(matched_file, tmp_path / "callwatch.db")
    return database


@contextmanager
def _opened(file: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{file}")
    try:
        yield engine
    finally:
        engine.dispose()


def _pair(topic: Opportunity) -> ScoredPair:
    reason = Reason("Floating foundations in deep water.", "Scope", "offshore wind", ("deep",), 0.6)
    return ScoredPair(topic.id, topic.content_hash, 0.5, 0.5, "good", (reason,))


@pytest.fixture
def rows(database: Engine) -> Iterator[Session]:
    """Yield a session on the database that ``callwatch`` uses."""
    with Session(database) as session:
        yield session


@pytest.fixture
def closed_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def until_within(seconds: float, condition: Callable[[], bool]) -> None:
    """Wait until something has happened, ``seconds`` at most."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
