"""Deadlines that an institution sets itself."""

from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import ConfigurationError
from config.internal_deadlines import (
    InternalDeadlines,
    InternalRule,
    Official,
    internal_deadlines,
    working_day_before,
)
from config.settings import SHIPPED

RULE: dict[str, Any] = {
    "id": "faculty",
    "institution": "NTNU",
    "name": "notice to the faculty",
    "label": "the university's own deadline",
    "days_before": 30,
    "counted": "calendar_days",
    "enabled": True,
    "valid_from": date(2026, 1, 1),
    "valid_to": date(2026, 12, 31),
    "source": "https://example.org/rules",
}
TUESDAY = date(2026, 9, 15)


def rules(**values: Any) -> InternalDeadlines:
    return InternalDeadlines(rules=(InternalRule.model_validate(RULE | values),))


def official(day: date = TUESDAY, *departments: str) -> Official:
    return Official(day, "horizon_europe", ["HORIZON-RIA"], departments)


def days(found: InternalDeadlines, deadline: Official) -> list[str]:
    return [one.day.isoformat() for one in found.before(deadline)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["2026-08-16"]),
        ({"days_before": 2, "counted": "working_days"}, ["2026-09-11"]),
        ({"programmes": ["horizon_europe"]}, ["2026-08-16"]),
        ({"programmes": ["erasmus_plus"]}, []),
        ({"action_types": ["HORIZON-R*"]}, ["2026-08-16"]),
        ({"action_types": ["HORIZON-IA"]}, []),
        ({"departments": ["itk"]}, ["2026-08-16"]),
        ({"departments": ["imt"]}, []),
        ({"valid_to": date(2026, 9, 14)}, []),
        ({"valid_from": date(2026, 9, 15)}, ["2026-08-16"]),
        ({"enabled": False}, []),
    ],
)
def test_a_rule_speaks_of_what_it_names(values: dict[str, Any], expected: list[str]) -> None:
    assert days(rules(**values), official(TUESDAY, "itk")) == expected


def test_a_holiday_is_no_working_day() -> None:
    found = rules(days_before=2, counted="working_days")
    free = found.model_copy(update={"holidays": (date(2026, 9, 11),)})
    assert days(free, official()) == ["2026-09-10"]


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 120))
def test_a_working_day_is_one_and_lies_that_many_back(day: date, number: int) -> None:
    found = working_day_before(day, number)
    assert found.weekday() < 5
    between = (date.fromordinal(n) for n in range(found.toordinal(), day.toordinal()))
    assert sum(one.weekday() < 5 for one in between) == number


def test_what_is_shipped_is_an_example_that_is_switched_off() -> None:
    shipped = internal_deadlines(SHIPPED)
    assert shipped.rules
    assert not any(rule.enabled for rule in shipped.rules)
    assert {rule.institution for rule in shipped.rules} == {"Example University"}
    assert {rule.source.host for rule in shipped.rules} == {"www.example.org"}


def test_a_folder_without_the_file_uses_the_shipped_one(tmp_path: Path) -> None:
    assert internal_deadlines(tmp_path) == internal_deadlines(SHIPPED)


@pytest.mark.parametrize(
    ("change", "instead", "said"),
    [
        ("days_before: 30", "days_before: 0", "rules.0.days_before"),
        ("counted: calendar_days", "counted: weeks", "rules.0.counted"),
        ("id: one", "id: two", "'two' stands twice"),
        ("enabled: true, ", "", "rules.0.enabled: is missing"),
        ("programmes: [erasmus_plus]", "programmes: [erasmus]", "no such programme: 'erasmus'"),
        ("departments: [itk]", "departments: [mars]", "'mars' is not in organisation.yaml"),
        ("valid_to: 2026-12-31", "valid_to: 2025-12-31", "valid_from is after valid_to"),
        ("name: notice", "names: notice", "no such field"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    tmp_path: Path, change: str, instead: str, said: str
) -> None:
    rule = (
        "  - {{id: {}, institution: NTNU, name: notice, days_before: 30, counted: calendar_days,"
        " enabled: true, programmes: [erasmus_plus], departments: [itk], valid_from: 2026-01-01,"
        " valid_to: 2026-12-31, source: https://example.org}}\n"
    )
    text = "rules:\n" + rule.format("one") + rule.format("two")
    (tmp_path / "rules").mkdir()
    copyfile(SHIPPED / "organisation.yaml", tmp_path / "organisation.yaml")
    written = tmp_path / "rules" / "internal_deadlines.yaml"
    written.write_text(text.replace(change, instead, 1), "utf-8")
    with pytest.raises(ConfigurationError, match=r"internal_deadlines\.yaml:\d+") as caught:
        internal_deadlines(tmp_path)
    assert said in str(caught.value)
