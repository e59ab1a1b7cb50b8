import copy
from typing import Any

import pytest

from store.changes import changes_between, first_sight
from store.models import ChangeKind, Severity

BEFORE: dict[str, Any] = {
    "title": "A title",
    "topic_id": "HORIZON-X-01",
    "status": "forthcoming",
    "action_types": ["HORIZON-RIA"],
    "cutoffs": [
        {"day": "2026-09-15", "stage": None, "deadline": "2026-09-15T15:00:00+00:00"},
        {"day": "2027-03-16", "stage": None, "deadline": "2027-03-16T16:00:00+00:00"},
    ],
    "budget_eur": "4000000.00",
    "budget_shared_by": 1,
    "expected_grants": 2,
    "sections": [["Scope", "Words of the scope"]],
    "conditions": [["2. Eligible countries", "As described"]],
    "keywords": ["wind"],
    "news": [["2026-02-01", "Older"]],
    "url": "https://example.org/1",
}


def moved(*days: str) -> list[dict[str, Any]]:
    return [{"day": day, "stage": None, "deadline": f"{day}T15:00:00+00:00"} for day in days]


def test_the_same_fields_are_no_change() -> None:
    assert changes_between(BEFORE, copy.deepcopy(BEFORE)) == []


def test_a_first_sight_is_one_event() -> None:
    (event,) = first_sight(BEFORE)
    assert (event.kind, event.after) == (ChangeKind.NEW, "A title")


@pytest.mark.parametrize(
    ("field", "value", "kind", "severity"),
    [
        ("status", "open", ChangeKind.OPENED, Severity.NOTABLE),
        ("status", "closed", ChangeKind.CLOSED, Severity.NOTABLE),
        ("cutoffs", moved("2026-09-10", "2027-03-16"), ChangeKind.DEADLINE_EARLIER, "critical"),
        ("cutoffs", moved("2026-10-01", "2027-03-16"), ChangeKind.DEADLINE_LATER, "critical"),
        ("cutoffs", moved("2026-09-15"), ChangeKind.DEADLINE_REMOVED, Severity.CRITICAL),
        (
            "cutoffs",
            moved("2026-09-15", "2027-03-16", "2027-09-14"),
            ChangeKind.DEADLINE_ADDED,
            Severity.NOTABLE,
        ),
        ("cutoffs", moved("2026-09-15", "2027-03-16"), ChangeKind.OTHER, Severity.NOISE),
        ("budget_eur", "6000000.00", ChangeKind.BUDGET, Severity.NOTABLE),
        ("expected_grants", 3, ChangeKind.BUDGET, Severity.NOTABLE),
        ("budget_shared_by", 2, ChangeKind.BUDGET, Severity.NOISE),
        ("action_types", ["HORIZON-IA"], ChangeKind.ACTION_TYPE, Severity.NOTABLE),
        ("topic_id", "HORIZON-X-02", ChangeKind.RENAMED, Severity.NOTABLE),
        ("sections", [["Scope", "Other words"]], ChangeKind.TEXT, Severity.NOTABLE),
        ("sections", [["Scope", "Words  of the\nscope"]], ChangeKind.TEXT, Severity.NOISE),
        (
            "conditions",
            [["2. Eligible countries", "Others"]],
            ChangeKind.CONDITIONS,
            Severity.NOTABLE,
        ),
        ("keywords", ["wind", "grids"], ChangeKind.OTHER, Severity.NOISE),
        ("url", "https://example.org/2", ChangeKind.OTHER, Severity.NOISE),
    ],
)
def test_each_change_has_its_kind_and_weight(
    field: str, value: object, kind: ChangeKind, severity: Severity
) -> None:
    (difference,) = changes_between(BEFORE, BEFORE | {field: value})
    assert (difference.kind, difference.severity, difference.field) == (kind, severity, field)


def test_a_moved_deadline_shows_both_days() -> None:
    after = BEFORE | {"cutoffs": moved("2026-09-15", "2027-02-16")}
    (difference,) = changes_between(BEFORE, after)
    assert (difference.before, difference.after) == ("2027-03-16", "2027-02-16")


def test_only_news_that_are_new_are_events() -> None:
    after = BEFORE | {"news": [["2026-04-01", "Newer"], ["2026-02-01", "Older"]]}
    (difference,) = changes_between(BEFORE, after)
    assert (difference.kind, difference.after) == (ChangeKind.NEWS, "2026-04-01: Newer")


def test_closed_and_open_again_is_a_reopening() -> None:
    (difference,) = changes_between(BEFORE | {"status": "closed"}, BEFORE | {"status": "open"})
    assert difference.kind is ChangeKind.REOPENED


def test_several_fields_give_several_events() -> None:
    after = BEFORE | {"status": "open", "budget_eur": None}
    assert [d.kind for d in changes_between(BEFORE, after)] == [
        ChangeKind.OPENED,
        ChangeKind.BUDGET,
    ]
