"""Queries and documents get what a model wants before them."""

import pytest

from matcher.prompts import Prompts, prompts_of

E5 = Prompts("query: ", "passage: ")


@pytest.mark.parametrize(
    "name",
    ["intfloat/multilingual-e5-small", "intfloat/e5-base-v2", "multilingual-e5-large", "e5-small"],
)
def test_a_model_of_the_e5_family_gets_its_prompts_though_its_files_carry_none(name: str) -> None:
    assert prompts_of({}, (name,)) == E5
    assert prompts_of({"query": "", "document": ""}, (name,)) == E5


def test_a_folder_of_any_name_is_known_by_what_it_was_trained_as() -> None:
    assert prompts_of({}, ("model", "intfloat/multilingual-e5-small")) == E5


@pytest.mark.parametrize(
    "name",
    ["all-MiniLM-L6-v2", "BAAI/bge-m3", "multilingual-e5-large-instruct", "minie5-small", "e5"],
)
def test_a_model_of_no_known_family_gets_none(name: str) -> None:
    assert prompts_of({}, (name,)) == Prompts()


@pytest.mark.parametrize("document", ["document", "passage", "corpus"])
def test_what_a_model_brings_comes_before_what_its_family_wants(document: str) -> None:
    own = {"query": "search: ", "document": "", document: "text: "}
    assert prompts_of(own, ("e5-small",)) == Prompts("search: ", "text: ")


def test_a_model_may_want_a_prompt_for_queries_alone() -> None:
    assert prompts_of({"query": "Find: "}, ("any",)) == Prompts("Find: ", "")
