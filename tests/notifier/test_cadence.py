from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifier.cadence import Rhythm, Window, latest_window
from store.models import Cadence

OSLO = Rhythm(ZoneInfo("Europe/Oslo"), "mon", 8)
AT_TWO = Rhythm(ZoneInfo("Europe/Oslo"), "mon", 2)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "now", "start", "end"),
    [
        ("daily", "2026-05-20T05:59", "2026-05-18T06:00", "2026-05-19T06:00"),
        ("daily", "2026-05-20T06:00", "2026-05-19T06:00", "2026-05-20T06:00"),
        ("weekly", "2026-05-20T06:00", "2026-05-11T06:00", "2026-05-18T06:00"),
        ("weekly", "2026-05-18T05:59", "2026-05-04T06:00", "2026-05-11T06:00"),
        ("weekly", "2026-05-18T06:00", "2026-05-11T06:00", "2026-05-18T06:00"),
        ("monthly", "2026-05-20T06:00", "2026-04-06T06:00", "2026-05-04T06:00"),
        ("monthly", "2026-01-01T06:00", "2025-11-03T07:00", "2025-12-01T07:00"),
    ],
)
def test_a_window_ends_at_the_last_scheduled_moment(
    cadence: str, now: str, start: str, end: str
) -> None:
    window = latest_window(Cadence(cadence), utc(now), OSLO)
    assert window == Window(utc(start), utc(end))


def test_the_week_in_which_summer_time_begins_is_an_hour_shorter() -> None:
    window = latest_window(Cadence.WEEKLY, utc("2026-03-30T06:00"), OSLO)
    assert window.end - window.start == timedelta(days=7, hours=-1)


def test_the_week_in_which_summer_time_ends_is_an_hour_longer() -> None:
    window = latest_window(Cadence.WEEKLY, utc("2026-10-26T07:00"), OSLO)
    assert window.end - window.start == timedelta(days=7, hours=1)


def test_an_hour_that_the_clock_jumps_over_is_the_moment_of_the_jump() -> None:
    window = latest_window(Cadence.DAILY, utc("2026-03-29T01:00"), AT_TWO)
    assert window == Window(utc("2026-03-28T01:00"), utc("2026-03-29T01:00"))
    before = latest_window(Cadence.DAILY, utc("2026-03-29T00:59"), AT_TWO)
    assert before.end == utc("2026-03-28T01:00")


@pytest.mark.parametrize("now", ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:30"])
def test_an_hour_that_comes_twice_ends_one_window_only(now: str) -> None:
    window = latest_window(Cadence.DAILY, utc(now), AT_TWO)
    assert window == Window(utc("2026-10-24T00:00"), utc("2026-10-25T00:00"))


def test_windows_follow_each_other_without_gap_or_overlap_all_year() -> None:
    now = utc("2026-01-01T12:00")
    window = latest_window(Cadence.DAILY, now, AT_TWO)
    for _ in range(24 * 366):
        now += timedelta(hours=1)
        following = latest_window(Cadence.DAILY, now, AT_TWO)
        assert following.start <= following.end <= now
        assert following in (window, Window(window.end, following.end))
        window = following


def test_every_cadence_has_a_window() -> None:
    for cadence in Cadence:
        assert latest_window(cadence, utc("2026-05-20T06:00"), OSLO).end <= utc("2026-05-20T06:00")


def test_what_cannot_wait_has_a_window_in_each_hour() -> None:
    window = latest_window(Cadence.INSTANT, utc("2026-05-20T06:59"), OSLO)
    assert window == Window(utc("2026-05-20T05:00"), utc("2026-05-20T06:00"))
