"""What the tests of the search pages share."""

import csv
from datetime import datetime
from io import StringIO

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


def titles(client: TestClient, query: str = "") -> list[str]:
    """Return the titles in the file of what a search finds."""
    answer = client.get(f"{PATH}.csv{query}")
    assert answer.status_code == 200
    rows = csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    return [row["title"] for row in rows]
