"""Questions about everything take twice as long for twice as much, and not four times."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.coverage import By, Period, Question, counts
from store.feedback import everything_said
from store.models import Decision, Review
from tests.notifier.conftest import World

PIECE = 100
"""Steps of SQLite's virtual machine between two counts."""

FEW, MANY = 100, 400
YEAR = Question(By.PROFILE, Period(date(2026, 1, 1), date(2026, 12, 31), ZoneInfo("UTC")), None)
ASKED: dict[str, Callable[[Session], object]] = {
    "the report": lambda session: counts(session, YEAR),
    "what the matcher learns from": everything_said,
}


@contextmanager
def stepping(session: Session) -> Iterator[list[None]]:
    """Yield what grows by one with every ``PIECE`` steps that SQLite makes meanwhile."""
    steps: list[None] = []
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    connection.set_progress_handler(lambda: steps.append(None), PIECE)
    yield steps
    connection.set_progress_handler(None, PIECE)


@pytest.mark.parametrize("name", ASKED)
def test_it_grows_as_what_was_reviewed(sqlite: Engine, now: datetime, name: str) -> None:
    taken = []
    with Session(sqlite) as session:
        world = World(session)
        match = world.match(world.profile(), world.opportunity())
        for number in (FEW, MANY - FEW):
            session.add_all(
                Review(match_id=match.id, at=now, by="an adviser", decision=Decision.APPROVE)
                for _ in range(number)
            )
            session.commit()
            with stepping(session) as steps:
                ASKED[name](session)
            taken.append(len(steps))
    assert taken[1] < taken[0] * MANY / FEW * 1.5
