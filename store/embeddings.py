"""Vectors already made, by model and text."""

import hashlib
from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models import Embedding

_CHUNK = 500
"""Hashes in one query; SQLite takes 32,766 parameters, older ones 999."""


def hash_of_text(text: str) -> str:
    """Return the hash under which the vector of ``text`` is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def kept_vectors(session: Session, model: str, hashes: Collection[str]) -> dict[str, bytes]:
    """Return the vectors under ``model`` by text hash, of those ``hashes`` that have one."""
    found: dict[str, bytes] = {}
    for chunk in _chunks(hashes):
        rows = session.execute(
            select(Embedding.text_hash, Embedding.vector).where(
                Embedding.model == model, Embedding.text_hash.in_(chunk)
            )
        )
        found |= {row.text_hash: row.vector for row in rows}
    return found


def kept_hashes(session: Session, model: str) -> set[str]:
    """Return the hashes of all texts that have a vector under ``model``."""
    return set(session.scalars(select(Embedding.text_hash).where(Embedding.model == model)))


def vectors_by_model(session: Session) -> dict[str, int]:
    """Return how many vectors are kept under each model."""
    rows = session.execute(select(Embedding.model, func.count()).group_by(Embedding.model))
    return {row.model: row[1] for row in rows}


def keep_vectors(session: Session, model: str, vectors: Mapping[str, bytes]) -> None:
    """Keep ``vectors`` by text hash; one that another process kept meanwhile stays."""
    if not vectors:
        return
    rows = [
        {"model": model, "text_hash": text_hash, "vector": vector}
        for text_hash, vector in vectors.items()
    ]
    session.execute(_insert_where_absent(session), rows)


def forget_models(session: Session, spared: Collection[str]) -> None:
    """Delete the vectors of every model but the ``spared`` ones."""
    session.execute(delete(Embedding).where(Embedding.model.not_in(spared)))


def forget_texts(session: Session, spared: Collection[str]) -> int:
    """Delete the vectors of every text whose hash is not ``spared``; return of how many texts."""
    unused = set(session.scalars(select(Embedding.text_hash).distinct())) - set(spared)
    for chunk in _chunks(unused):
        session.execute(delete(Embedding).where(Embedding.text_hash.in_(chunk)))
    return len(unused)


def _chunks(hashes: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(hashes)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def _insert_where_absent(session: Session) -> Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Embedding).on_conflict_do_nothing()
    return sqlite.insert(Embedding).on_conflict_do_nothing()
