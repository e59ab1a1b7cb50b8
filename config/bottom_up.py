"""Which opportunities are open to any subject, and whom they are for: dated rules, from YAML."""

import fnmatch
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl
from pydantic import model_validator as whole_model
from pydantic_core import PydanticCustomError

from config.documents import Fault, read_document, refuse_faults
from config.eligibility import matches_any
from config.profiles import ActionType, CareerStage, Role, Text

FILE = Path("rules") / "bottom_up.yaml"
SHIPPED_FILE = Path(__file__).parent / FILE


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Traits:
    """What an opportunity is recognised by."""

    topic_id: str
    title: str
    action_types: Sequence[str]


class OpenKind(_Part):
    """A kind of opportunity without a theme; docs/reference/bottom_up.md describes the fields."""

    id: str
    title: Text
    topics: tuple[str, ...] = ()
    """Patterns of topic ids."""
    titles: tuple[str, ...] = ()
    """Patterns of titles, which narrow ``topics``."""
    action_types: tuple[str, ...] = ()
    """Patterns of codes, for what no topic id tells. Doctoral networks may well have a theme."""
    named: tuple[ActionType, ...] = Field(min_length=1)
    """What a profile writes among its action types to ask for the kind."""
    career_stages: tuple[CareerStage, ...] = ()
    """Those whose being named by a profile asks for it too."""
    roles: tuple[Role, ...] = Field(min_length=1)
    """In which a group like those of the profiles takes part."""
    asks: Text
    """Whom it is for, as the end of a sentence."""
    valid_from: date
    valid_to: date | None = None
    source: HttpUrl
    verified: bool = True
    """Whether ``asks`` was compared with the official text."""

    @whole_model(mode="after")
    def _selects(self) -> Self:
        if not (self.topics or self.action_types):
            raise PydanticCustomError("selector", "the kind does not say what it is")
        if self.titles and self.action_types:
            raise PydanticCustomError("selector", "titles narrow topics; action_types have none")
        return self

    def is_valid(self, day: date) -> bool:
        """Return whether this holds on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def fits(self, traits: Traits) -> bool:
        """Return whether an opportunity with these ``traits`` is of this kind."""
        if matches_any(traits.topic_id, self.topics):
            return not self.titles or matches_any(traits.title, self.titles)
        return any(matches_any(code, self.action_types) for code in traits.action_types)


class OpenKinds(_Part):
    """The whole file."""

    kinds: tuple[OpenKind, ...]

    @cached_property
    def any_pattern(self) -> re.Pattern[str]:
        """Return one pattern for the ids and types of all kinds; most opportunities fit none."""
        patterns = [p for kind in self.kinds for p in (*kind.topics, *kind.action_types)]
        return re.compile("|".join(map(fnmatch.translate, patterns)), re.IGNORECASE)

    def kind_of(self, traits: Traits, day: date) -> OpenKind | None:
        """Return the first kind that fits ``traits`` on ``day``; None where there is a theme."""
        if not any(map(self.any_pattern.match, (traits.topic_id, *traits.action_types))):
            return None
        return next((k for k in self.kinds if k.is_valid(day) and k.fits(traits)), None)


def open_kinds(folder: Path) -> OpenKinds:
    """Return the kinds of the configuration ``folder``, or those shipped where it has no such file.

    Raises:
        ConfigurationError: If the file is wrong.
    """
    path = folder / FILE
    if not path.exists():  # a folder written before there was this file
        path = SHIPPED_FILE
    found = read_document(path, OpenKinds)
    refuse_faults(path, _repeated(found))
    return found


def _repeated(found: OpenKinds) -> Iterator[Fault]:
    seen: set[str] = set()
    for at, kind in enumerate(found.kinds):
        if kind.id in seen:
            yield ("kinds", at, "id"), f"{kind.id!r} stands twice"
        seen.add(kind.id)
