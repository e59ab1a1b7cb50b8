"""No reader in any zone is ever shown another day, or a date that is not for everyone."""

import gzip
import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from config.deadlines import BRUSSELS, deadline_rules
from config.settings import SHIPPED
from crawler.portal import read_record
from notifier.deadlines import days_left_words, deadline_lines
from store.models import Cutoff, Kind, OpenTo, Opportunity, Origin, Status
from store.opportunities import next_cutoff, status_at, takes_proposals
from tests.rows import cutoff_row, opportunity_row

ZONES = ("Pacific/Auckland", "America/Los_Angeles", "Europe/Oslo", "Asia/Kolkata", "UTC")
OSLO = ZoneInfo("Europe/Oslo")
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)

days = st.dates(FIRST, LAST)
hours = st.times().map(lambda hour: hour.replace(microsecond=0))
moments = st.builds(lambda day, hour: datetime.combine(day, hour, UTC), days, hours)


def on(day: date, hour: time = time(17), **columns: Any) -> Cutoff:
    """Return a cut-off at ``hour`` in Brussels."""
    at = datetime.combine(day, hour, BRUSSELS).astimezone(UTC)
    return cutoff_row(at, day=day, **columns)


def topic(*cutoffs: Cutoff, **columns: Any) -> Opportunity:
    row = opportunity_row(**columns)
    row.cutoffs = list(cutoffs)
    return row


@st.composite
def dated(draw: st.DrawFn) -> Opportunity:
    """Return an opportunity with one to five dates that anyone may use."""
    found = sorted(draw(st.sets(days, min_size=1, max_size=5)))
    hour = draw(hours)
    return topic(*(on(day, hour, position=place) for place, day in enumerate(found, start=1)))


@st.composite
def two_stage(draw: st.DrawFn) -> Opportunity:
    """Return an opportunity of which the second date is for those invited."""
    first, second = sorted(draw(st.sets(days, min_size=2, max_size=2)))
    return topic(
        on(first, stage=1),
        on(second, position=2, stage=2, open_to=OpenTo.INVITED),
        deadline_model="two-stage",
    )


def words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@given(day=days, hour=hours, zone=st.sampled_from(ZONES), origin=st.sampled_from(Origin))
def test_the_day_in_brussels_is_always_shown(
    day: date, hour: time, zone: str, origin: Origin
) -> None:
    found = topic(on(day, hour, origin=origin))
    before = found.cutoffs[0].deadline - timedelta(seconds=1)
    lines = deadline_lines(found, before, ZoneInfo(zone), "en")
    assert lines[0].startswith(f"{day:%A} {words(day)}")
    if origin is not Origin.UNKNOWN:
        placed = found.cutoffs[0].deadline.astimezone(BRUSSELS)
        assert f", {placed:%H:%M} Brussels time" in lines[0]


@given(day=days, zone=st.sampled_from(ZONES), before=st.integers(1, 400))
def test_an_opening_is_shown_as_its_day_in_brussels(day: date, zone: str, before: int) -> None:
    found = topic(on(day + timedelta(days=1)), status=Status.FORTHCOMING, opens_on=day)
    now = datetime.combine(day - timedelta(days=before), time(12), BRUSSELS)
    assert deadline_lines(found, now, ZoneInfo(zone), "en")[0] == f"opens {words(day)}"
    assert days_left_words(found, now, "en").startswith(f"opens in {before} day")


@given(found=dated(), moments=st.lists(moments, min_size=2, max_size=6))
def test_what_is_over_stays_over_and_no_deadline_comes_back(
    found: Opportunity, moments: list[datetime]
) -> None:
    ordered = sorted(moments)
    ahead = [next_cutoff(found, now) for now in ordered]
    known = [cutoff.deadline for cutoff in ahead if cutoff]
    assert known == sorted(known)
    closed = [status_at(found, now) is Status.CLOSED for now in ordered]
    assert closed == sorted(closed)
    assert closed == [cutoff is None for cutoff in ahead]


@given(found=dated(), zone=st.sampled_from(ZONES))
def test_it_is_open_until_its_last_second_and_closed_after_it(
    found: Opportunity, zone: str
) -> None:
    last = found.cutoffs[-1]
    assert status_at(found, last.deadline - timedelta(seconds=1)) is Status.OPEN
    assert status_at(found, last.deadline) is Status.CLOSED
    lines = deadline_lines(found, last.deadline, ZoneInfo(zone), "en")
    assert lines == (f"closed since {words(last.day)}",)
    assert days_left_words(found, last.deadline, "en") == ""


@given(found=two_stage(), now=moments, zone=st.sampled_from(ZONES))
def test_a_second_stage_is_never_open_to_all(found: Opportunity, now: datetime, zone: str) -> None:
    first, second = found.cutoffs
    lines = deadline_lines(found, now, ZoneInfo(zone), "en")
    assert not any(f"{second.day:%A} {words(second.day)}" in line for line in lines)
    assert not any("further cut-offs" in line for line in lines)
    if now < first.deadline:
        assert next_cutoff(found, now) is first
        assert lines[0].startswith(f"{first.day:%A} {words(first.day)}")
        assert "stage 1; stage 2 by invitation only" in lines
        return
    assert not takes_proposals(found, now)
    assert next_cutoff(found, now) is None
    assert lines == ("stage 1 is over; stage 2 by invitation only",)
    assert days_left_words(found, now, "en") == ""


def test_a_date_nobody_verified_says_so(now: datetime) -> None:
    found = topic(on(date(2026, 9, 29), time(12), origin=Origin.RULE, verified=False))
    assert deadline_lines(found, now, OSLO, "en") == (
        "Tuesday 29 September 2026, 12:00 Brussels time (by rule)",
        "date not verified – check the official page",
    )


def test_what_else_is_known_of_a_date_is_told_also_of_later_ones(now: datetime) -> None:
    note = "second round, only where the national agency opens it"
    second = on(date(2026, 10, 1), time(12), position=2, verified=False, note=note)
    found = topic(on(date(2026, 6, 5), time(12)), second)
    assert deadline_lines(found, now, OSLO, "en")[1:] == (
        f"further cut-offs: 1 October 2026 (not verified; {note})",
    )
    later = deadline_lines(found, datetime(2026, 7, 1, tzinfo=UTC), OSLO, "en")
    assert later[1:] == ("date not verified – check the official page", note)


def test_a_national_action_without_dates_is_not_given_any(now: datetime) -> None:
    found = topic(kind=Kind.NATIONAL, status=Status.FORTHCOMING, opens_on=date(2027, 1, 1))
    assert deadline_lines(found, now, OSLO, "en") == ("deadline not published yet",)
    assert days_left_words(found, now, "en") == ""


def test_what_was_open_continuously_and_is_over_is_not_called_open(now: datetime) -> None:
    found = topic(on(date(2026, 5, 19)), deadline_model="continuous")
    assert deadline_lines(found, now, OSLO, "en") == ("closed since 19 May 2026",)


def recorded(folder: Path) -> list[dict[str, Any]]:
    """Return a recorded topic for each list of actions that ever occurred."""
    by_actions = {
        record["metadata"]["actions"][0]: record
        for path in sorted(folder.rglob("page-*.json.gz"))
        for record in json.loads(gzip.decompress(path.read_bytes()))["results"]
        if record["metadata"].get("actions")
    }
    return list(by_actions.values())


def test_every_recorded_deadline_is_shown_on_the_day_of_its_actions(shared: Path) -> None:
    rules = deadline_rules(SHIPPED)
    records = recorded(shared / "portal" / "search")
    assert len(records) > 100
    for record in records:
        actions = json.loads(record["metadata"]["actions"][0])
        wanted = sorted({date.fromisoformat(d) for a in actions for d in a["deadlineDates"]})
        collected = read_record(record, rules).cutoffs
        assert [cutoff.day for cutoff in collected] == wanted
        rows = [Cutoff(**asdict(c), position=n) for n, c in enumerate(collected, start=1)]
        for row in (row for row in rows if row.open_to is OpenTo.ALL):
            before = row.deadline - timedelta(seconds=1)
            for zone in ("Pacific/Auckland", "America/Los_Angeles", "Europe/Oslo"):
                lines = deadline_lines(topic(row), before, ZoneInfo(zone), "en")
                assert lines[0].startswith(f"{row.day:%A} {words(row.day)}, ")
