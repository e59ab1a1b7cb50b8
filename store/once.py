"""Rows that several processes may try to make and exactly one does."""

from collections.abc import Mapping

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.models import Base


def insert_unless_there(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return the statement that inserts a row unless one with the same key is there."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(Base.metadata.tables[table.__tablename__]).on_conflict_do_nothing()


def insert_once(session: Session, table: type[Base], values: Mapping[str, object]) -> bool:
    """Insert a row unless one with the same key is there; return whether it was inserted."""
    statement = insert_unless_there(session, table).returning(literal(1))
    # not the row count: PostgreSQL's driver does not tell it for such a statement
    return session.execute(statement, values).first() is not None
