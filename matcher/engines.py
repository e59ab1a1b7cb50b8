"""The network of a model on OpenVINO, inside sentence-transformers; PyTorch where that fails.

Heavy to import: whoever needs it imports it when a model is loaded.
"""

import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Transformer

from matcher.model_files import quiet

log = logging.getLogger(__name__)

LEAST_COSINE = 0.999
"""Between both engines' vectors of every text of the check."""
CHECKED = (
    "Wind",
    "Autonomous ships in coastal waters, and the rules they sail under.",
    "Proposals should address all of the following: lower costs; longer life; less waste. " * 20,
)
"""Read by both engines before the faster one is trusted: short, usual, longer than it can be."""
MOST_ROWS = 8
"""Of a batch that go through the network together; such pieces run side by side, one on a core."""

_NETWORK = "network.xml"


class Network(torch.nn.Module):
    """What is exported: token ids and their mask to a vector for each token."""

    def __init__(self, transformer: Transformer) -> None:
        super().__init__()
        self._inner = transformer.auto_model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return (texts, tokens, d)."""
        found = self._inner(input_ids=input_ids, attention_mask=attention_mask)
        last: torch.Tensor = found.last_hidden_state
        return last


class OpenVinoTransformer(InputModule):
    """Cuts texts into tokens as the module it stands for does, and runs its network faster."""

    def __init__(self, transformer: Transformer, network: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # PyTorch's, which has no types
        if transformer.tokenizer is None:
            raise TypeError("it cuts no text into tokens")
        self._transformer = transformer
        self.tokenizer = transformer.tokenizer
        threads = torch.get_num_threads()
        options = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": threads}
        openvino = _openvino()
        compiled = openvino.Core().compile_model(network, "CPU", options)
        self._queue = openvino.AsyncInferQueue(compiled, threads)
        self._threads = threads

    @property
    def max_seq_length(self) -> int | None:
        """Return the most tokens that are read of a text."""
        return self._transformer.max_seq_length

    def get_embedding_dimension(self) -> int:
        """Return the length of a token's vector."""
        return self._transformer.get_embedding_dimension()

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **options: Any
    ) -> dict[str, Any]:
        """Return the tokens of ``inputs``."""
        features: dict[str, Any] = self._transformer.preprocess(inputs, prompt=prompt, **options)
        return features

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add the vectors of the tokens to ``features``."""
        ids, mask = features["input_ids"].numpy(), features["attention_mask"].numpy()
        features["token_embeddings"] = torch.from_numpy(self._run(ids, mask))
        return features

    def save(self, output_path: str, *args: Any, **options: Any) -> None:
        """Save the module it stands for."""
        self._transformer.save(output_path, *args, **options)

    def _run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        found = np.empty((*ids.shape, self.get_embedding_dimension()), np.float32)

        def keep(request: Any, rows: slice) -> None:
            found[rows] = request.get_output_tensor(0).data

        self._queue.set_callback(keep)
        size = min(MOST_ROWS, -(-len(ids) // self._threads))
        for start in range(0, len(ids), size):
            rows = slice(start, start + size)
            self._queue.start_async({0: ids[rows], 1: mask[rows]}, rows)
        self._queue.wait_all()
        return found


def quickened(model: SentenceTransformer, folder: Path, revision: str) -> SentenceTransformer:
    """Return ``model`` on OpenVINO; as it is where that is not installed, or says another thing.

    Args:
        model: In PyTorch.
        folder: Where exported networks are kept.
        revision: What tells its weights from all others.
    """
    if find_spec("openvino") is None:
        return model
    try:
        with quiet():
            fast = _on_openvino(model, folder / f"{revision}-openvino-{version('openvino')}")
            least = least_cosine(model, fast)
    except Exception as error:  # noqa: BLE001 - whatever it cannot do, PyTorch can
        log.warning("fast engine left out", extra={"why": str(error).split("\n", 1)[0]})
        return model
    if not least >= LEAST_COSINE:  # also where it is no number
        log.warning("fast engine left out", extra={"why": f"least cosine {least:.4f}"})
        return model
    log.info("fast engine in use", extra={"least_cosine": round(least, 6)})
    return fast


def least_cosine(one: SentenceTransformer, other: SentenceTransformer) -> float:
    """Return the least similarity between what two models make of the same text."""
    both = [
        np.asarray(model.encode(list(CHECKED), normalize_embeddings=True, show_progress_bar=False))
        for model in (one, other)
    ]
    return float((both[0] * both[1]).sum(axis=1).min())


def _on_openvino(model: SentenceTransformer, folder: Path) -> SentenceTransformer:
    first, *others = list(model)
    if not isinstance(first, Transformer):
        raise TypeError(f"it begins with a {type(first).__name__}")
    if not (folder / _NETWORK).is_file():
        _export(first, folder)
    return SentenceTransformer(
        modules=[OpenVinoTransformer(first, folder / _NETWORK), *others],
        prompts={name: prompt for name, prompt in model.prompts.items() if prompt is not None},
        default_prompt_name=model.default_prompt_name,
        device="cpu",
    )


def _openvino() -> ModuleType:
    """Return OpenVINO, an extra, without what would tell its makers of every import."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: not there
    return import_module("openvino")


def _export(transformer: Transformer, folder: Path) -> None:
    """Write the network into ``folder``, whole or not at all."""
    openvino = _openvino()
    tokens = transformer.preprocess(["Two texts", "of different length"])
    example = (tokens["input_ids"], tokens["attention_mask"])
    exported = openvino.convert_model(Network(transformer).eval(), example_input=example)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    openvino.save_model(exported, made / _NETWORK, compress_to_fp16=False)
    try:
        made.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(made)
