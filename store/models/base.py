"""What every table shares: names of constraints, and the column type of each Python type."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import MetaData, Numeric
from sqlalchemy.orm import DeclarativeBase

from store.models.vocabulary import (
    ApplicationState,
    Basis,
    BounceKind,
    Cadence,
    ChangeKind,
    ConsentAct,
    Decision,
    Endpoint,
    Kind,
    MessageState,
    OpenTo,
    Origin,
    ProfileOrigin,
    Purpose,
    ReviewPolicy,
    ReviewStatus,
    Severity,
    Status,
    SubscriberState,
    Verdict,
)
from store.types import Json, UtcDateTime, by_value

_ENUMS = (
    Kind,
    Status,
    Endpoint,
    Origin,
    OpenTo,
    ChangeKind,
    Severity,
    Basis,
    ReviewPolicy,
    ReviewStatus,
    Decision,
    Cadence,
    SubscriberState,
    MessageState,
    Verdict,
    ProfileOrigin,
    BounceKind,
    Purpose,
    ConsentAct,
    ApplicationState,
)

_COLUMN_TYPES: dict[Any, Any] = {
    datetime: UtcDateTime(),
    dict[str, Any]: Json,
    list[str]: Json,
    list[dict[str, Any]]: Json,
    Decimal: Numeric(16, 2),
    **{members: by_value(members) for members in _ENUMS},
}


class Base(DeclarativeBase):
    """Every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = _COLUMN_TYPES
