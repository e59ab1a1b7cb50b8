"""A change of model leaves no gap: what was made earlier serves meanwhile."""

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from config.settings import SHIPPED
from matcher.embedder import TextModel, Vectors
from matcher.reembedding import (
    FEW,
    STEP,
    Standing,
    Texts,
    current_texts,
    forget_unused,
    re_embed,
    serving_model,
    standing,
)
from matcher.run import match_profiles, means_of
from matcher.vectors import embedded
from store.embeddings import vectors_by_model
from store.models import Opportunity, Profile

MANY = Texts(tuple(f"passage {n}" for n in range(FEW + 1)), ("a facet", "another"))


class Constant:
    """Makes the same vector of everything, and counts what it is asked."""

    dimension = 2

    def __init__(self, model_id: str) -> None:
        self.model_id = model_id
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.full((len(texts), 2), np.sqrt(0.5), np.float32)


def symmetric(name: str) -> TextModel:
    both = Constant(f"{name}@0a1b2c/256/2")
    return TextModel(both, both)


def with_prompts(name: str) -> TextModel:
    return TextModel(
        Constant(f'{name}@0a1b2c/512/2 "query: "'), Constant(f'{name}@0a1b2c/512/2 "passage: "')
    )


def nothing(name: str) -> TextModel:
    raise ConfigurationError(f"{name} is gone")


def always() -> bool:
    return True


@pytest.mark.parametrize("model", [symmetric("m"), with_prompts("m")])
def test_everything_is_made_once(engine: Engine, model: TextModel) -> None:
    assert standing(engine, model, MANY) == Standing(0, FEW + 3)
    assert re_embed(engine, model, MANY, always) == Standing(FEW + 3, FEW + 3)
    again = symmetric("m") if model.queries is model.documents else with_prompts("m")
    assert re_embed(engine, again, MANY, always).missing == 0
    assert embedded(engine, again.documents, MANY.documents).made == 0
    assert embedded(engine, again.queries, MANY.queries).made == 0


def test_a_model_with_prompts_reads_facets_and_passages_each_in_its_own_way(
    engine: Engine,
) -> None:
    queries, documents = Constant('m@0/1/2 "q"'), Constant('m@0/1/2 "d"')
    re_embed(engine, TextModel(queries, documents), Texts(("same", "text"), ("same",)), always)
    assert (queries.asked, sorted(documents.asked)) == (["same"], ["same", "text"])


def test_a_model_that_reads_all_alike_reads_no_text_twice(engine: Engine) -> None:
    both = Constant("m@0/1/2")
    re_embed(engine, TextModel(both, both), Texts(("same", "text"), ("same",)), always)
    assert sorted(both.asked) == ["same", "text"]


def test_it_stops_when_others_have_waited_enough_and_goes_on_from_there(engine: Engine) -> None:
    model = symmetric("m")
    answers = iter([True, False])
    assert re_embed(engine, model, MANY, lambda: next(answers)) == Standing(STEP, FEW + 3)
    assert re_embed(engine, model, MANY, always).missing == 0


def test_the_earlier_model_serves_while_many_vectors_are_missing(engine: Engine) -> None:
    re_embed(engine, symmetric("old"), MANY, always)
    found = serving_model(engine, symmetric("new"), MANY, nothing)
    assert found.documents.model_id == found.queries.model_id == "old@0a1b2c/256/2"
    assert embedded(engine, found.documents, MANY.documents).vectors.shape == (FEW + 1, 2)


def test_an_earlier_model_with_prompts_serves_each_text_in_its_role(engine: Engine) -> None:
    re_embed(engine, with_prompts("old"), MANY, always)
    found = serving_model(engine, symmetric("new"), MANY, nothing)
    assert found.queries.model_id == with_prompts("old").queries.model_id
    assert found.documents.model_id == with_prompts("old").documents.model_id


def test_the_new_model_serves_once_few_vectors_are_missing(engine: Engine) -> None:
    re_embed(engine, symmetric("old"), MANY, always)
    new = symmetric("new")
    answers = iter([True, False])
    re_embed(engine, new, MANY, lambda: next(answers))
    assert serving_model(engine, new, MANY, nothing) is new


def test_the_earlier_model_is_opened_for_texts_that_came_since(engine: Engine) -> None:
    re_embed(engine, symmetric("old"), MANY, always)
    grown = Texts((*MANY.documents, "a new passage"), MANY.queries)
    old = Constant("old@0a1b2c/256/2")
    found = serving_model(engine, symmetric("new"), grown, lambda _: TextModel(old, old))
    assert embedded(engine, found.documents, grown.documents).made == 1
    assert old.asked == ["a new passage"]


@pytest.mark.parametrize("opened", [nothing, lambda _: symmetric("changed")])
def test_an_earlier_model_that_cannot_be_had_as_it_was_serves_no_new_text(
    engine: Engine, opened: Callable[[str], TextModel]
) -> None:
    re_embed(engine, symmetric("old"), MANY, always)
    grown = Texts((*MANY.documents, "a new passage"), MANY.queries)
    new = symmetric("new")
    assert serving_model(engine, new, grown, opened) is new


def test_a_first_model_serves_from_the_start(engine: Engine) -> None:
    new = symmetric("new")
    assert serving_model(engine, new, MANY, nothing) is new


def test_no_texts_need_no_model(engine: Engine) -> None:
    class Unloadable(Constant):
        @property
        def model_id(self) -> str:
            raise AssertionError("loaded")

        @model_id.setter
        def model_id(self, _: str) -> None: ...

    unloadable = Unloadable("")
    assert standing(engine, TextModel(unloadable, unloadable), Texts((), ())) == Standing(0, 0)


def test_what_was_made_beforehand_is_all_that_a_run_needs(
    engine: Engine,
    session: Session,
    opportunity: Callable[..., Opportunity],
    profile: Callable[..., Profile],
    now: datetime,
) -> None:
    scope = "Lighter ships that sail the sea in strong wind. " * 20
    session.add_all([opportunity(str(n), f"Ships {n}", scope) for n in range(3)])
    session.add(profile("p", "We build ships.", keywords=[{"words": ["sail"], "weight": 1}]))
    session.commit()
    model = symmetric("m")
    re_embed(engine, model, current_texts(engine, now), always)
    assert match_profiles(engine, means_of(model, SHIPPED), now).embedded == 0


def test_only_what_the_store_still_has_is_kept_and_under_the_model_in_force(
    engine: Engine,
    session: Session,
    opportunity: Callable[..., Opportunity],
    profile: Callable[..., Profile],
    now: datetime,
) -> None:
    session.add_all([opportunity("1", "Ships"), profile("p", "We build ships.", keywords=[])])
    session.commit()
    texts = current_texts(engine, now)
    assert texts == Texts(("Ships", "Ships."), ("We build ships.",))
    model = symmetric("new")
    re_embed(engine, symmetric("old"), texts, always)
    re_embed(engine, model, Texts((*texts.documents, "gone"), texts.queries), always)
    assert forget_unused(engine, model) == 1
    assert vectors_by_model(session) == {"new@0a1b2c/256/2": 3}
