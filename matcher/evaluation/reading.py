"""Texts read by a model once, and kept beside the benchmark from one evaluation to the next."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from matcher.corpus import Embed
from matcher.embedder import Embedder, TextModel, Vectors
from matcher.evaluation.ranking import Reader
from matcher.vectors import Progress, embedded, silent
from store.db import open_engine, upgrade


@contextmanager
def kept_vectors(file: Path) -> Iterator[Engine]:
    """Yield the database in ``file``, made where there is none; vectors are kept there."""
    engine = open_engine(f"sqlite:///{file}")
    try:
        upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def reader_of(engine: Engine, model: TextModel, progress: Progress = silent) -> Reader:
    """Return how ``model`` reads: what ``engine`` keeps is never read again."""

    def embed_with(embedder: Embedder) -> Embed:
        def embed(texts: Sequence[str]) -> Vectors:
            return embedded(engine, embedder, texts, progress).vectors

        return embed

    return Reader(embed_with(model.queries), embed_with(model.documents), model.centre)
