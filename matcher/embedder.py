"""Texts to vectors: queries and documents, each as the model was trained to read them."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.adapter.low_rank import shipped_adapter
from matcher.identity import Identity
from matcher.model_files import EMBEDDED_NAME, Adapter, Source, load, revision, source_of
from matcher.prompts import Prompts, prompts_of

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]


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


@dataclass(frozen=True, slots=True)
class TextModel:
    """The two ways in which a model reads; one and the same where it makes no difference."""

    queries: Embedder
    """For what somebody looks for: the facets of a profile."""
    documents: Embedder
    """For what is found: the passages of an opportunity."""
    centre: Vectors | None = None
    """(d,) mean vector of what people work on; None where nobody measured it."""


class Role(enum.Enum):
    """What a text is to the model."""

    QUERY = "query"
    DOCUMENT = "document"


class LazyModel:
    """A sentence-transformers model, loaded when first used, by whichever role is first."""

    def __init__(
        self, source: Source, adapter: Adapter | None = None, engines: Path | None = None
    ) -> None:
        self._source = source
        self._adapter = adapter
        self._engines = engines

    @cached_property
    def model(self) -> "SentenceTransformer":
        """Return the model, on the fastest engine there is."""
        model = load(self._source, self._adapter)
        if self._engines is None:
            return model
        from matcher.engines import quickened  # noqa: PLC0415 - imports PyTorch

        return quickened(model, self._engines, self._revision)

    @cached_property
    def identity(self) -> Identity:
        """Return what every vector of the model depends on, whatever its text is read as."""
        return Identity(
            name=self._source.name,
            revision=self._revision,
            max_length=int(self.model.max_seq_length or 0),
            dimension=int(self.model.get_embedding_dimension() or 0),
        )

    @cached_property
    def prompts(self) -> Prompts:
        """Return what the model wants before a query, and before a document."""
        trained_as = getattr(self.model[0], "config", None)
        names = (self._source.name, str(getattr(trained_as, "_name_or_path", "")))
        own = {name: prompt for name, prompt in self.model.prompts.items() if prompt}
        return prompts_of(own, names)

    @cached_property
    def is_routed(self) -> bool:
        """Return whether queries and documents go through networks of their own."""
        from sentence_transformers.base.modules import Router  # noqa: PLC0415 - imports PyTorch

        return isinstance(self.model[0], Router)

    @cached_property
    def _revision(self) -> str:
        return revision(self._source, self._adapter)


_PROMPT: dict[Role, Callable[[Prompts], str]] = {
    Role.QUERY: lambda prompts: prompts.query,
    Role.DOCUMENT: lambda prompts: prompts.document,
}


class SentenceTransformerEmbedder:
    """A sentence-transformers model that reads texts in one role."""

    def __init__(self, lazy: LazyModel, role: Role) -> None:
        self._lazy = lazy
        self._role = role

    @property
    def model_id(self) -> str:
        """Return name, first digits of the weights' hash, longest text, dimension and prompt."""
        route = f"<{self._role.value}> " if self._lazy.is_routed else ""
        return str(replace(self._lazy.identity, reading=route + self._prompt))

    @property
    def dimension(self) -> int:
        """Return the length of a vector."""
        return self._lazy.identity.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) float32 rows of length 1, in the order of ``texts``."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        if len(texts) == 1:
            return self._alone(texts[0])
        rows = self._lazy.model.encode(
            list(texts),
            prompt=self._prompt,
            task=self._role.value,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(rows, np.float32)

    def _alone(self, text: str) -> Vectors:
        """Return the row of one text, without what the library prepares for many.

        That takes 2 ms, a fifth of all the time that somebody who searches waits for the model.
        """
        import torch  # noqa: PLC0415 - takes seconds

        model, task = self._lazy.model, self._role.value
        with torch.inference_mode():
            tokens = model.preprocess([text], prompt=self._prompt, task=task)
            rows = torch.nn.functional.normalize(model(tokens, task=task)["sentence_embedding"])
        return np.asarray(rows.float(), np.float32)

    @property
    def _prompt(self) -> str:
        return _PROMPT[self._role](self._lazy.prompts)


def model_of(model: str, engines: Path | None = None, adapter: Adapter | None = None) -> TextModel:
    """Return the model that the setting ``model`` names; nothing is loaded yet.

    Args:
        model: A folder or a name on the hub; empty takes the embedded one, with our adapter.
        engines: Where a faster engine keeps what it made of a model; None stays with PyTorch.
        adapter: What changes its weights; None takes ours with the embedded model, else none.

    Raises:
        ConfigurationError: If the folder does not exist, or the embedded model is not installed.
    """
    if adapter is None and model in {"", EMBEDDED_NAME}:
        adapter = shipped_adapter()
    found = _read_by(LazyModel(source_of(model), adapter, engines))
    return replace(found, centre=adapter.centre if adapter else None)


def bare_model_of(model: str, engines: Path | None = None) -> TextModel:
    """Return the same model as it was published, without an adapter.

    Raises:
        ConfigurationError: As ``model_of``.
    """
    return _read_by(LazyModel(source_of(model), None, engines))


@cache
def stay_on_one_core() -> None:
    """Let this process read with one thread: on a few words, several wait for each other for long.

    For servers: a profile and a query are a few words, and pages want the other cores.
    """
    import torch  # noqa: PLC0415 - takes seconds

    torch.set_num_threads(1)


def _read_by(lazy: LazyModel) -> TextModel:
    return TextModel(
        SentenceTransformerEmbedder(lazy, Role.QUERY),
        SentenceTransformerEmbedder(lazy, Role.DOCUMENT),
    )
