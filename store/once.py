"""Rows that several processes may try to make and exactly one does."""

from collections.abc import Mapping
from typing import cast

from sqlalchemy import CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models import Base


def insert_once(session: Session, table: type[Base], values: Mapping[str, object]) -> bool:
    """Insert a row unless one with the same key is there; return whether it was inserted."""
    result = session.execute(_statement(session, table, values))
    return cast("CursorResult[tuple[()]]", result).rowcount == 1


def _statement(
    session: Session, table: type[Base], values: Mapping[str, object]
) -> sqlite.Insert | postgresql.Insert:
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).values(values).on_conflict_do_nothing()
    return sqlite.insert(table).values(values).on_conflict_do_nothing()
