"""Deadlines that an institution sets itself, before the official ones: dated rules, from YAML."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, model_validator
from pydantic_core import PydanticCustomError

from config.documents import Fault, read_document, refuse_faults
from config.eligibility import matches_any
from config.organisation import read_organisation
from config.profiles import Text
from config.programmes import programmes
from config.translation import LANGUAGES, SOURCE, say_kept, translatable

FILE = Path("rules") / "internal_deadlines.yaml"
SHIPPED_FILE = Path(__file__).parent / FILE
SATURDAY = 5

Counted = Literal["calendar_days", "working_days"]
Language = Annotated[str, Field(pattern=f"^({'|'.join(LANGUAGES)})$")]
OwnWords = Text | dict[Language, Text]
"""Words of the institution: in one language, or by language."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Official:
    """What a rule needs to know of an official deadline."""

    day: date
    """In Brussels."""
    programme: str
    action_types: Collection[str]
    departments: Collection[str]
    """Of the profiles that the opportunity is told to."""


class InternalRule(_Part):
    """How long before the official deadline something is due inside the institution."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    """Part of the event's identity in calendars: keep it when you change the rule."""
    institution: Text
    """Whose deadline it is, as people say it."""
    name: OwnWords
    """What is due: "notice to the faculty"."""
    label: OwnWords = translatable("the institution's own deadline")
    """Said behind every such date, so that nobody takes it for the official one."""
    days_before: int = Field(ge=1, le=730)
    counted: Counted
    programmes: tuple[str, ...] = ()
    """Slugs; none named means all."""
    action_types: tuple[str, ...] = ()
    """Patterns of codes such as ``HORIZON-RIA*``; none named means all."""
    departments: tuple[str, ...] = ()
    """Ids in organisation.yaml; none named means all."""
    enabled: bool
    valid_from: date
    valid_to: date
    """The official deadline lies between the two, both counted."""
    source: HttpUrl
    """Where the institution says so."""

    def named(self, language: str) -> str:
        """Return what is due, in a language where the institution says it in that."""
        return _in(language, self.name)

    def labelled(self, language: str) -> str:
        """Return whose deadline it is, in a language where the institution says it in that."""
        return _in(language, self.label)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from > self.valid_to:
            raise PydanticCustomError("order", "valid_from is after valid_to")
        return self

    def speaks_of(self, official: Official) -> bool:
        """Return whether it asks for something before this official deadline."""
        return (
            self.enabled
            and self.valid_from <= official.day <= self.valid_to
            and (not self.programmes or official.programme in self.programmes)
            and (not self.action_types or self._fits_type(official))
            and (not self.departments or not set(self.departments).isdisjoint(official.departments))
        )

    def _fits_type(self, official: Official) -> bool:
        return any(matches_any(code, self.action_types) for code in official.action_types)


@dataclass(frozen=True, slots=True)
class InternalDate:
    """A day by which something is due inside the institution."""

    rule: InternalRule
    day: date


class InternalDeadlines(_Part):
    """The whole file."""

    holidays: tuple[date, ...] = ()
    """Days besides Saturdays and Sundays on which nobody works."""
    rules: tuple[InternalRule, ...]

    def before(self, official: Official) -> tuple[InternalDate, ...]:
        """Return what is due before an official deadline, the first day first."""
        found = [
            InternalDate(rule, self._day(rule, official.day))
            for rule in self.rules
            if rule.speaks_of(official)
        ]
        return tuple(sorted(found, key=lambda one: (one.day, one.rule.id)))

    def _day(self, rule: InternalRule, official: date) -> date:
        if rule.counted == "calendar_days":
            return official - timedelta(days=rule.days_before)
        return working_day_before(official, rule.days_before, self.holidays)


NONE = InternalDeadlines(rules=())
"""Of an institution that sets none."""


def working_day_before(day: date, number: int, holidays: Collection[date] = ()) -> date:
    """Return the ``number``-th working day before ``day``.

    >>> working_day_before(date(2026, 9, 15), 2).isoformat()  # a Tuesday: Monday, Friday
    '2026-09-11'
    """
    left = number
    while left:
        day -= timedelta(days=1)
        left -= day.weekday() < SATURDAY and day not in holidays
    return day


def _in(language: str, words: str | Mapping[str, str]) -> str:
    if isinstance(words, str):
        return say_kept(language, "label", words).text
    return words.get(language) or words.get(SOURCE) or next(iter(words.values()), "")


def internal_deadlines(folder: Path) -> InternalDeadlines:
    """Return the rules of the configuration ``folder``, or those shipped where it has no such file.

    Raises:
        ConfigurationError: If the file is wrong.
    """
    path = folder / FILE
    if not path.exists():  # a folder written before there was this file
        return read_document(SHIPPED_FILE, InternalDeadlines)
    found = read_document(path, InternalDeadlines)
    refuse_faults(path, _faults(found, folder))
    return found


def _faults(found: InternalDeadlines, folder: Path) -> Iterator[Fault]:
    departments = read_organisation(folder).departments()
    seen: set[str] = set()
    for at, rule in enumerate(found.rules):
        if rule.id in seen:
            yield ("rules", at, "id"), f"{rule.id!r} stands twice"
        seen.add(rule.id)
        for slug in rule.programmes:
            if slug not in programmes():
                yield ("rules", at, "programmes"), f"no such programme: {slug!r}"
        for name in rule.departments:
            if name not in departments:
                yield ("rules", at, "departments"), f"{name!r} is not in organisation.yaml"
