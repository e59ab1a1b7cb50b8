"""A model is what it claims to be, reads each role as it was trained to, and says so."""

import hashlib
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from config.errors import ConfigurationError
from matcher.embedder import Embedder, LazyModel, Role, SentenceTransformerEmbedder, model_of
from matcher.model_files import EMBEDDED_SHA256, Adapter, Source, embedded_folder, quiet, source_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TinyModels = Callable[..., Path]

SENTENCES = [
    "That is a happy person",
    "That is a happy dog",
    "That is a very happy person",
    "Today is a sunny day",
]


@pytest.fixture(scope="module")
def model() -> Embedder:
    """Return the published model, without our adapter."""
    return SentenceTransformerEmbedder(LazyModel(source_of("")), Role.DOCUMENT)


def published(folder: Path) -> Embedder:
    """Return the embedder of what claims to be the embedded model."""
    return SentenceTransformerEmbedder(
        LazyModel(Source("m", str(folder), EMBEDDED_SHA256)), Role.DOCUMENT
    )


def test_the_embedded_weights_are_the_published_ones() -> None:
    weights = (embedded_folder() / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == EMBEDDED_SHA256
    assert EMBEDDED_SHA256.startswith("53aa5117")
    assert EMBEDDED_SHA256.endswith("28d9db")


def test_the_model_is_named_with_its_revision_length_and_dimension(model: Embedder) -> None:
    assert model.model_id == "all-MiniLM-L6-v2@53aa51172d14/256/384"
    assert model.dimension == 384


def test_the_four_sentences_of_the_model_page_are_as_near_as_it_says(
    model: Embedder,
) -> None:
    vectors = model.encode(SENTENCES)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[1:] @ vectors[0], [0.6946, 0.9429, 0.2569], atol=5e-4)


def test_no_texts_make_no_rows(model: Embedder) -> None:
    assert model.encode([]).shape == (0, 384)


def test_corrupt_weights_are_refused_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(embedded_folder(), folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    broken = published(folder)
    with pytest.raises(ConfigurationError, match="is not the published file") as caught:
        broken.encode(["text"])
    assert "\n" not in str(caught.value)


def test_missing_weights_are_told_in_one_line(tmp_path: Path) -> None:
    missing = published(tmp_path)
    with pytest.raises(ConfigurationError, match=r"model\.safetensors is missing; reinstall"):
        missing.encode(["text"])


def test_a_model_that_cannot_be_had_is_told_in_one_line() -> None:
    with pytest.raises(ConfigurationError, match="CALLWATCH_MODEL='no/such' cannot be loaded"):
        model_of("no/such").documents.encode(["text"])


def test_a_folder_that_holds_no_model_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be loaded") as caught:
        model_of(str(tmp_path)).documents.encode(["text"])
    assert "\n" not in str(caught.value)


def test_loading_a_model_keeps_nobody_else_from_logging(caplog: pytest.LogCaptureFixture) -> None:
    with quiet():
        logging.getLogger("web.failures").error("page failed")
        logging.getLogger("sentence_transformers.base").warning("advice")
    assert caplog.messages == ["page failed"]


def test_a_folder_that_does_not_exist_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such folder") as caught:
        model_of(str(tmp_path / "gone"))
    assert "\n" not in str(caught.value)


def test_a_symmetric_model_reads_both_roles_alike_and_under_one_key() -> None:
    model = model_of("")
    assert model.queries.model_id == model.documents.model_id
    assert np.array_equal(model.queries.encode(SENTENCES), model.documents.encode(SENTENCES))


def test_the_embedded_model_comes_with_our_adapter_under_either_of_its_names() -> None:
    assert model_of("").documents.model_id.startswith("all-MiniLM-L6-v2@53aa51172d14+")
    assert model_of("").documents.model_id == model_of("all-MiniLM-L6-v2").documents.model_id


def test_a_model_that_brings_prompts_reads_each_role_with_its_own(tiny_model: TinyModels) -> None:
    path = str(tiny_model("found", {"query": "search: ", "passage": "text: "}))
    model = model_of(path)
    plain = model_of(str(tiny_model("plain", {})))
    assert model.queries.model_id.endswith('/64/32 "search: "')
    assert model.documents.model_id.endswith('/64/32 "text: "')
    assert plain.queries.model_id == plain.documents.model_id
    wanted = plain.documents.encode(["search: ships", "text: ships"])
    assert np.allclose(model.queries.encode(["ships"])[0], wanted[0], atol=1e-6)
    assert np.allclose(model.documents.encode(["ships"])[0], wanted[1], atol=1e-6)
    assert not np.allclose(wanted[0], wanted[1], atol=1e-3)


def test_a_model_of_the_e5_family_is_known_by_its_name(tiny_model: TinyModels) -> None:
    model = model_of(str(tiny_model("multilingual-e5-small", {})))
    assert model.queries.model_id.startswith("multilingual-e5-small@")
    assert model.queries.model_id.endswith('"query: "')
    assert model.documents.model_id.endswith('"passage: "')


def test_an_adapter_changes_the_vectors_and_the_key(tiny_model: TinyModels) -> None:
    path = str(tiny_model("plain", {}))

    def double(model: "SentenceTransformer") -> None:
        for weights in model.parameters():
            weights.data *= 2

    plain = model_of(path).documents
    lazy = LazyModel(source_of(path), Adapter(double, "feed" * 16))
    adapted = SentenceTransformerEmbedder(lazy, Role.DOCUMENT)
    assert adapted.model_id == plain.model_id.replace("/64/", "+feedfeedfeed/64/")
    assert not np.allclose(adapted.encode(["ships"]), plain.encode(["ships"]), atol=1e-3)


def test_a_vector_does_not_depend_on_the_texts_beside_it(model: Embedder) -> None:
    long = "Wind turbines at sea need fewer repairs. " * 40
    together = model.encode([*SENTENCES, long, "", "Schiff", "\N{SHIP}"])
    alone = np.concatenate([model.encode([text]) for text in (*SENTENCES, long, "")])
    assert np.allclose(together[:6], alone, atol=1e-5)
    assert np.isfinite(together).all()


def test_torch_is_not_imported_before_a_model_is_used() -> None:
    code = "import sys, matcher.run, matcher.reembedding; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - ours
