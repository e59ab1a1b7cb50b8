"""callwatch calendar and callwatch feed."""

import pytest
from sqlalchemy import Engine

from store.db import session_scope
from store.reviews import approve_all
from tests.calendars import events_of
from tests.jobs.conftest import AT, NOW, Callwatch

READER = ("calendar", "--subscriber", "1")
FEED = ("feed", "--profile", "power-grids")


@pytest.fixture(autouse=True)
def reader(callwatch: Callwatch, matched: Engine) -> None:
    with session_scope(matched) as session:
        approve_all(session, "an adviser", NOW)
    callwatch("subscribe", "g@example.org", "--profile", "power-grids", "--confirmed", *AT)


def test_a_calendar_is_written_to_stdout(callwatch: Callwatch) -> None:
    found = callwatch(*READER, *AT)
    assert found.status == 0
    events = events_of(found.out)
    assert events
    assert all(event["SUMMARY"].startswith("Deadline: ") for event in events)


def test_a_feed_is_written_to_stdout(callwatch: Callwatch) -> None:
    found = callwatch(*FEED, *AT)
    assert found.status == 0
    assert found.out.startswith("<?xml")
    assert "<entry>" in found.out


@pytest.mark.parametrize(
    ("command", "begins", "ends"),
    [(READER, "calendar/", ".ics\n"), (FEED, "feeds/", ".atom\n")],
)
def test_a_link_can_be_given_to_who_wants_it(
    callwatch: Callwatch,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    begins: str,
    ends: str,
) -> None:
    refused = callwatch(*command, "--link", *AT)
    assert refused.status == 2
    assert "CALLWATCH_PUBLIC_URL" in refused.complaint
    monkeypatch.setenv("CALLWATCH_PUBLIC_URL", "https://funding.example.org")
    found = callwatch(*command, "--link", *AT)
    assert found.out.startswith(f"https://funding.example.org/{begins}")
    assert found.out.endswith(ends)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("calendar", "--subscriber", "99"), "--subscriber 99: there is no such reader"),
        (("feed", "--profile", "power-grid"), "--profile: unknown profile 'power-grid'"),
    ],
)
def test_an_unknown_name_is_wrong_use(
    callwatch: Callwatch, command: tuple[str, ...], says: str
) -> None:
    found = callwatch(*command, *AT)
    assert found.status == 2
    assert says in found.complaint
