"""Finding opportunities: by words and meaning, narrowed down, ordered, and taken along."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from matcher.embedder import TextModel
from matcher.text import headline, opening
from store.embeddings import hash_of_text, keep_vectors
from store.models import Opportunity, Status
from tests.notifier.conftest import World, cutoff
from tests.statements import counted
from tests.web.browser import Browser, check_page
from tests.web.finding import PATH, searching, titles


def said(text: str) -> list[dict[str, str]]:
    return [{"label": "Scope", "html": f"<p>{text}</p>", "text": text}]


def test_every_word_of_a_search_must_occur(world: World, seeker: TestClient) -> None:
    world.opportunity("Robots at sea", sections=said("They inspect turbines."))
    world.opportunity("Robots on land", sections=said("They pick apples."))
    assert titles(seeker, "?q=robots+turbine") == ["Robots at sea"]
    assert sorted(titles(seeker, "?q=robot")) == ["Robots at sea", "Robots on land"]


def test_a_result_shows_where_its_text_has_the_words(world: World, seeker: TestClient) -> None:
    world.opportunity("At sea", sections=said("We fund much. A <b>robot</b> inspects turbines."))
    page = seeker.get(f"{PATH}?q=robots").text
    assert "A &lt;b&gt;<mark>robot</mark>&lt;/b&gt; inspects turbines." in page
    without_words = seeker.get(PATH)
    assert without_words.status_code == 200
    assert "glimpse" not in without_words.text


def test_a_topic_is_found_by_its_identifier(world: World, seeker: TestClient) -> None:
    world.opportunity("Robots at sea", topic_id="HORIZON-CL5-2026-D3-07")
    world.opportunity("Robots on land", topic_id="HORIZON-CL5-2026-D3-09")
    assert titles(seeker, "?q=HORIZON-CL5-2026-D3-09") == ["Robots on land"]


def test_what_is_closed_is_found_only_where_it_is_asked_for(
    world: World, seeker: TestClient
) -> None:
    world.opportunity("Robots at sea")
    world.opportunity("Robots of old", cutoffs=[cutoff(date(2026, 5, 1))])
    assert titles(seeker) == ["Robots at sea"]
    assert titles(seeker, "?status=closed") == ["Robots of old"]
    assert "open or forthcoming" in seeker.get(PATH).text
    assert "open or forthcoming" not in seeker.get(f"{PATH}?status=closed").text


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ("programme=erasmus_plus", ["Schools"]),
        ("status=forthcoming", ["Schools"]),
        ("action=CSA", ["Networks"]),
        ("action=RIA&action=CSA", ["Networks", "Robots"]),
        ("closes=30", ["Networks"]),
        ("budget=huge", ["Robots"]),
        ("budget=small", ["Networks"]),
        ("role=coordinator", ["Networks", "Robots"]),
        ("destination=Seas", ["Robots"]),
        ("call=CALL-2", ["Schools"]),
        ("kind=topic&programme=erasmus_plus", ["Schools"]),
        ("kind=prize", []),
        ("programme=nothing", []),
    ],
)
def test_results_are_narrowed_down(
    world: World, seeker: TestClient, choice: str, found: list[str]
) -> None:
    world.opportunity("Robots", destination="Seas")
    world.opportunity(
        "Networks",
        action_types=["HORIZON-CSA"],
        min_contribution_eur=None,
        max_contribution_eur=Decimal(400_000),
        cutoffs=[cutoff(date(2026, 6, 1))],
    )
    world.opportunity(
        "Schools",
        programme="erasmus_plus",
        status=Status.FORTHCOMING,
        action_types=["ERASMUS-LS"],
        max_contribution_eur=None,
        min_contribution_eur=None,
        call_id="CALL-2",
    )
    assert titles(seeker, f"?{choice}") == found


def test_a_choice_tells_how_much_it_would_find(world: World, seeker: TestClient) -> None:
    world.opportunity("Robots")
    world.opportunity("Schools", programme="erasmus_plus")
    page = " ".join(seeker.get(f"{PATH}?programme=erasmus_plus").text.split())
    assert '<span>Horizon Europe</span> <span class="number">1</span>' in page
    assert '<span>Erasmus+</span> <span class="number">1</span>' in page


def test_the_next_deadline_comes_first_and_none_comes_last(
    world: World, seeker: TestClient
) -> None:
    world.opportunity("Without", cutoffs=[])
    world.opportunity("Later", cutoffs=[cutoff(date(2026, 12, 1))])
    world.opportunity("Soon", cutoffs=[cutoff(date(2026, 6, 1))])
    assert titles(seeker) == ["Soon", "Later", "Without"]


def test_the_latest_found_comes_first_where_it_is_asked_for(
    world: World, seeker: TestClient
) -> None:
    world.opportunity("Old", first_seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    world.opportunity("New", first_seen_at=datetime(2026, 5, 19, tzinfo=UTC))
    assert titles(seeker, "?sort=new") == ["New", "Old"]


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("?q=&sort=deadline", ""),
        ("?sort=new&q=sea", "?q=sea&sort=new"),
        ("?programme=b&programme=a&status=open", "?status=open&programme=a&programme=b"),
        ("?q=++sea++ice+", "?q=sea+ice"),
        ("?page=1", ""),
        ("?page=7", ""),
        ("?unknown=1&page=x", ""),
    ],
)
def test_a_search_has_one_address(
    world: World, seeker: TestClient, asked: str, canonical: str
) -> None:
    world.opportunity()
    answer = seeker.get(PATH + asked)
    assert answer.url.path + (f"?{answer.url.query.decode()}" if answer.url.query else "") == (
        PATH + canonical
    )


@pytest.mark.parametrize(
    ("asked", "usual"),
    [
        ("", "the next deadline first"),
        ("?q=sea", "the best fit to the words first"),
        ("?q=sea&sort=new", "the best fit to the words first"),
    ],
)
def test_the_form_asks_for_the_usual_order_of_what_is_typed_into_it(
    world: World, seeker: TestClient, asked: str, usual: str
) -> None:
    world.opportunity()
    page = seeker.get(PATH + asked).text
    chosen = "" if "sort" in asked else " selected"
    assert f'<option value=""{chosen}>{usual}</option>' in page


def test_results_come_in_pages(world: World, seeker: TestClient) -> None:
    for number in range(25):
        world.opportunity(f"Topic {number:02}", cutoffs=[cutoff(date(2026, 6, 1 + number))])
    first, second = seeker.get(PATH).text, seeker.get(f"{PATH}?page=2").text
    assert "25 opportunities, 1–20 shown" in first
    assert "Topic 19" in first
    assert "Topic 20" not in first
    assert "Topic 24" in second
    assert "Page 2 of 2" in second


def test_nothing_found_says_what_to_do(world: World, seeker: TestClient) -> None:
    world.opportunity("Robots of old", cutoffs=[cutoff(date(2026, 5, 1))])
    page = seeker.get(f"{PATH}?q=robots").text
    assert "1 opportunity is closed, or left out by what you chose." in page
    assert "Every word must occur." in page


def test_an_empty_database_says_that_nothing_was_collected(seeker: TestClient) -> None:
    assert "Nothing has been collected yet." in seeker.get(PATH).text


def test_what_means_the_same_is_found_without_its_words(
    world: World, any_engine: Engine, settings: Settings, now: datetime
) -> None:
    near = world.opportunity("Autonomous ships")
    far = world.opportunity("Cheese and wine")
    model = TextModel(Fixed([1, 0]), Fixed([0, 0]))
    keep(any_engine, model, near, [0.9, 0.1])
    keep(any_engine, model, far, [0.1, 0.9])
    client = searching(any_engine, settings, now, model)
    assert titles(client, "?q=vessels+without+crew") == ["Autonomous ships"]
    assert "found by its meaning" in client.get(f"{PATH}?q=vessels+without+crew").text


def test_without_a_model_the_page_says_that_words_alone_count(
    world: World, seeker: TestClient
) -> None:
    world.opportunity()
    assert "Found by the words alone" in seeker.get(f"{PATH}?q=robots").text


class Fixed:
    """A model that says the same of every text."""

    def __init__(self, vector: list[float]) -> None:
        self.vector = np.array(vector, np.float32)
        self.model_id = "fixed"
        self.dimension = len(vector)

    def encode(self, texts: Any) -> Any:
        return np.tile(self.vector, (len(texts), 1))


def keep(engine: Engine, model: TextModel, opportunity: Opportunity, vector: list[float]) -> None:
    row = np.array(vector, "<f4").tobytes()
    hashes = [hash_of_text(told(opportunity)) for told in (opening, headline)]
    with Session(engine) as session:
        keep_vectors(session, model.documents.model_id, dict.fromkeys(hashes, row))
        session.commit()


def test_a_page_of_results_costs_two_queries_however_many_there_are(
    world: World, any_engine: Engine, seeker: TestClient
) -> None:
    for number in range(20):
        world.opportunity(f"Topic {number}")
    seeker.get(PATH)
    with counted(any_engine) as statements:
        seeker.get(f"{PATH}?q=topic&programme=horizon_europe")
    assert len(statements) == 2


def test_a_search_is_labelled_for_everybody(world: World, seeker: TestClient) -> None:
    world.opportunity()
    browser = Browser(seeker)
    browser.open(PATH)
    check_page(browser)


def test_what_a_crawl_brings_is_found_once_it_is_read(world: World, seeker: TestClient) -> None:
    world.opportunity("Robots at sea")
    assert titles(seeker) == ["Robots at sea"]
    world.opportunity("Robots on land")
    assert eventually(lambda: len(titles(seeker)) == 2)


def eventually(done: Callable[[], bool]) -> bool:
    """Return whether something comes true within ten seconds."""
    end = time.monotonic() + 10
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return done()
