"""Timestamps of the portal mean a day in Brussels, and never the one before or after."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.deadlines import BRUSSELS
from crawler.fields import read_day, read_moment
from crawler.records import FieldError

DAYS = st.dates(date(2014, 1, 1), date(2035, 12, 31))


def written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000+0000"


@given(day=DAYS)
def test_a_date_without_an_hour_is_that_day(day: date) -> None:
    assert read_day(f"{day}T00:00:00.000+0000") == day


@given(day=DAYS)
def test_an_old_record_at_five_is_that_day(day: date) -> None:
    assert read_day(f"{day}T17:00:00.000+0000") == day


@given(day=DAYS)
def test_midnight_in_brussels_is_the_day_that_begins(day: date) -> None:
    assert read_day(written(datetime.combine(day, time(), BRUSSELS))) == day


@given(day=DAYS, hour=st.times())
def test_a_real_moment_keeps_its_day_in_brussels(day: date, hour: time) -> None:
    at = datetime.combine(day, hour.replace(microsecond=0), BRUSSELS)
    assert read_day(written(at)) == day
    assert read_moment(written(at)) == at.astimezone(UTC)


@pytest.mark.parametrize("text", ["2026-09-15", "2026-09-15T17:00:00", "15/09/2026", ""])
def test_a_time_that_states_no_zone_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        read_day(text)
