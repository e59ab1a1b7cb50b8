"""What is searched while the texts are still being read."""

import threading
from collections.abc import Sequence
from datetime import datetime

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
