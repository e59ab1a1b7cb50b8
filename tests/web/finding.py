"""What the tests of the search pages share: a client, and a count of what the store is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

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


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Yield the statements that the database is asked meanwhile."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
