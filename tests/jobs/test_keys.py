"""Keys to the API, from the command line."""

import json
import re

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.models import ApiKey
from tests.jobs.conftest import Callwatch

PROFILE = "power-grids"


def test_a_key_is_shown_once_and_alone_on_stdout(callwatch: Callwatch, matched: Engine) -> None:
    made = callwatch("keys", "add", "intranet", "--profile", PROFILE)
    assert made.status == 0, made.err
    assert re.fullmatch(r"callwatch_[\w-]{43}\n", made.out)
    secret = made.out.strip()
    listed = callwatch("keys", "list")
    assert PROFILE in listed.out
    assert secret not in listed.out + callwatch("keys", "list", "--json").out
    with Session(matched) as session:
        assert session.scalars(select(ApiKey.profiles)).one() == [PROFILE]


@pytest.mark.usefixtures("matched")
def test_a_key_works_until_its_day_or_until_it_is_revoked(callwatch: Callwatch) -> None:
    callwatch(
        "keys", "add", "one", "--profile", PROFILE, "--days", "30", "--now", "2026-05-20T06:00Z"
    )
    callwatch("keys", "add", "two", "--department", "iel", "--now", "2026-05-20T06:00Z")
    assert callwatch("keys", "revoke", "2").status == 0
    rows = json.loads(callwatch("keys", "list", "--json", "--now", "2026-06-19T06:00Z").out)
    assert [(row["name"], row["state"]) for row in rows] == [("one", "expired"), ("two", "revoked")]
    assert rows[0]["last_used_at"] is None


@pytest.mark.usefixtures("matched")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "one"), "name what the key opens"),
        (("add", "one", "--profile", "power-grid"), "did you mean power-grids?"),
        (("add", "one", "--department", "nowhere"), "--department 'nowhere': unknown"),
        (("revoke", "7"), "there is no key 7"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    callwatch: Callwatch, arguments: tuple[str, ...], said: str
) -> None:
    refused = callwatch("keys", *arguments)
    assert refused.status == 2
    assert said in refused.err


@pytest.mark.usefixtures("database")
def test_without_keys_it_is_said_how_to_make_one(callwatch: Callwatch) -> None:
    assert "callwatch keys add" in callwatch("keys", "list").out
