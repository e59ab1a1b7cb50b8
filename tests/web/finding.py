"""What the tests of the search pages share."""

from datetime import datetime

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from config.settings import Settings
from jobs.library import Library
from matcher.eligibility import judge_of
from matcher.embedder import TextModel
from web.app import create_app

PATH = "/opportunities"


def searching(
    engine: Engine, settings: Settings, now: datetime, model: TextModel | None = None
) -> TestClient:
    """Return a client of an app that can search; by words alone where it has no model."""
    library = Library(judge_of(settings.configuration), model)
    return TestClient(create_app(settings, engine, lambda: now, library=library))
