"""The report on what the university's groups were told of, applied for and were awarded."""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from babel.dates import format_skeleton
from sqlalchemy.orm import Session

from config.organisation import Organisation
from config.programmes import programme_name
from store.coverage import (
    Award,
    By,
    Counts,
    Key,
    Period,
    Question,
    awards,
    counts,
    readers_of,
)
from store.models import Profile
from store.offers import programmes_on_offer
from store.stages import Stage
from store.unmatched import profiles_of
from web.report_privacy import EVERYTHING, department_key, faculty_key, withheld


class Grouping(enum.StrEnum):
    """What the report has a row for."""

    DEPARTMENT = "department"
    FACULTY = "faculty"
    PROFILE = "profile"
    PROGRAMME = "programme"
    MONTH = "month"


class Remark(enum.StrEnum):
    """What a row without numbers comes of."""

    NO_PROFILE = "no_profile"
    NO_MATCH = "no_match"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report is asked for."""

    grouping: Grouping
    period: Period
    departments: tuple[str, ...] | None
    """Those that the person sees; None means every one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    name: str
    within: str
    """What it is part of; empty where that is the whole."""
    numbers: Mapping[Stage, int | None]
    """None where a number is withheld."""
    award: Award
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    asked: Asked
    rows: tuple[Row, ...]
    total: Row

    def without(self, remark: Remark) -> int:
        """Return how many rows have a remark."""
        return sum(row.remark is remark for row in self.rows)

    @property
    def withholds(self) -> bool:
        """Return whether a number is withheld."""
        return any(None in row.numbers.values() for row in (*self.rows, self.total))


@dataclass(frozen=True, slots=True)
class _Line:
    """A row before it is counted: its name, and the keys it sums."""

    name: str
    within: str
    keys: frozenset[Key]
    hides: str
    """What names it among what is withheld."""
    is_group: bool = True
    """Whether it is one of the organisation, of which it is said why it has nothing."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What lines are made of."""

    profiles: Sequence[Profile]
    organisation: Organisation
    asked: Asked
    language: str


def report_of(session: Session, asked: Asked, organisation: Organisation, language: str) -> Report:
    """Return a report; it asks the store the same few questions however much there is."""
    profiles = profiles_of(session, asked.departments)
    ground = _Ground(profiles, organisation, asked, language)
    by = COUNTED_BY[asked.grouping]
    question = Question(by, asked.period, asked.departments)
    found, money = counts(session, question), awards(session, question)
    hidden = withheld(profiles, organisation, readers_of(session, asked.departments))
    known = {*programmes_on_offer(session), *(key for some in found.values() for key in some)}
    lines = _programmes(ground, known) if by is By.PROGRAMME else LINES[asked.grouping](ground)
    everything = _Line("", "", frozenset(_keys(lines)), EVERYTHING, is_group=False)
    rows = tuple(_row(line, found, money, hidden) for line in lines)
    return Report(asked, rows, _row(everything, found, money, hidden))


COUNTED_BY = {
    Grouping.DEPARTMENT: By.PROFILE,
    Grouping.FACULTY: By.PROFILE,
    Grouping.PROFILE: By.PROFILE,
    Grouping.PROGRAMME: By.PROGRAMME,
    Grouping.MONTH: By.MONTH,
}


def _departments(ground: _Ground) -> list[_Line]:
    """Return a line for each department the person sees, those without a group among them."""
    seen, lines = ground.asked.departments, []
    for faculty in ground.organisation.faculties:
        lines += [
            _Line(one.name, faculty.name, _slugs(ground, [one.id]), department_key(one.id))
            for one in faculty.departments
            if seen is None or one.id in seen
        ]
    return lines + [
        _Line(one, "", _slugs(ground, [one]), department_key(one)) for one in _strangers(ground)
    ]


def _faculties(ground: _Ground) -> list[_Line]:
    seen, lines = ground.asked.departments, []
    for faculty in ground.organisation.faculties:
        own = [one.id for one in faculty.departments if seen is None or one.id in seen]
        if own:
            key = faculty_key(ground.organisation, own[0])
            lines.append(_Line(faculty.name, "", _slugs(ground, own), key))
    return lines + [
        _Line(one, "", _slugs(ground, [one]), faculty_key(ground.organisation, one))
        for one in _strangers(ground)
    ]


def _profiles(ground: _Ground) -> list[_Line]:
    names = {key: one.name for key, one in ground.organisation.departments().items()}
    return [
        _Line(one.name, names.get(one.department, one.department), frozenset({one.slug}), one.slug)
        for one in ground.profiles
    ]


def _programmes(ground: _Ground, known: Iterable[Key]) -> list[_Line]:
    lines = [
        _Line(programme_name(str(one), ground.language), "", frozenset({one}), EVERYTHING)
        for one in known
    ]
    return [replace(line, is_group=False) for line in sorted(lines, key=lambda one: one.name)]


def _months(ground: _Ground) -> list[_Line]:
    return [
        _Line(
            format_skeleton("yMMMM", month, locale=ground.language),
            "",
            frozenset({number}),
            EVERYTHING,
            is_group=False,
        )
        for number, month in enumerate(ground.asked.period.months())
    ]


LINES: dict[Grouping, Callable[[_Ground], list[_Line]]] = {
    Grouping.DEPARTMENT: _departments,
    Grouping.FACULTY: _faculties,
    Grouping.PROFILE: _profiles,
    Grouping.MONTH: _months,
}


def _row(line: _Line, found: Counts, money: Mapping[Key, Award], hidden: frozenset[str]) -> Row:
    numbers: dict[Stage, int | None] = {
        stage: sum(some.get(key, 0) for key in line.keys) for stage, some in found.items()
    }
    remark = _remark(line, numbers)
    if line.hides in hidden:
        numbers[Stage.USEFUL] = None
    award = _sum(money[key] for key in line.keys if key in money)
    return Row(line.name, line.within, numbers, award, remark)


def _remark(line: _Line, numbers: Mapping[Stage, int | None]) -> Remark | None:
    if not line.is_group:
        return None
    if not line.keys:
        return Remark.NO_PROFILE
    return None if numbers[Stage.MATCHED] else Remark.NO_MATCH


def _sum(some: Iterable[Award]) -> Award:
    known, unknown = Decimal(0), 0
    for one in some:
        known, unknown = known + one.known_eur, unknown + one.unknown
    return Award(known, unknown)


def _slugs(ground: _Ground, departments: Sequence[str]) -> frozenset[Key]:
    return frozenset(one.slug for one in ground.profiles if one.department in departments)


def _strangers(ground: _Ground) -> list[str]:
    """Return departments of groups that the organisation does not name."""
    known = ground.organisation.departments()
    return sorted({one.department for one in ground.profiles} - known.keys())


def _keys(lines: Iterable[_Line]) -> Iterable[Key]:
    return (key for line in lines for key in line.keys)
