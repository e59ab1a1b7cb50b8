"""A faster engine says what PyTorch says, or is left out."""

import logging
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from matcher.embedder import model_of
from matcher.engines import CHECKED, OpenVinoTransformer, least_cosine, quickened

pytestmark = pytest.mark.skipif(
    find_spec("openvino") is None, reason="needs the extra: pip install callwatch[fast]"
)

TinyModels = Callable[..., Path]
TEXTS = [*CHECKED, "", *(f"Ships sail at {n} knots. " * n for n in range(20))]


@pytest.fixture(scope="module")
def plain(tiny_model: TinyModels) -> SentenceTransformer:
    return SentenceTransformer(str(tiny_model("tiny", {"query": "q: "})), device="cpu")


def test_it_makes_the_same_vectors_in_the_same_order(
    plain: SentenceTransformer, tmp_path: Path
) -> None:
    fast = quickened(plain, tmp_path, "rev")
    assert isinstance(fast[0], OpenVinoTransformer)
    found = fast.encode_query(TEXTS, normalize_embeddings=True)
    wanted = plain.encode_query(TEXTS, normalize_embeddings=True)
    assert np.allclose(found, wanted, atol=1e-3)
    assert fast.max_seq_length == plain.max_seq_length
    assert fast.get_embedding_dimension() == 32


def test_nobody_is_told_that_the_engine_is_used(plain: SentenceTransformer, tmp_path: Path) -> None:
    quickened(plain, tmp_path, "rev")
    assert "openvino" in sys.modules
    assert sys.modules["openvino_telemetry"] is None


def test_it_gives_a_vector_for_each_token_too(plain: SentenceTransformer, tmp_path: Path) -> None:
    fast = quickened(plain, tmp_path, "rev")
    found = fast.encode(["Ships", "Ships at sea"], output_value="token_embeddings")
    assert [len(tokens) for tokens in found] == [3, 5]


def test_the_network_is_written_once_for_each_revision(
    plain: SentenceTransformer, tmp_path: Path
) -> None:
    quickened(plain, tmp_path, "one")
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("one-openvino-")
    before = (folder / "network.xml").stat().st_mtime_ns
    quickened(plain, tmp_path, "one")
    quickened(plain, tmp_path, "two")
    assert (folder / "network.xml").stat().st_mtime_ns == before
    assert len(list(tmp_path.iterdir())) == 2


def test_an_engine_that_says_something_else_is_left_out(
    tiny_model: TinyModels, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = SentenceTransformer(str(tiny_model("one", {})), device="cpu")
    quickened(one, tmp_path, "rev")
    other = SentenceTransformer(str(tiny_model("other", {})), device="cpu")
    for weights in other.parameters():
        weights.data += 0.05 * weights.data.roll(1)
    assert least_cosine(one, other) < 0.999
    assert quickened(other, tmp_path, "rev") is other  # what is kept was made of the first
    assert caplog.messages == ["fast engine left out"]


def test_a_network_that_cannot_be_read_is_left_out(
    plain: SentenceTransformer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    quickened(plain, tmp_path, "rev")
    next(tmp_path.glob("*/network.xml")).write_text("no network")
    with caplog.at_level(logging.WARNING):
        assert quickened(plain, tmp_path, "rev") is plain
    assert caplog.messages == ["fast engine left out"]


def test_both_engines_share_their_vectors(tiny_model: TinyModels, tmp_path: Path) -> None:
    path = str(tiny_model("tiny", {}))
    assert model_of(path, tmp_path).documents.model_id == model_of(path).documents.model_id
