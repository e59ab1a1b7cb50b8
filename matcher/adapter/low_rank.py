"""Low-rank updates of a network's linear layers (LoRA): kept in a small file, added to its weights.

The method is that of Hu et al., https://arxiv.org/abs/2106.09685. Once added there is nothing left
of it at run time: the network is as large and as fast as before.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from config.errors import ConfigurationError
from matcher.model_files import Adapter, sha256_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Factors = NDArray[np.float16]
Update = tuple[Factors, Factors]
"""(rank, in) and (out, rank); their product is added to the weights of a layer."""

SHIPPED = Path(__file__).with_name("all-MiniLM-L6-v2.safetensors")
"""Made by ``python -m matcher.adapter.training``; README.md beside it is its model card."""

_DOWN, _UP = ".down", ".up"


def shipped_adapter() -> Adapter:
    """Return the adapter of the embedded model."""
    return adapter_of(SHIPPED)


def adapter_of(path: Path) -> Adapter:
    """Return the adapter in the file at ``path``, with the centre beside it where there is one.

    The updates are read when they are first applied.

    Raises:
        ConfigurationError: If there is no such file.
    """
    if not path.is_file():
        raise ConfigurationError(f"adapter: {path} is missing; install callwatch again")
    centre = centre_file(path)
    return Adapter(
        apply=lambda model: add(model, read_updates(path)),
        sha256=sha256_of(path),
        centre=np.load(centre) if centre.is_file() else None,
    )


def centre_file(adapter: Path) -> Path:
    """Return where the mean vector of what ``adapter`` was trained on is kept."""
    return adapter.with_suffix(".centre.npy")


def read_updates(path: Path) -> dict[str, Update]:
    """Return the updates in the file at ``path``, by name of the layer."""
    tensors = load_file(path)
    names = [name.removesuffix(_DOWN) for name in tensors if name.endswith(_DOWN)]
    return {name: (tensors[name + _DOWN], tensors[name + _UP]) for name in names}


def keep_updates(path: Path, updates: Mapping[str, Update]) -> None:
    """Write ``updates`` to the file at ``path``."""
    downs = {name + _DOWN: np.ascontiguousarray(down) for name, (down, _) in updates.items()}
    ups = {name + _UP: np.ascontiguousarray(up) for name, (_, up) in updates.items()}
    save_file(downs | ups, path)


def add(model: "SentenceTransformer", updates: Mapping[str, Update]) -> None:
    """Add ``updates`` to the weights of ``model``; those of layers it does not have raise."""
    import torch  # noqa: PLC0415 - takes seconds to import

    network = model.transformers_model
    if network is None:
        raise ConfigurationError("adapter: the model has no transformer to change")
    with torch.no_grad():
        for name, (down, up) in updates.items():
            change = up.astype(np.float32) @ down.astype(np.float32)
            network.get_parameter(f"{name}.weight").add_(torch.from_numpy(change))
