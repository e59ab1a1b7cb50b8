"""What several tests share: databases, the clock, and where recorded data may lie."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.db import open_engine, upgrade

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the recorded portal answers; tests that need it are skipped where it is not."""
    folder = Path(os.environ.get("CALLWATCH_SHARED", ROOT.parent / "shared"))
    if not (folder / "portal").is_dir():
        pytest.skip("no recorded portal answers here; set CALLWATCH_SHARED to their folder")
    return folder


@pytest.fixture
def now() -> datetime:
    """Return the moment of the bundled samples."""
    return datetime(2026, 5, 20, 6, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Yield an empty SQLite database, with its tables."""
    engine = open_engine(f"sqlite:///{tmp_path / 'callwatch.db'}")
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Yield a session on an empty database."""
    with Session(engine) as session:
        yield session
