"""The embedded model is the published one, and says so when it is not."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from config.errors import ConfigurationError
from matcher.embedder import (
    EMBEDDED_SHA256,
    SentenceTransformerEmbedder,
    embedded_folder,
    embedder_of,
)

SENTENCES = [
    "That is a happy person",
    "That is a happy dog",
    "That is a very happy person",
    "Today is a sunny day",
]


@pytest.fixture(scope="module")
def model() -> SentenceTransformerEmbedder:
    return embedder_of("")


def test_the_embedded_weights_are_the_published_ones() -> None:
    weights = (embedded_folder() / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == EMBEDDED_SHA256
    assert EMBEDDED_SHA256.startswith("53aa5117")
    assert EMBEDDED_SHA256.endswith("28d9db")


def test_the_model_is_named_with_its_revision_and_length(
    model: SentenceTransformerEmbedder,
) -> None:
    assert model.model_id == "all-MiniLM-L6-v2@53aa51172d14/256"
    assert model.dimension == 384


def test_the_four_sentences_of_the_model_page_are_as_near_as_it_says(
    model: SentenceTransformerEmbedder,
) -> None:
    vectors = model.encode(SENTENCES)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[1:] @ vectors[0], [0.6946, 0.9429, 0.2569], atol=5e-4)


def test_no_texts_make_no_rows(model: SentenceTransformerEmbedder) -> None:
    assert model.encode([]).shape == (0, 384)


def test_corrupt_weights_are_refused_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(embedded_folder(), folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    broken = SentenceTransformerEmbedder(str(folder), "m", EMBEDDED_SHA256)
    with pytest.raises(ConfigurationError, match="is not the published file") as caught:
        broken.encode(["text"])
    assert "\n" not in str(caught.value)


def test_missing_weights_are_told_in_one_line(tmp_path: Path) -> None:
    missing = SentenceTransformerEmbedder(str(tmp_path), "m", EMBEDDED_SHA256)
    with pytest.raises(ConfigurationError, match=r"model\.safetensors is missing; reinstall"):
        missing.encode(["text"])


def test_a_model_that_cannot_be_had_is_told_in_one_line() -> None:
    with pytest.raises(ConfigurationError, match="CALLWATCH_MODEL='no/such' cannot be loaded"):
        embedder_of("no/such").encode(["text"])


def test_a_folder_that_holds_no_model_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be loaded") as caught:
        embedder_of(str(tmp_path)).encode(["text"])
    assert "\n" not in str(caught.value)


def test_a_folder_that_does_not_exist_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such folder") as caught:
        embedder_of(str(tmp_path / "gone"))
    assert "\n" not in str(caught.value)
