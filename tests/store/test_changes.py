"""Each row of the table of events, by name."""

import copy
from datetime import date
from typing import Any

import pytest

from store.changes import Difference, changes_between, first_sight
from store.models import ChangeKind, Severity

TODAY = date(2026, 4, 16)


def cutoff(day: str, time: str = "15:00:00", origin: str = "rule", **more: Any) -> dict[str, Any]:
    moment = f"{day}T{time}+00:00"
    return {
        "day": day,
        "stage": None,
        "deadline": moment,
        "origin": origin,
        "open_to": "all",
    } | more


def cutoffs(*days: str) -> list[dict[str, Any]]:
    return [cutoff(day) for day in days]


BEFORE: dict[str, Any] = {
    "title": "A title",
    "topic_id": "HORIZON-X-01",
    "status": "forthcoming",
    "opens_on": "2026-05-05",
    "deadline_model": "multiple cut-off",
    "action_types": ["HORIZON-RIA"],
    "cutoffs": cutoffs("2026-09-15", "2027-03-16"),
    "budget_eur": "4000000.00",
    "budget_shared_by": 1,
    "min_contribution_eur": None,
    "expected_grants": 2,
    "sections": [["Expected Outcome", "The outcome"], ["Scope", "Words of the scope"]],
    "conditions": [["2. Eligible countries", "As described"]],
    "keywords": ["wind"],
    "news": [["2026-02-01", "Older"]],
    "url": "https://example.org/1",
}


def events(after: dict[str, Any], before: dict[str, Any] | None = None) -> list[Difference]:
    return changes_between(BEFORE | (before or {}), BEFORE | (before or {}) | after, TODAY)


def told(differences: list[Difference]) -> list[tuple[str, str]]:
    return [(difference.kind.value, difference.severity.value) for difference in differences]


def test_the_same_fields_are_no_change() -> None:
    assert changes_between(BEFORE, copy.deepcopy(BEFORE), TODAY) == []


def test_a_first_sight_is_one_event() -> None:
    (event,) = first_sight(BEFORE)
    assert (event.kind, event.after) == (ChangeKind.NEW, "A title")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("forthcoming", "open", "opened"),
        ("open", "closed", "closed"),
        ("forthcoming", "closed", "closed"),
        ("closed", "open", "reopened"),
        ("open", "forthcoming", "other"),
    ],
)
def test_a_status_has_event_kinds_of_its_own(before: str, after: str, kind: str) -> None:
    assert told(events({"status": after}, {"status": before})) == [(kind, "notable")]


def test_an_earlier_deadline_is_critical() -> None:
    (event,) = events({"cutoffs": cutoffs("2026-09-10", "2027-03-16")})
    assert (event.kind, event.severity) == (ChangeKind.DEADLINE_EARLIER, Severity.CRITICAL)
    assert (event.before, event.after) == ("2026-09-15", "2026-09-10")


def test_a_later_deadline_is_critical() -> None:
    assert told(events({"cutoffs": cutoffs("2026-09-15", "2027-04-13")})) == [
        ("deadline_later", "critical")
    ]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("2026-04-16", "2026-04-17"), ("2026-04-15", "2026-04-16"), ("2026-04-15", "2026-05-05")],
    ids=["on the day itself", "noticed the morning after", "after a day without a deadline"],
)
def test_an_extension_on_the_deadline_day_is_critical(was: str, becomes: str) -> None:
    single = {"deadline_model": "single-stage", "cutoffs": cutoffs(was)}
    (event,) = events({"cutoffs": cutoffs(becomes)}, single)
    assert told([event]) == [("deadline_later", "critical")]
    assert (event.before, event.after) == (was, becomes)


def test_both_stages_of_a_topic_may_move_after_the_first_has_passed() -> None:
    stages = {"deadline_model": "two-stage", "cutoffs": cutoffs("2026-04-15", "2026-09-15")}
    moved = events({"cutoffs": cutoffs("2026-04-22", "2026-09-22")}, stages)
    assert [(e.before, e.after) for e in moved] == [
        ("2026-04-15", "2026-04-22"),
        ("2026-09-15", "2026-09-22"),
    ]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (cutoff("2026-07-23", "10:00:44", "stated"), cutoff("2026-07-23", "10:00:12", "stated")),
        (cutoff("2026-07-23", "10:00:59", "stated"), cutoff("2026-07-23", "10:01:01", "stated")),
        (cutoff("2026-07-23", "21:59:59", "unknown"), cutoff("2026-07-23", "15:00:00", "stated")),
        (cutoff("2026-07-23", "15:00:00", "rule"), cutoff("2026-07-23", "10:00:00", "rule")),
    ],
    ids=["seconds", "seconds over a minute's end", "the hour is now stated", "another rule"],
)
def test_the_same_brussels_day_is_noise(was: dict[str, Any], becomes: dict[str, Any]) -> None:
    assert told(events({"cutoffs": [becomes]}, {"cutoffs": [was]})) == [("other", "noise")]


def test_another_stated_hour_of_the_same_day_is_a_move() -> None:
    was = cutoff("2026-07-23", "15:00:00", "stated")
    assert told(
        events({"cutoffs": [cutoff("2026-07-23", "10:00:00", "stated")]}, {"cutoffs": [was]})
    ) == [("deadline_earlier", "critical")]


def test_cut_offs_that_come_and_go_are_told_apart() -> None:
    assert told(events({"cutoffs": cutoffs("2026-09-15")})) == [("deadline_removed", "critical")]
    assert told(events({"cutoffs": cutoffs("2026-09-15", "2027-03-16", "2027-09-14")})) == [
        ("deadline_added", "notable")
    ]


def test_a_cut_off_that_has_passed_may_be_dropped_in_silence() -> None:
    before = {"cutoffs": cutoffs("2026-03-19", "2026-07-16")}
    assert told(events({"cutoffs": cutoffs("2026-07-16")}, before)) == [
        ("deadline_removed", "noise")
    ]
    assert told(events({"cutoffs": cutoffs("2026-07-16", "2026-10-01")}, before)) == [
        ("deadline_removed", "noise"),
        ("deadline_added", "notable"),
    ]


def test_a_deadline_from_a_picture_that_kept_less_of_it_is_no_change() -> None:
    older = [{"day": "2026-09-15", "stage": None, "deadline": "2026-09-15T15:00:00+00:00"}]
    assert events({"cutoffs": cutoffs("2026-09-15")}, {"cutoffs": older}) == []


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("budget_eur", "6000000.00", "budget"),
        ("budget_eur", None, "budget"),
        ("min_contribution_eur", "1000000.00", "budget"),
        ("expected_grants", 3, "budget"),
        ("action_types", ["HORIZON-IA"], "action_type"),
        ("conditions", [["2. Eligible countries", "Others"]], "conditions"),
        ("topic_id", "HORIZON-X-02", "renamed"),
        ("opens_on", "2026-05-12", "other"),
        ("deadline_model", "two-stage", "other"),
    ],
)
def test_what_an_applicant_must_know_is_notable(field: str, value: object, kind: str) -> None:
    (event,) = events({field: value})
    assert (event.kind, event.severity, event.field) == (kind, "notable", field)


@pytest.mark.parametrize("field", ["keywords", "tags", "call_id", "call_title", "url", "divisions"])
def test_what_the_portal_files_it_under_is_noise(field: str) -> None:
    assert told(events({field: "other"}, {field: "one"})) == [("other", "noise")]


def test_an_opening_that_has_passed_is_history() -> None:
    assert told(events({"opens_on": "2026-05-12"}, {"status": "open"})) == [("other", "noise")]


def test_rewritten_text_is_notable_and_names_its_part() -> None:
    sections = [["Expected Outcome", "The outcome"], ["Scope", "Other words"]]
    (event,) = events({"sections": sections})
    assert told([event]) == [("text", "notable")]
    assert (event.before, event.after) == ("Scope: Words of the scope", "Scope: Other words")


def test_of_a_long_text_only_the_lines_that_changed_are_quoted() -> None:
    lines = [f"* bullet {number}" for number in range(40)]
    other = [*lines[:7], "* bullet seven", *lines[8:]]
    before = {"sections": [["Scope", "\n".join(lines)]]}
    (event,) = events({"sections": [["Scope", "\n".join(other)]]}, before)
    assert (event.before, event.after) == ("Scope: * bullet 7", "Scope: * bullet seven")


@pytest.mark.parametrize(
    "scope", ["Words  of the\nscope", "words of the scope", "“Words” of the\u00a0scope."]
)
def test_other_spaces_marks_and_capitals_are_noise(scope: str) -> None:
    sections = [["Expected Outcome", "The outcome"], ["Scope", scope]]
    assert told(events({"sections": sections})) == [("text", "noise")]


def test_a_number_that_changes_is_no_noise() -> None:
    before = {"title": "Up to 5 %"}
    assert told(events({"title": "Up to 50 %"}, before)) == [("text", "notable")]
    assert told(events({"title": "Up to 5 %"}, {"title": "Up to >5 %"})) == [("text", "notable")]


def test_another_order_of_the_parts_is_no_event() -> None:
    assert events({"sections": list(reversed(BEFORE["sections"]))}) == []


def test_only_news_in_new_words_are_events() -> None:
    news = [["2026-04-01", "Newer\n* point"], ["2026-03-01", "Older"]]
    (event,) = events({"news": news})
    assert (event.kind, event.after) == (ChangeKind.NEWS, "2026-04-01: Newer * point")


def test_news_that_are_taken_back_are_no_event() -> None:
    assert events({"news": []}) == []


def test_what_was_unknown_is_learnt_and_not_changed() -> None:
    partial = {
        name: value for name, value in BEFORE.items() if name not in {"sections", "budget_eur"}
    }
    assert changes_between(partial, BEFORE, TODAY) == []


def test_several_fields_give_several_events() -> None:
    assert told(events({"status": "open", "budget_eur": None})) == [
        ("opened", "notable"),
        ("budget", "notable"),
    ]
