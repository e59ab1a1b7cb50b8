"""What a key opens, and what stays shut."""

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.api_keys import PREFIX, Grant, all_keys, make_key, revoke_key
from store.models import ApiKey, ChangeKind, Severity
from tests.notifier.conftest import World
from tests.rows import profile_row
from tests.web.api.conftest import Ask
from tests.web.conftest import Clock

CLOSED = ("profiles", "matches", "profiles/ocean-robotics-1")


def test_a_key_opens_the_profiles_of_its_department_and_no_other(ask: Ask, world: World) -> None:
    own = world.profile()
    world.session.add(profile_row("other", department="iat"))
    world.session.commit()
    assert [item["slug"] for item in ask("profiles").json()["items"]] == [own.slug]
    assert ask(f"profiles/{own.slug}").json()["name"] == "Ocean Robotics"
    assert ask("profiles/other").status_code == 404


def test_a_key_opens_the_profiles_that_it_names(
    api: TestClient, session: Session, world: World, now: datetime
) -> None:
    named, _ = world.profile(), world.profile()
    made = make_key(session, Grant("one", (named.slug,), (), timedelta(days=1)), now)
    session.commit()
    answer = api.get("/api/v1/profiles", headers={"Authorization": f"Bearer {made.secret}"})
    assert [item["slug"] for item in answer.json()["items"]] == [named.slug]


@pytest.mark.usefixtures("filled")
def test_only_what_was_approved_is_handed_out_with_its_reasons(ask: Ask) -> None:
    (match,) = ask("matches").json()["items"]
    assert match["opportunity"]["title"] == "First"
    assert match["reasons"][0]["passage"]
    assert match["unknown"] == {"probability": "no_feedback"}


def test_matches_of_a_profile_that_is_not_opened_are_none(ask: Ask, filled: World) -> None:
    stranger = profile_row("other", department="iat")
    filled.session.add(stranger)
    filled.match(stranger, filled.opportunity())
    assert len(ask("matches").json()["items"]) == 1
    assert ask("matches?profile=other").json()["items"] == []


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer callwatch_wrong", "Basic eDp5"])
def test_without_a_key_that_works_nothing_of_a_profile_is_told(
    api: TestClient, world: World, path: str, header: str
) -> None:
    world.profile()
    answer = api.get(f"/api/v1/{path}", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_works_until_its_day_comes(ask: Ask, clock: Clock, now: datetime) -> None:
    clock.now = now + timedelta(days=30) - timedelta(seconds=1)
    assert ask("profiles").status_code == 200
    clock.now = now + timedelta(days=30)
    assert ask("profiles").status_code == 401


def test_a_revoked_key_works_no_more(ask: Ask, session: Session, now: datetime) -> None:
    assert ask("profiles").status_code == 200
    revoke_key(session, 1, now)
    session.commit()
    assert ask("profiles").status_code == 401


def test_of_a_key_only_its_hash_is_kept(engine: Engine, secret: str) -> None:
    assert secret.startswith(PREFIX)
    with Session(engine) as session:
        (key,) = all_keys(session)
        kept = [str(getattr(key, column.name)) for column in ApiKey.__table__.columns]
    assert not any(secret in value for value in kept)


def test_it_is_noted_to_the_hour_when_a_key_was_used(
    ask: Ask, engine: Engine, clock: Clock, now: datetime
) -> None:
    def used() -> datetime | None:
        with Session(engine) as session:
            return all_keys(session)[0].last_used_at

    ask("profiles")
    assert used() == now
    clock.now = now + timedelta(minutes=59)
    ask("profiles")
    assert used() == now
    clock.now = now + timedelta(minutes=60)
    ask("profiles")
    assert used() == clock.now


def test_what_a_key_opens_is_kept_by_nobody_on_the_way(ask: Ask, world: World) -> None:
    answer = ask(f"profiles/{world.profile().slug}")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in answer.headers["vary"]


def test_changes_come_in_order_and_noise_only_where_it_is_asked_for(
    api: TestClient, world: World, now: datetime
) -> None:
    row = world.opportunity()
    world.change(row, ChangeKind.NEW, severity=Severity.NOTABLE)
    world.change(row, ChangeKind.TEXT, severity=Severity.NOISE)
    world.change(row, ChangeKind.DEADLINE_LATER, detected_at=now)
    kinds = [item["kind"] for item in api.get("/api/v1/changes").json()["items"]]
    assert kinds == ["new", "deadline_later"]
    noise = api.get("/api/v1/changes?severity=noise").json()["items"]
    assert [item["kind"] for item in noise] == ["text"]
    since = api.get(f"/api/v1/changes?since={now:%Y-%m-%dT%H:%M:%SZ}").json()["items"]
    assert [item["kind"] for item in since] == ["deadline_later"]
