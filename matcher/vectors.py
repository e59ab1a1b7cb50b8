"""Vectors of texts, made once and kept: what is in the store is never embedded again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from matcher.embedder import Embedder, Vectors
from store.db import session_scope
from store.embeddings import hash_of_text, keep_vectors, kept_vectors

BATCH = 128
"""Texts embedded and kept in one step: what a killed run loses at most, some two seconds' work."""

Progress = Callable[[int, int], None]
"""Told after each step how many texts are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of texts, and how many of them had to be made."""

    vectors: Vectors
    """(n, d) float32, rows of length 1, in the order of the texts."""
    made: int


def silent(done: int, total: int) -> None:
    """Take progress and tell nobody."""


def embedded(
    engine: Engine, embedder: Embedder, texts: Sequence[str], progress: Progress = silent
) -> Embedded:
    """Return the vectors of ``texts``; the missing ones are made and kept batch by batch."""
    hashes = [hash_of_text(text) for text in texts]
    model = embedder.model_id
    with session_scope(engine) as session:
        known = kept_vectors(session, model, set(hashes))
    missing = {h: text for h, text in zip(hashes, texts, strict=True) if h not in known}
    # Texts of like length together: a batch is padded to its longest.
    queue = sorted(missing.items(), key=lambda item: (len(item[1]), item[0]))
    for start in range(0, len(queue), BATCH):
        made = _made(embedder, queue[start : start + BATCH])
        with session_scope(engine) as session:
            keep_vectors(session, model, made)
        known |= made
        progress(min(start + BATCH, len(queue)), len(queue))
    return Embedded(_as_rows([known[h] for h in hashes], embedder), len(queue))


def _made(embedder: Embedder, batch: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    rows = embedder.encode([text for _, text in batch])
    return {h: row.astype("<f4").tobytes() for (h, _), row in zip(batch, rows, strict=True)}


def _as_rows(kept: Sequence[bytes], embedder: Embedder) -> Vectors:
    if not kept:
        return np.zeros((0, embedder.dimension), np.float32)
    return np.frombuffer(b"".join(kept), "<f4").reshape(len(kept), -1).astype(np.float32)
