"""Where a list goes on: a text to hand back as it is, of which nothing else is promised."""

import base64
import binascii
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from web.api.problems import ProblemError
from web.api.shapes import Instant, Name, Number


class Cursor(BaseModel):
    """The last item of a part."""

    model_config = ConfigDict(extra="forbid")


class AfterNumber(Cursor):
    """Behind a row of a list in the order of numbers."""

    number: Number


class AfterName(Cursor):
    """Behind a row of a list in the order of names."""

    name: Name


class AfterDeadline(Cursor):
    """Behind a row of a list in the order of deadlines."""

    at: Instant
    """When the first part was asked for: what lay ahead then."""
    deadline: Instant
    number: Number


Kind = TypeVar("Kind", bound=Cursor)


def written(cursor: Cursor) -> str:
    """Return ``cursor`` as text that fits into an address."""
    return base64.urlsafe_b64encode(cursor.model_dump_json().encode()).decode().rstrip("=")


def read_cursor(kind: type[Kind], text: str | None) -> Kind | None:
    """Return what a text of ours says; None where there is none.

    Raises:
        ProblemError: If it is none of ours, or of another list.
    """
    if text is None:
        return None
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return kind.model_validate_json(content)
    except (binascii.Error, ValueError, ValidationError) as error:
        raise ProblemError(422, "The cursor is none that this list gave out.") from error
