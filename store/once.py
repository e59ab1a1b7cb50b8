"""Rows that several processes may try to make and exactly one does."""

from collections.abc import Mapping

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models import Base


def insert_once(session: Session, table: type[Base], values: Mapping[str, object]) -> bool:
    """Insert a row unless one with the same key is there; return whether it was inserted."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(values).on_conflict_do_nothing()
    # not the row count: PostgreSQL's driver does not tell it for such a statement
    return session.execute(statement.returning(literal(1))).first() is not None
