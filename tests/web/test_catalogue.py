"""What is searched while the texts are still being read."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from jobs.library import Library
from matcher.eligibility import judge_of
from matcher.seeking import Shelf
from store.models import Opportunity
from tests.notifier.conftest import World
from tests.web.browser import Browser, check_page
from tests.web.finding import PATH
from web.app import create_app
from web.catalogue import Shelving, Standing

READERS = 6


class Slow(Library):
    """A library that reads texts only once it is let."""

    let = threading.Event()

    def shelf(self, session: Session, opportunities: Sequence[Opportunity]) -> Shelf:
        """Return opportunities ready to be searched, after it was let."""
        self.let.wait(timeout=30)
        return super().shelf(session, opportunities)


@pytest.fixture
def reader(engine: Engine, settings: Settings, now: datetime) -> TestClient:
    library = Slow(judge_of(settings.configuration), None)
    return TestClient(create_app(settings, engine, lambda: now, library=library))


def test_titles_are_searched_at_once_and_texts_when_they_are_read(
    world: World, reader: TestClient
) -> None:
    said = [{"label": "Scope", "html": "", "text": "They inspect turbines."}]
    world.opportunity("Robots at sea", sections=said)
    browser = Browser(reader)
    text = browser.open(f"{PATH}?q=robots").text
    check_page(browser)
    assert "Robots at sea" in text
    assert "only titles are searched" in text
    assert "Robots at sea" not in reader.get(f"{PATH}?q=turbines").text
    Slow.let.set()
    for _ in range(100):
        text = reader.get(f"{PATH}?q=turbines").text
        if "only titles" not in text:
            break
        threading.Event().wait(0.1)
    assert "Robots at sea" in text


def test_a_minute_later_one_moves_the_catalogue_on_for_all_who_search_at_once(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    world.opportunity("Robots at sea")
    shelving = Shelving(engine, Library(judge_of(settings.configuration), None))
    together, later = threading.Barrier(READERS), now + timedelta(minutes=1)

    def search(_: int) -> Standing:
        together.wait()
        with Session(engine) as session:
            return shelving.at(session, later)

    with Session(engine) as session:
        first = shelving.at(session, now)
        while first.catalogue.only_titles:
            first = shelving.at(session, now)
    with ThreadPoolExecutor(READERS) as pool:
        found = list(pool.map(search, range(READERS)))
    moved = {id(one) for one in found if one is not first}
    assert len(moved) == 1
    with Session(engine) as session:
        assert shelving.at(session, later).at == later
    assert found[0].drawers["kind"] is first.drawers["kind"]
