"""Many people search at one moment, and each is told what they would be told alone."""

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Lock
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from jobs.library import Library
from matcher.eligibility import judge_of
from matcher.embedder import TextModel, Vectors, model_of
from matcher.text import headline, opening
from store.embeddings import hash_of_text, keep_vectors
from tests.app_server import served
from tests.notifier.conftest import World
from tests.web.finding import PATH
from web.app import create_app

TITLES = (
    "Batteries for ships",
    "Vaccines against malaria",
    "Teachers and digital schools",
    "Soil health on farms",
    "Robots that inspect wind turbines",
    "Quantum sensors",
)
QUERIES = (
    "storing electricity at sea", "prevent infections in the tropics", "learning with computers",
    "healthy ground for crops", "autonomous maintenance", "measuring with atoms", "pupils",
    "farming", "offshore energy", "disease", "crewless inspection", "precise physics",
)  # fmt: skip


class Touchy:
    """A model that two must not ask at once, as some engines are."""

    model_id = "touchy"
    dimension = 8

    def __init__(self) -> None:
        self._asked = Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of each text; refuse while another is asked for."""
        if not self._asked.acquire(blocking=False):
            raise RuntimeError("asked twice at once")
        time.sleep(0.02)
        self._asked.release()
        rows = [[text.lower().count(letter) for letter in "aeioustr"] for text in texts]
        found = np.array(rows, np.float32) + 1
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def touchy() -> TextModel:
    return TextModel(Touchy(), Touchy())


def bundled() -> TextModel:
    return model_of("")


def collect(engine: Engine, model: TextModel) -> None:
    """Keep topics, with the vectors that the matcher makes of them."""
    with Session(engine) as session:
        world = World(session)
        rows = [world.opportunity(title) for title in TITLES]
        texts = [read(row) for row in rows for read in (opening, headline)]
        vectors = (row.astype("<f4").tobytes() for row in model.documents.encode(texts))
        kept = dict(zip(map(hash_of_text, texts), vectors, strict=True))
        keep_vectors(session, model.documents.model_id, kept)
        session.commit()


def told(url: str, query: str) -> list[str]:
    """Return the titles that a search shows; the model must have been asked."""
    with urlopen(f"{url}{PATH}?{urlencode({'q': query})}", timeout=60) as answer:  # noqa: S310
        page = answer.read().decode()
    assert "by the words alone" not in page
    return re.findall(r'<h2><a href="/opportunities/[^"]+">([^<]+)</a></h2>', page)


def until_read(url: str) -> None:
    """Wait until texts are searched, not titles alone."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with urlopen(f"{url}{PATH}", timeout=60) as answer:  # noqa: S310
            if b"still reading" not in answer.read():
                return
        time.sleep(0.1)
    pytest.fail("the texts were not read")


@pytest.mark.parametrize("make", [touchy, bundled])
def test_searches_at_the_same_moment_find_what_each_finds_alone(
    engine: Engine, settings: Settings, now: datetime, make: Callable[[], TextModel]
) -> None:
    model = make()
    collect(engine, model)
    found = []
    for number_of_people in (len(QUERIES), 1):
        library = Library(judge_of(settings.configuration), model)
        app = create_app(settings, engine, lambda: now, library=library)
        with served(app) as url, ThreadPoolExecutor(number_of_people) as people:
            until_read(url)
            found.append(list(people.map(partial(told, url), QUERIES)))
    together, alone = found
    assert together == alone
    assert any(together)
