"""What speaks against an opportunity, and what is only unknown."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from config.eligibility import EligibilityRules
from matcher.against import against
from matcher.eligibility import judged
from store.eligibility import Eligibility
from tests.matcher.judging import DAY, NTNU, topic
from tests.rows import opportunity_row, profile_row


@pytest.fixture
def widening(rules: EligibilityRules) -> Eligibility:
    found = topic("HORIZON-CSA", topic_id="HORIZON-WIDERA-2026-02-WIDENING-01", title="Twinning")
    return judged(found, NTNU, rules, DAY)


def texts(wants: dict[str, Any], offers: dict[str, Any]) -> list[str]:
    profile = profile_row("group", **in_decimals(wants))
    return [one.text for one in against(profile, opportunity_row(**in_decimals(offers)), None)]


def in_decimals(columns: dict[str, Any]) -> dict[str, Any]:
    return {n: Decimal(value) if n.endswith("_eur") else value for n, value in columns.items()}


def test_excluded_words_are_told_as_they_stand_in_the_profile() -> None:
    profile = profile_row("group", excluded_keywords=["Nuclear  fuel", "coal"])
    offer = opportunity_row(sections=[{"label": "Scope", "text": "New nuclear\nfuel cycles."}])
    (found,) = against(profile, offer, None)
    assert (found.kind, found.text) == (
        "excluded_keyword",
        "names “nuclear fuel”, which you exclude",
    )


def test_a_role_that_is_closed_to_us_is_told_with_the_rule(widening: Eligibility) -> None:
    (found,) = against(profile_row("group", roles=["coordinator"]), opportunity_row(), widening)
    assert found.kind == "role"
    assert found.text.startswith("closed to you as coordinator: ")
    assert found.text.endswith(widening.verdict("coordinator").says)


def test_a_role_that_nobody_asked_for_is_not_told(widening: Eligibility) -> None:
    profile = profile_row("group", roles=["beneficiary"])
    assert against(profile, opportunity_row(), widening) == ()


def test_a_role_of_which_nothing_is_known_is_no_objection(widening: Eligibility) -> None:
    roles = tuple(replace(verdict, answer="unknown") for verdict in widening.roles)
    unknown = replace(widening, roles=roles)
    assert against(profile_row("group"), opportunity_row(), unknown) == ()


def test_what_is_not_meant_for_our_kind_says_so(widening: Eligibility) -> None:
    elsewhere = replace(widening, meant=False)
    (found,) = against(profile_row("group", roles=["beneficiary"]), opportunity_row(), elsewhere)
    assert found.text == "not meant for organisations of our kind"


@pytest.mark.parametrize(
    ("wants", "offers", "expected"),
    [
        (
            {"budget_min_eur": 1_000_000},
            {"max_contribution_eur": 150_000},
            ["a project gets at most EUR 150,000; you want at least EUR 1 million"],
        ),
        (
            {"budget_max_eur": 3_000_000},
            {"min_contribution_eur": 7_500_000},
            ["a project gets at least EUR 7.5 million; you want at most EUR 3 million"],
        ),
        (
            {"budget_max_eur": 3_000_000},
            {"budget_eur": 24_000_000, "expected_grants": 3},
            ["a project gets about EUR 8 million; you want at most EUR 3 million"],
        ),
        ({"budget_max_eur": 3_000_000}, {}, ["how much a project gets is unknown"]),
        (
            {"budget_max_eur": 3_000_000},
            {"budget_eur": 24_000_000},
            ["how much a project gets is unknown"],
        ),
    ],
)
def test_a_project_of_the_wrong_size_is_told(
    wants: dict[str, Any], offers: dict[str, Any], expected: list[str]
) -> None:
    assert texts(wants, offers) == expected


@pytest.mark.parametrize(
    ("wants", "offers"),
    [
        ({}, {"min_contribution_eur": 7_500_000}),
        ({}, {}),
        (
            {"budget_min_eur": 1_000_000, "budget_max_eur": 8_000_000},
            {"min_contribution_eur": 7_000_000, "max_contribution_eur": 9_000_000},
        ),
        ({"budget_max_eur": 3_000_000}, {"max_contribution_eur": 9_000_000}),
    ],
    ids=["nothing wanted", "nothing known or wanted", "ranges that meet", "a least not stated"],
)
def test_a_project_that_may_be_of_the_right_size_is_not_spoken_against(
    wants: dict[str, Any], offers: dict[str, Any]
) -> None:
    assert texts(wants, offers) == []
