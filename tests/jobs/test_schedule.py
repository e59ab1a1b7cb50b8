"""When jobs are due, also on the nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.base import BaseTrigger

from config.settings import Settings
from jobs.schedule import Daily, period_at, triggers

OSLO = ZoneInfo("Europe/Oslo")
SPRING = date(2026, 3, 29)
"""The clocks go from 02:00 to 03:00, at 01:00 UTC."""
AUTUMN = date(2026, 10, 25)
"""The clocks go from 03:00 back to 02:00, at 01:00 UTC."""


def trigger_of(job: str, **hours: int) -> BaseTrigger:
    return triggers(Settings(_env_file=None, **hours))[job]  # type: ignore[arg-type]  # hours alone


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def walk(trigger: BaseTrigger, start: datetime, end: datetime) -> list[datetime]:
    """Return every moment at which APScheduler would wake the job."""
    woken: list[datetime] = []
    moment = trigger.get_next_fire_time(None, start)
    while moment < end:
        woken.append(moment)
        moment = trigger.get_next_fire_time(moment, moment)
    return woken


@pytest.mark.parametrize(
    ("job", "now", "period"),
    [
        ("collect", "2026-05-20T03:59:59Z", "2026-05-19T04:00:00Z"),
        ("collect", "2026-05-20T04:00:00Z", "2026-05-20T04:00:00Z"),
        ("collect", "2026-01-20T05:30:00Z", "2026-01-20T05:00:00Z"),
        ("digest", "2026-05-20T05:59:00Z", "2026-05-20T05:30:00Z"),
        ("digest", "2026-05-20T06:00:00Z", "2026-05-20T06:00:00Z"),
        ("deliver", "2026-05-20T06:09:59Z", "2026-05-20T06:00:00Z"),
        ("deliver", "2026-05-20T06:10:00Z", "2026-05-20T06:10:00Z"),
        ("deliver", "2026-05-20T00:00:00Z", "2026-05-20T00:00:00Z"),
    ],
)
def test_a_period_is_the_last_moment_a_job_was_due(job: str, now: str, period: str) -> None:
    assert period_at(trigger_of(job), at(now)) == at(period)


def test_a_period_of_two_days_ago_is_none(now: datetime) -> None:
    class Once(BaseTrigger):  # type: ignore[misc]  # APScheduler carries no types
        def get_next_fire_time(self, _: datetime | None, start: datetime) -> datetime | None:
            due = now - timedelta(days=2)
            return due if start <= due else None

    assert period_at(Once(), now) is None


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (SPRING, "2026-03-29T01:00:00Z"),  # 02:00 does not exist: the moment of the jump, 03:00
        (AUTUMN, "2026-10-25T00:00:00Z"),  # 02:00 comes twice: the first
    ],
)
def test_an_hour_that_is_missing_or_comes_twice_is_one_period(day: date, moment: str) -> None:
    collect = trigger_of("collect", crawl_hour=2)
    midnight = datetime.combine(day, datetime.min.time(), OSLO).astimezone(UTC)
    times = [midnight + timedelta(minutes=10 * step) for step in range(22 * 6)]
    assert {p for now in times if (p := period_at(collect, now)) and p >= midnight} == {at(moment)}


@pytest.mark.parametrize("night", ["2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z"])
def test_deliveries_go_on_every_ten_minutes_while_the_clocks_change(night: str) -> None:
    deliver = trigger_of("deliver")
    start = at(night) - timedelta(hours=2)
    times = [start + timedelta(minutes=5 * step) for step in range(5 * 12)]
    found = sorted({period for now in times if (period := period_at(deliver, now))})
    assert {after - before for before, after in pairwise(found)} == {timedelta(minutes=10)}
    assert len(found) == 30


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 6, 23])
def test_every_day_of_the_year_has_exactly_one_period(hour: int) -> None:
    trigger = trigger_of("collect", crawl_hour=hour)
    first, last = datetime(2026, 1, 1, tzinfo=OSLO), datetime(2027, 1, 1, tzinfo=OSLO)
    woken = walk(trigger, first, last)
    assert [moment.astimezone(OSLO).date() for moment in woken] == [
        date(2026, 1, 1) + timedelta(days=day) for day in range(365)
    ]
    assert {period_at(trigger, moment) for moment in woken} == set(woken)


@pytest.mark.parametrize("zone", ["Europe/Oslo", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"])
@pytest.mark.parametrize("hour", [0, 2, 12])
def test_a_daily_job_never_waits_longer_than_a_day_with_an_hour_more(zone: str, hour: int) -> None:
    woken = walk(
        Daily(hour, ZoneInfo(zone)),
        datetime(2018, 1, 1, tzinfo=UTC),  # Brazil still had summer time, from midnight on
        datetime(2019, 12, 1, tzinfo=UTC),
    )
    gaps = {after - before for before, after in pairwise(woken)}
    assert gaps <= {timedelta(hours=hours) for hours in (23, 24, 25)}


def test_a_daily_job_that_was_overslept_is_due_at_each_moment_that_was_missed() -> None:
    daily = Daily(6, OSLO)
    previous, now = at("2026-05-18T04:00:00Z"), at("2026-05-20T12:00:00Z")
    assert daily.get_next_fire_time(previous, now) == at("2026-05-19T04:00:00Z")


@pytest.mark.parametrize("minutes", [-90, -1, 0, 1, 90])
def test_a_moment_is_found_from_a_clock_of_any_zone(minutes: int) -> None:
    collect = trigger_of("collect", crawl_hour=2)
    now = at("2026-10-25T01:00:00Z") + timedelta(minutes=minutes)
    assert period_at(collect, now.astimezone(OSLO)) == period_at(collect, now)
