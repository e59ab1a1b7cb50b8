"""What the tests of the search share: what is found, and who looks for it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from tests.notifier.conftest import World
from tests.web.finding import searching


@pytest.fixture
def world(any_engine: Engine) -> Iterator[World]:
    with Session(any_engine) as session:
        yield World(session)


@pytest.fixture
def seeker(any_engine: Engine, settings: Settings, now: datetime) -> TestClient:
    """Return a client of an app that searches by words alone."""
    return searching(any_engine, settings, now)
