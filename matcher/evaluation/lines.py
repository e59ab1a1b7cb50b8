"""Files of lines, plain or packed; what is wrong in one is named with file and line."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import ConfigurationError

PACKED = ".gz"
Name = Annotated[str, Field(pattern=r"^\S+$")]
"""What identifies a record; a blank would end it in the line of a run."""


class Record(BaseModel):
    """A JSON object; what is no field of ours is left unread, and null is as good as absent."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, fields: Any) -> Any:
        if not isinstance(fields, dict):
            return fields
        return {name: value for name, value in fields.items() if value is not None}


class Named(Record):
    """A record that stands once in its file."""

    id: Name


NamedRecord = TypeVar("NamedRecord", bound=Named)


def read_records(path: Path, model: type[NamedRecord]) -> tuple[NamedRecord, ...]:
    """Return the records of a file of JSON lines, in their order.

    Raises:
        ConfigurationError: If the file cannot be read, or holds nothing, a line that is no
            ``model``, or a record twice.
    """
    found: dict[str, NamedRecord] = {}
    for number, line in read_lines(path):
        try:
            record = model.model_validate_json(line)
        except ValidationError as error:
            raise ConfigurationError(f"{path}:{number}: {_fault(error)}") from error
        if record.id in found:
            raise ConfigurationError(f"{path}:{number}: {record.id} stands twice")
        found[record.id] = record
    if not found:
        raise ConfigurationError(f"{path}: is empty")
    return tuple(found.values())


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of ``path`` that say anything, with their numbers.

    Raises:
        ConfigurationError: If the file cannot be read.
    """
    opened = gzip.open if path.suffix == PACKED else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 text") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"{path}: cannot be read: {reason}") from error


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = "is missing" if first["type"] == "missing" else first["msg"]
    return f"{where}: {what}" if where else what
