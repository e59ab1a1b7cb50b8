"""What is open to any subject: kept apart from themes, and recommended to who wants its kind."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from config.bottom_up import OpenKinds, open_kinds
from config.profiles import CareerStage
from config.settings import SHIPPED
from matcher.bottom_up import CAREER_STAGES, RuleMatch, is_bottom_up, parted, recommended
from store.models import Kind, Opportunity
from tests.rows import cutoff_row, opportunity_row, profile_row

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def kinds() -> OpenKinds:
    return open_kinds(SHIPPED)


def call(topic_id: str, days: int | None = 30, **columns: Any) -> Opportunity:
    cutoffs = [] if days is None else [cutoff_row(NOW + timedelta(days=days))]
    return opportunity_row(topic_id, cutoffs=cutoffs, **columns)


GRANTS = [
    call("ERC-2026-COG", 40),
    call("ERC-2026-ADG", 20),
    call("HORIZON-MSCA-2026-PF-01-01", 30),
    call("HORIZON-MSCA-2026-DN-01-01", 50),
    call("HORIZON-MSCA-2027-SE-01-01", 60),
]


def found(kinds: OpenKinds, *calls: Opportunity, **wants: Any) -> tuple[RuleMatch, ...]:
    open_calls = parted(calls or GRANTS, kinds, NOW).open_calls
    return recommended(profile_row("group", **wants), open_calls, NOW)


def ids(matches: tuple[RuleMatch, ...]) -> list[str]:
    return [match.opportunity.topic_id for match in matches]


def test_themes_and_open_calls_are_parted_in_their_order(kinds: OpenKinds) -> None:
    themed = [call("HORIZON-CL5-2026-02"), call("HORIZON-CL5-2026-01")]
    offer = parted([themed[0], GRANTS[0], themed[1], GRANTS[1]], kinds, NOW)
    assert offer.themed == tuple(themed)
    assert [one.opportunity for one in offer.open_calls] == GRANTS[:2]
    assert [is_bottom_up(one, kinds, NOW.date()) for one in (*themed, *GRANTS[:2])] == [
        False, False, True, True,
    ]  # fmt: skip


def test_a_profile_that_says_nothing_about_them_is_recommended_nothing(kinds: OpenKinds) -> None:
    assert found(kinds, roles=["coordinator"], action_types=["RIA"]) == ()


@pytest.mark.parametrize(
    ("wants", "expected"),
    [
        ({"career_stages": ["established"]}, ["ERC-2026-COG"]),
        ({"career_stages": ["leading"]}, ["ERC-2026-ADG"]),
        ({"career_stages": ["first_stage"]}, ["HORIZON-MSCA-2026-DN-01-01"]),
        ({"action_types": ["MSCA-SE"]}, ["HORIZON-MSCA-2027-SE-01-01"]),
        ({"action_types": ["ERC"]}, ["ERC-2026-ADG", "ERC-2026-COG"]),
        (
            {"career_stages": ["recognised"], "action_types": ["RIA", "MSCA-SE"]},
            ["HORIZON-MSCA-2026-PF-01-01", "HORIZON-MSCA-2027-SE-01-01"],
        ),
    ],
)
def test_a_named_stage_or_type_brings_its_calls_the_nearest_deadline_first(
    kinds: OpenKinds, wants: dict[str, Any], expected: list[str]
) -> None:
    assert ids(found(kinds, **wants)) == expected


def test_the_reason_says_what_the_profile_named_and_whom_the_call_is_for(kinds: OpenKinds) -> None:
    (match,) = found(kinds, career_stages=["leading"], action_types=["ERC-ADG"])
    (reason,) = match.reasons
    assert reason.passage == (
        "You named the career stage leading researchers (R4) and the action type ERC-ADG;"
        " ERC Advanced Grants are for established research leaders with a track record of"
        " significant achievements."
    )
    assert (reason.facet, reason.section) == ("career stage and action type", "ERC Advanced Grant")


@pytest.mark.parametrize(
    ("topic_id", "said"),
    [
        ("ERC-2026-COG", "(not yet compared with the official text)"),
        ("ERC-2027-COG", "is not known here, read the ERC work programme"),
    ],
)
def test_what_is_not_sure_is_said_as_such(kinds: OpenKinds, topic_id: str, said: str) -> None:
    (match,) = found(kinds, call(topic_id), career_stages=["established"])
    assert said in match.reasons[0].passage


@pytest.mark.parametrize(
    "limits",
    [{"programmes": ["erasmus_plus"]}, {"roles": ["associated_partner"]}],
    ids=["another programme", "a role nobody takes there"],
)
def test_programmes_and_roles_of_the_profile_still_hold(
    kinds: OpenKinds, limits: dict[str, Any]
) -> None:
    assert found(kinds, career_stages=["leading"], **limits) == ()


def test_what_is_closed_is_not_recommended(kinds: OpenKinds) -> None:
    assert found(kinds, call("ERC-2026-ADG", -1), career_stages=["leading"]) == ()


def test_one_year_of_a_national_action_is_recommended(kinds: OpenKinds) -> None:
    mobility = {
        "kind": Kind.NATIONAL,
        "programme": "erasmus_plus",
        "action_types": ["ERASMUS-KA131"],
    }
    past, coming = call("KA131-HED-2026", None, **mobility), call("KA131-HED-2027", 90, **mobility)
    assert ids(found(kinds, past, coming, action_types=["KA131"])) == ["KA131-HED-2027"]


def test_next_years_call_waits_until_this_years_is_over(kinds: OpenKinds) -> None:
    this, following = call("ERC-2026-ADG", 10), call("ERC-2027-ADG", 300)
    assert ids(found(kinds, following, this, career_stages=["leading"])) == ["ERC-2026-ADG"]
    over = call("ERC-2026-ADG", -1)
    assert ids(found(kinds, following, over, career_stages=["leading"])) == ["ERC-2027-ADG"]


def test_the_order_of_the_calls_changes_nothing(kinds: OpenKinds) -> None:
    wants = {"career_stages": list(CAREER_STAGES), "action_types": ["MSCA-SE"]}
    assert found(kinds, *GRANTS, **wants) == found(kinds, *reversed(GRANTS), **wants)


def test_every_career_stage_has_words() -> None:
    assert set(CAREER_STAGES) == set(get_args(CareerStage))
