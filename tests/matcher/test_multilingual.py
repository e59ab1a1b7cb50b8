"""A group that writes its own language finds English topics through a multilingual model."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import SHIPPED
from matcher.embedder import TextModel, model_of
from matcher.run import match_profiles, means_of
from store.models import Opportunity, Profile
from tests.matcher.packed_e5 import INSTALL, missing_package, write_model

TOPICS = {
    "ships": "Autonomous ships and safe navigation in coastal waters",
    "batteries": "Recycling of lithium batteries from electric vehicles",
    "teachers": "Digital skills of teachers in primary and secondary schools",
    "heritage": "Conservation of cultural heritage in museums and archives",
    "cancer": "Early detection of cancer with artificial intelligence in medical imaging",
    "forests": "Restoration of forests and biodiversity in a changing climate",
    "floods": "Forecasts of floods and early warning of the population",
    "hydrogen": "Production of green hydrogen by electrolysis with wind power",
}
GROUPS = {
    "ships": "Vi forsker på selvkjørende skip og sikker seilas langs kysten.",  # Norwegian
    "teachers": "Læreres digitale kompetanse i grunnskolen og videregående skole.",
    "heritage": "Wir erforschen die Erhaltung von Kulturgut in Museen und Archiven.",  # German
    "batteries": "Wiederverwertung von Lithiumbatterien aus Elektroautos.",
    "cancer": "Détection précoce du cancer par l'intelligence artificielle en imagerie.",  # French
    "floods": "Prévision des inondations et alerte précoce de la population.",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TextModel:
    if missing := missing_package():
        pytest.skip(f"no multilingual model here: {missing} is not installed; {INSTALL}")
    folder = tmp_path_factory.mktemp("models") / "multilingual-e5-small"
    write_model(folder)
    return model_of(str(folder))


def test_the_model_reads_queries_and_passages_with_the_prompts_of_its_family(
    model: TextModel,
) -> None:
    assert model.queries.model_id.endswith('/512/384 "query: "')
    assert model.documents.model_id.endswith('/512/384 "passage: "')


@pytest.mark.parametrize("group", GROUPS)
def test_a_text_is_nearest_to_what_says_the_same_in_english(model: TextModel, group: str) -> None:
    wanted = model.queries.encode([GROUPS[group]])[0]
    scores = model.documents.encode(list(TOPICS.values())) @ wanted
    assert list(TOPICS)[int(scores.argmax())] == group


@pytest.fixture
def stored(
    session: Session, opportunity: Callable[..., Opportunity], profile: Callable[..., Profile]
) -> None:
    """The topics in English, and the groups in their languages."""
    session.add_all(opportunity(name, title, f"{title}.") for name, title in TOPICS.items())
    session.add_all(profile(name, text, keywords=[]) for name, text in GROUPS.items())
    session.commit()


@pytest.mark.usefixtures("stored")
def test_groups_of_three_languages_get_their_english_topics(
    model: TextModel, engine: Engine, now: datetime
) -> None:
    run = match_profiles(engine, means_of(model, SHIPPED), now)
    first = {result.slug: result.best[0].reference for result in run.results if result.best}
    assert first == {name: name for name in GROUPS}
