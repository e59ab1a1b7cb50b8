"""Vectors already made, by model and text."""

import hashlib
from collections.abc import Collection, Mapping

from sqlalchemy import Insert, select
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
    wanted = sorted(hashes)
    found: dict[str, bytes] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(Embedding.text_hash, Embedding.vector).where(
                Embedding.model == model, Embedding.text_hash.in_(wanted[start : start + _CHUNK])
            )
        )
        found |= {row.text_hash: row.vector for row in rows}
    return found


def keep_vectors(session: Session, model: str, vectors: Mapping[str, bytes]) -> None:
    """Keep ``vectors`` by text hash; one that another process kept meanwhile stays."""
    if not vectors:
        return
    rows = [
        {"model": model, "text_hash": text_hash, "vector": vector}
        for text_hash, vector in vectors.items()
    ]
    session.execute(_insert_where_absent(session), rows)


def _insert_where_absent(session: Session) -> Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Embedding).on_conflict_do_nothing()
    return sqlite.insert(Embedding).on_conflict_do_nothing()
