"""Column types that behave alike on SQLite and PostgreSQL."""

import enum
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, DateTime, Dialect, Enum, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

Member = TypeVar("Member", bound=enum.Enum)

Json = JSON().with_variant(JSONB(), "postgresql")
"""A JSON document."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` in UTC.

        Raises:
            ValueError: If it states no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"datetime states no zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return what SQLite gives back naive as aware UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def by_value(members: type[Member]) -> Enum:
    """Return a column type that stores the values of an enum as text."""
    return Enum(
        members,
        values_callable=lambda enum_class: [member.value for member in enum_class],
        native_enum=False,
        create_constraint=False,
        length=32,
    )
