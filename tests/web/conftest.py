"""A client of the whole app."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from config.settings import Settings
from web.app import create_app


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None)


@pytest.fixture
def client(engine: Engine, settings: Settings, now: datetime) -> TestClient:
    return TestClient(create_app(settings, engine, lambda: now))
