"""An API over rows of every kind, and keys to it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from store.api_keys import Grant, make_key
from store.models import ReviewStatus
from tests.notifier.conftest import World
from tests.web.conftest import Clock
from web.app import create_app

Ask = Callable[..., Response]


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    """Run every test here on each kind of database."""
    return any_engine


@pytest.fixture
def api(engine: Engine, settings: Settings, clock: Clock) -> TestClient:
    return TestClient(create_app(settings, engine, clock))


@pytest.fixture
def secret(session: Session, now: datetime) -> str:
    """Return a key to everything of the department of the tests' profiles."""
    made = make_key(session, Grant("intranet", (), ("itk",), timedelta(days=30)), now)
    session.commit()
    return made.secret


@pytest.fixture
def ask(api: TestClient, secret: str) -> Ask:
    """Return what asks with the key."""

    def get(path: str, **headers: str) -> Response:
        return api.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}", **headers})

    return get


@pytest.fixture
def filled(world: World) -> World:
    """Return a world with three opportunities, two of them matched, one of these approved."""
    profile = world.profile()
    first, second = world.opportunity("First"), world.opportunity("Second")
    world.opportunity("Third")
    world.match(profile, first, review_status=ReviewStatus.APPROVED)
    world.match(profile, second, review_status=ReviewStatus.PENDING)
    world.session.commit()
    return world
