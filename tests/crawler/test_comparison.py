"""A complete run of the Search API, compared with grantsTenders.json."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.replica import Filler
from tests.crawler.counting import horizon
from tests.crawler.filing import MOVED, Failing, failing_search, moved

Record = dict[str, Any]

DAY = timedelta(days=1)


@pytest.fixture
def failing(tmp_path: Path, samples: list[Record], now: datetime) -> Iterator[Failing]:
    with failing_search(tmp_path, samples, now) as failing:
        yield failing


def test_a_run_that_agrees_with_the_file_has_no_notes(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    assert failing.compare(now) == []


def test_differences_are_notes_and_change_nothing(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(moved(samples, "2026-09-22"))[1:], now)
    assert failing.compare(now) == [
        "1 live in grantsTenders.json of 2026-05-20, not returned by the Search API:"
        f" {horizon(samples)[0]['metadata']['identifier'][0]}",
        f"1 with other dates in grantsTenders.json of 2026-05-20: {MOVED}",
    ]
    assert [cutoff.day for cutoff in failing.stored().cutoffs] == [date(2026, 9, 22)]


def test_a_file_that_cannot_be_had_is_a_note(failing: Failing, now: datetime) -> None:
    failing.replica.filler = Filler(live=0)
    (note,) = failing.compare(now)
    assert note.startswith("not compared with grantsTenders.json: http://127.0.0.1:")
    assert note.endswith("62 live grants; at least 100 are expected")


def test_a_file_of_last_week_is_not_compared(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    failing.file_of(samples[:1], now - 7 * DAY)
    failing.replica.filler = Filler(live=200)
    assert failing.compare(now) == ["not compared: grantsTenders.json is of 2026-05-13"]
