"""What every answer of the API keeps to."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from config.settings import Settings
from store.db import downgrade
from tests.web.api.conftest import Ask
from tests.web.conftest import Clock, contents
from web.app import create_app


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("opportunities?limit=0", "limit"),
        ("opportunities?limit=201", "limit"),
        ("opportunities?status=shut", "status.0"),
        ("opportunities?colour=red", "colour"),
        ("opportunities?deadline_from=soon", "deadline_from"),
        ("opportunities?deadline_to=9999-12-31", "deadline_to"),
        ("opportunities?topic_id=%00", "topic_id"),
        ("opportunities/%00", "reference"),
        ("changes?since=2026-05-20T06:00:00", "since"),
        ("common-grants/opportunities?page=0", "page"),
        ("common-grants/opportunities/7", "id"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(api: TestClient, path: str, where: str) -> None:
    answer = api.get(f"/api/v1/{path}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [wrong["where"] for wrong in answer.json()["errors"]] == [where]


@pytest.mark.parametrize("cursor", ["abc", "e30", "%00", "eyJudW1iZXIiOi0xfQ", "é"])
@pytest.mark.parametrize("path", ["opportunities", "changes"])
def test_a_cursor_of_another_list_is_refused(api: TestClient, path: str, cursor: str) -> None:
    assert api.get(f"/api/v1/{path}?cursor={cursor}").status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", "opportunities/unknown", 404),
        ("POST", "opportunities", 405),
        ("DELETE", "changes", 405),
        ("GET", "profiles", 401),
        ("GET", "matches", 401),
    ],
)
def test_a_refusal_is_a_problem_document(
    api: TestClient, method: str, path: str, status: int
) -> None:
    answer = api.request(method, f"/api/v1/{path}")
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert (answer.status_code, document["status"]) == (status, status)
    assert set(document) == {"type", "title", "status", "detail", "errors"}


def test_a_database_that_cannot_be_read_is_a_problem_too(api: TestClient, engine: Engine) -> None:
    downgrade(engine)
    answer = api.get("/api/v1/opportunities")
    assert (answer.status_code, answer.json()["status"]) == (503, 503)


def test_who_asks_too_often_is_told_how_long_to_wait(
    engine: Engine, settings: Settings, clock: Clock
) -> None:
    few = settings.model_copy(update={"api_requests": 2})
    api = TestClient(create_app(few, engine, clock))
    statuses = [api.get("/api/v1/changes").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert api.get("/api/v1/changes").headers["retry-after"] == "600"
    clock.now += timedelta(minutes=10)
    assert api.get("/api/v1/changes").status_code == 200


def test_a_key_has_a_larger_measure_of_its_own(
    engine: Engine, settings: Settings, clock: Clock, secret: str
) -> None:
    few = settings.model_copy(update={"api_requests": 1})
    api = TestClient(create_app(few, engine, clock))
    key = {"Authorization": f"Bearer {secret}"}
    statuses = [api.get("/api/v1/changes", headers=key).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    assert api.get("/api/v1/changes").status_code == 200


def test_guessing_keys_is_counted(engine: Engine, settings: Settings, clock: Clock) -> None:
    few = settings.model_copy(update={"api_requests": 2})
    api = TestClient(create_app(few, engine, clock))
    guess = {"Authorization": "Bearer callwatch_guess"}
    statuses = [api.get("/api/v1/changes", headers=guess).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


def test_a_page_of_another_site_may_read(api: TestClient) -> None:
    answer = api.get("/api/v1/changes", headers={"Origin": "https://other.example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    wish = {
        "Origin": "https://other.example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    assert api.options("/api/v1/matches", headers=wish).status_code == 200
    writing = wish | {"Access-Control-Request-Method": "POST"}
    assert api.options("/api/v1/matches", headers=writing).status_code == 400


@pytest.mark.usefixtures("filled")
def test_a_long_answer_is_compressed(api: TestClient) -> None:
    assert api.get("/api/v1/opportunities").headers["content-encoding"] == "gzip"
    plain = api.get("/api/v1/opportunities", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.usefixtures("filled")
def test_reading_changes_nothing_but_what_is_counted(ask: Ask, engine: Engine) -> None:
    before = contents(engine)
    for path in ("opportunities", "changes", "profiles", "matches", "common-grants/opportunities"):
        assert ask(path).status_code == 200
    counted = ("rate_count", "secret")
    after = contents(engine)
    assert {n: c for n, c in after.items() if n not in counted} == {
        n: c for n, c in before.items() if n not in counted
    }
