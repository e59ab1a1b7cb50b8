from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from store.models import OpenTo, Status
from tests.notifier.conftest import World, cutoff
from tests.rows import cutoff_row
from tests.web.conftest import Clock

GONE = datetime(2026, 5, 2, tzinfo=UTC)


def titles(api: TestClient, query: str) -> list[str]:
    answer = api.get(f"/api/v1/opportunities?{query}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


def in_days(now: datetime, days: int) -> list[object]:
    return [cutoff_row(now + timedelta(days=days))]


def test_a_list_begins_with_the_next_deadline_and_ends_with_what_has_none(
    api: TestClient, world: World, now: datetime
) -> None:
    world.opportunity("Continuous", cutoffs=[], deadline_model="continuous")
    world.opportunity("Later", cutoffs=in_days(now, 9))
    world.opportunity("Soon", cutoffs=in_days(now, 2))
    assert titles(api, "") == ["Soon", "Later", "Continuous"]


def test_parts_are_whole_and_none_repeats_though_rows_come_in_between(
    api: TestClient, world: World, now: datetime
) -> None:
    for number in range(5):
        world.opportunity(f"No. {number}", cutoffs=in_days(now, 3))
    first = api.get("/api/v1/opportunities?limit=2")
    world.opportunity("Sooner", cutoffs=in_days(now, 1))
    found = [item["title"] for item in first.json()["items"]]
    following = first.links["next"]["url"]
    while following:
        answer = api.get(following)
        found += [item["title"] for item in answer.json()["items"]]
        following = answer.links.get("next", {}).get("url", "")
    assert found == [f"No. {number}" for number in range(5)]


def test_a_list_goes_on_as_it_began_though_a_deadline_passes_meanwhile(
    api: TestClient, world: World, clock: Clock, now: datetime
) -> None:
    world.opportunity("Soon", cutoffs=in_days(now, 1))
    world.opportunity("Later", cutoffs=in_days(now, 2))
    following = api.get("/api/v1/opportunities?limit=1").links["next"]["url"]
    clock.now += timedelta(days=1, hours=1)
    assert [item["title"] for item in api.get(following).json()["items"]] == ["Later"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=open", ["Open"]),
        ("status=forthcoming&status=open", ["Open", "Forthcoming"]),
        ("status=invited", ["Invited"]),
        ("status=closed", ["Over", "Withdrawn"]),
        ("programme=erasmus_plus", ["Forthcoming"]),
        ("action_type=HORIZON-IA", ["Forthcoming"]),
        ("action_type=HORIZON", []),
        ("deadline_to=2026-05-22", ["Open"]),
        ("deadline_from=2026-05-23", ["Forthcoming"]),
        ("deadline_from=2026-05-22&deadline_to=2026-05-22", ["Open"]),
        ("call_id=Other", ["Forthcoming"]),
        ("kind=prize", []),
        ("changed_since=2026-05-02T00:00:00Z", ["Forthcoming"]),
        ("changed_since=2026-05-02T01:00:00%2B02:00", ["Forthcoming"]),
    ],
)
def test_filters_keep_what_they_name(
    api: TestClient, world: World, now: datetime, query: str, expected: list[str]
) -> None:
    until_midnight = [cutoff_row(datetime(2026, 5, 22, 21, 59, tzinfo=UTC))]
    world.opportunity("Open", cutoffs=until_midnight)
    world.opportunity(
        "Forthcoming",
        status=Status.FORTHCOMING,
        programme="erasmus_plus",
        action_types=["HORIZON-IA"],
        call_id="Other",
        last_changed_at=datetime(2026, 5, 3, tzinfo=UTC),
        cutoffs=in_days(now, 9),
    )
    over = now - timedelta(days=1)
    second = cutoff(now + timedelta(days=9), position=2, stage=2, open_to=OpenTo.INVITED)
    world.opportunity("Invited", cutoffs=[cutoff_row(over, stage=1), second])
    world.opportunity("Over", cutoffs=[cutoff_row(over)])
    world.opportunity("Withdrawn", withdrawn_at=over, cutoffs=[])
    assert titles(api, query) == expected


def test_a_deadline_is_an_instant_with_its_day_in_brussels(api: TestClient, world: World) -> None:
    world.opportunity(cutoffs=[cutoff_row(datetime(2026, 5, 22, 22, 30, tzinfo=UTC))])
    (item,) = api.get("/api/v1/opportunities").json()["items"]
    assert item["next_deadline"] == {"at": "2026-05-22T22:30:00Z", "brussels_day": "2026-05-23"}


def test_a_sum_is_text_with_its_currency(api: TestClient, world: World) -> None:
    world.opportunity()
    (item,) = api.get("/api/v1/opportunities").json()["items"]
    assert item["budget"] == {"amount": "24000000.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("columns", "name", "reason"),
    [
        ({"cutoffs": [], "deadline_model": "continuous"}, "next_deadline", "continuous"),
        ({"cutoffs": [], "kind": "national_action"}, "next_deadline", "not_published"),
        ({"cutoffs": [], "kind": "national_action"}, "opens_on", "not_published"),
        ({"cutoffs": []}, "next_deadline", "not_stated"),
        ({"budget_eur": None}, "budget", "not_stated"),
        ({"budget_eur": None, "shared_budget_eur": 5}, "budget", "shared"),
        ({"expected_grants": None}, "expected_grants", "not_stated"),
        ({"withdrawn_at": GONE, "cutoffs": []}, "next_deadline", "withdrawn"),
    ],
)
def test_what_is_null_says_why(
    api: TestClient, world: World, columns: dict[str, Any], name: str, reason: str
) -> None:
    world.opportunity(**columns)
    (item,) = api.get("/api/v1/opportunities").json()["items"]
    assert item[name] is None
    assert item["unknown"][name] == reason


def test_one_opportunity_has_its_texts(api: TestClient, world: World) -> None:
    row = world.opportunity(sections=[{"label": "Scope", "html": "<p>Sea</p>", "text": "Sea"}])
    answer = api.get(f"/api/v1/opportunities/{row.reference}")
    assert answer.json()["sections"] == [{"label": "Scope", "text": "Sea"}]


def test_what_did_not_change_is_not_sent_again(api: TestClient, world: World) -> None:
    world.opportunity()
    tag = api.get("/api/v1/opportunities").headers["etag"]
    again = api.get("/api/v1/opportunities", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag


def test_a_deadline_that_passes_modifies_what_is_said(
    api: TestClient, world: World, clock: Clock, now: datetime
) -> None:
    row = world.opportunity(cutoffs=in_days(now, 1))
    before = api.get(f"/api/v1/opportunities/{row.reference}")
    clock.now += timedelta(days=1, hours=1)
    after = api.get(f"/api/v1/opportunities/{row.reference}")
    assert before.headers["last-modified"] == "Fri, 01 May 2026 00:00:00 GMT"
    assert after.headers["last-modified"] == "Thu, 21 May 2026 06:00:00 GMT"
    assert before.headers["etag"] != after.headers["etag"]


def test_only_the_head_is_sent_where_only_it_is_asked_for(api: TestClient, world: World) -> None:
    world.opportunity()
    head, whole = api.head("/api/v1/opportunities"), api.get("/api/v1/opportunities")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
