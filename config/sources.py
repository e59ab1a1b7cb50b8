"""Which sources an operator wants collected."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from config.documents import read_document
from config.errors import ConfigurationError


class SourceLine(BaseModel):
    """One line of ``sources.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    expected: tuple[int, int] | None = None
    """Fewest and most opportunities of a healthy run; left out, the spider's own range."""


class _Sources(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: dict[str, SourceLine] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Source:
    """A source to collect."""

    name: str
    """Name of a spider, or the slug of a programme."""
    expected: tuple[int, int] | None = None
    """Fewest and most opportunities of a healthy run, where the operator says so."""


def configured_sources(folder: Path) -> dict[str, Source]:
    """Return the sources of ``sources.yaml`` in ``folder`` by name, in their order there.

    Raises:
        ConfigurationError: If the file is wrong.
    """
    path = folder / "sources.yaml"
    lines = read_document(path, _Sources).sources
    for name, line in lines.items():
        if line.expected and not 0 <= line.expected[0] <= line.expected[1]:
            raise ConfigurationError(
                f"{path}: {name}.expected: the first number is the smaller one"
            )
    return {name: Source(name, line.expected) for name, line in lines.items()}
