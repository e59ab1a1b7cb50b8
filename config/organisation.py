"""The organisation Callwatch works for: goals, areas, faculties, partners, read from YAML."""

from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.documents import read_document


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Goal(_Part):
    """A goal of the organisation, for the years in which it holds."""

    id: str
    title: str
    valid_from: date
    valid_to: date | None = None
    source: str


class Area(_Part):
    """A field of activity."""

    id: str
    title: str


class DevelopmentGoal(_Part):
    """A sustainable development goal of the United Nations."""

    number: int = Field(ge=1, le=17)
    title: str


class Department(_Part):
    """A department of a faculty."""

    id: str
    name: str


class Faculty(_Part):
    """A faculty and its departments."""

    id: str
    name: str
    departments: tuple[Department, ...]


class Partner(_Part):
    """An institution with which the organisation cooperates by agreement."""

    id: str
    name: str
    country: str = Field(pattern="^[A-Z]{2}$")
    pic: str | None = Field(default=None, pattern=r"^\d{9}$")
    """Participant code on the portal."""
    homepage: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    areas: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


class Organisation(_Part):
    """The organisation, as ``organisation.yaml`` describes it."""

    name: str
    short_name: str
    country: str = Field(pattern="^[A-Z]{2}$")
    """ISO 3166-1 code of two letters."""
    kind: str
    public_body: bool = False
    non_profit: bool = False
    time_zone: str
    goals: tuple[Goal, ...]
    areas: tuple[Area, ...] = ()
    sdgs: tuple[DevelopmentGoal, ...] = ()
    faculties: tuple[Faculty, ...]
    partners: tuple[Partner, ...] = ()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such time zone")
        return name

    def departments(self) -> dict[str, Department]:
        """Return every department by its id."""
        return {d.id: d for faculty in self.faculties for d in faculty.departments}

    def faculty_of(self, department: str) -> Faculty | None:
        """Return the faculty that the department with this id belongs to."""
        for faculty in self.faculties:
            if any(d.id == department for d in faculty.departments):
                return faculty
        return None


def read_organisation(folder: Path) -> Organisation:
    """Return the organisation of the configuration ``folder``.

    Raises:
        ConfigurationError: If ``organisation.yaml`` is wrong.
    """
    return read_document(folder / "organisation.yaml", Organisation)
