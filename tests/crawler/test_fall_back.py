"""What is kept of grantsTenders.json where the Search API failed."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from crawler.items import CrawlReport
from crawler.replica import Failure, Faults
from store.models import ChangeKind, Endpoint, OpenTo, Revision
from tests.crawler.counting import horizon
from tests.crawler.filing import MOVED, Failing, failing_search, moved

Record = dict[str, Any]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def failing(tmp_path: Path, samples: list[Record], now: datetime) -> Iterator[Failing]:
    with failing_search(tmp_path, samples, now) as failing:
        yield failing


def test_what_nobody_knew_is_added_with_what_the_file_tells(
    failing: Failing, now: datetime
) -> None:
    report = failing.fall_back(now)
    assert (report.seen, report.new, report.refused) == (44, 44, 0)
    row = failing.stored()
    assert (row.confirmed_by, row.last_seen_at) == (Endpoint.REFERENCE_FILE, now)
    assert [cutoff.day for cutoff in row.cutoffs] == [date(2026, 9, 15)]
    assert (row.sections, row.conditions, row.budget_eur, row.deadline_model) == ([], [], None, "")


def test_such_a_run_is_neither_complete_nor_healthy_and_says_why(
    failing: Failing, now: datetime
) -> None:
    report, run = failing.fall_back(now), failing.last_run()
    assert (report.complete, report.healthy, report.failed) == (False, False, False)
    assert report.problems == [
        "the Search API failed (page 1: HTTP 503); 44 opportunities were read from"
        " grantsTenders.json of 2026-05-20, without descriptions or budgets",
        "page 1: HTTP 503",
    ]
    assert (run.endpoint, run.seen, run.new, run.complete) == (
        Endpoint.REFERENCE_FILE, 44, 44, False
    )  # fmt: skip
    assert run.problems == report.problems
    assert run.finished_at == now


def test_what_is_known_and_the_same_is_confirmed_and_keeps_its_text(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    before = failing.stored()
    failing.file_of(samples, now + 2 * HOUR)
    report = failing.fall_back(now + DAY)
    after = failing.stored()
    assert (report.new, report.changed, report.unchanged) == (0, 0, 44)
    assert (after.confirmed_by, after.last_seen_at) == (Endpoint.REFERENCE_FILE, now + DAY)
    assert (after.sections, after.budget_eur) == (before.sections, before.budget_eur)
    assert failing.changes() == []


def test_a_file_older_than_the_search_confirms_nothing(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    failing.file_of(samples, now - 2 * HOUR)
    report = failing.fall_back(now + DAY)
    row = failing.stored()
    assert (report.seen, report.unchanged) == (44, 44)
    assert (row.confirmed_by, row.last_seen_at) == (Endpoint.SEARCH_API, now)


def test_a_date_of_a_file_that_may_lag_moves_no_deadline(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    failing.file_of(moved(samples, "2026-09-01"), now + 23 * HOUR)
    failing.fall_back(now + DAY)
    row = failing.stored()
    assert [cutoff.day for cutoff in row.cutoffs] == [date(2026, 9, 15)]
    assert (row.confirmed_by, row.last_seen_at) == (Endpoint.SEARCH_API, now)
    assert failing.changes() == []


def test_a_date_of_a_clearly_younger_file_moves_the_deadline(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    before = failing.stored()
    failing.file_of(moved(samples, "2026-09-01"), now + 3 * DAY + HOUR)
    report = failing.fall_back(now + 4 * DAY)
    row = failing.stored()
    assert (report.changed, report.unchanged) == (1, 43)
    assert [(c.day, c.open_to, c.note) for c in row.cutoffs] == [(date(2026, 9, 1), OpenTo.ALL, "")]
    assert row.confirmed_by is Endpoint.REFERENCE_FILE
    assert failing.changes() == [(ChangeKind.DEADLINE_EARLIER, "2026-09-15", "2026-09-01")]
    kept = ("sections", "conditions", "budget_eur", "deadline_model", "destination", "news", "url")
    assert all(getattr(row, name) == getattr(before, name) for name in kept)


def test_the_date_of_an_earlier_day_moves_nothing_back_however_young_the_file_is(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    failing.searched(horizon(moved(samples, "2026-10-01")), now + DAY)
    changes = failing.changes()
    failing.file_of(samples, now + 4 * DAY)
    failing.fall_back(now + 5 * DAY)
    assert [cutoff.day for cutoff in failing.stored().cutoffs] == [date(2026, 10, 1)]
    assert failing.changes() == changes


def test_a_file_of_the_next_day_moves_nothing(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    """It was built then, and may still say what held two days before."""
    failing.searched(horizon(samples), now)
    failing.file_of(moved(samples, "2026-09-01"), now + 2 * DAY)
    failing.fall_back(now + 2 * DAY + HOUR)
    assert failing.changes() == []


def test_a_topic_of_the_old_numbering_is_not_added(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    """The Search API may know it by a reference that does not follow from its number."""
    old = json.loads(json.dumps(horizon(samples)[:1]))
    old[0]["metadata"]["actions"][0] = re.sub(
        r'"plannedOpeningDate":\s*"[^"]+"',
        '"plannedOpeningDate":"2021-06-10"',
        old[0]["metadata"]["actions"][0],
    )
    failing.file_of([*old, *horizon(samples)[1:]], now)
    assert failing.fall_back(now).new == len(horizon(samples)) - 1


def test_dates_are_read_by_the_model_that_the_search_told(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    text = json.dumps(samples).replace("2026-09-17", "2026-09-24")
    failing.file_of(json.loads(text), now + 4 * DAY)
    failing.fall_back(now + 5 * DAY)
    second = failing.stored("ERC-2026-POC").cutoffs[1]
    assert (second.day, second.open_to, second.note) == (date(2026, 9, 24), OpenTo.ALL, "")


def test_what_was_found_withdrawn_is_not_brought_back(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples), now)
    failing.withdraw(MOVED, now)
    failing.file_of(samples, now + 2 * DAY)
    failing.fall_back(now + 3 * DAY)
    row = failing.stored()
    assert (row.withdrawn_at, row.missing_since, row.last_seen_at) == (now, now, now)


def test_an_old_reference_is_not_stored_twice(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    old = copy.deepcopy(horizon(samples)[:1])
    old[0]["reference"] = old[0]["metadata"]["ccm2Id"][0] + "HORIZONRIA1623283200000"
    failing.searched(old, now - DAY)
    assert failing.fall_back(now).new == 43
    assert failing.stored(old[0]["metadata"]["identifier"][0]).reference == old[0]["reference"]


def test_what_the_failed_run_saw_itself_is_not_counted_twice(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    failing.searched(horizon(samples)[:10], now)
    report = failing.fall_back(now)
    assert (report.seen, report.new) == (34, 34)


def test_a_run_that_is_repeated_stores_nothing_anew(failing: Failing, now: datetime) -> None:
    failing.fall_back(now)
    report = failing.fall_back(now + HOUR)
    assert (report.new, report.changed, report.unchanged) == (0, 0, 44)
    with Session(failing.engine) as session:
        assert len(session.scalars(select(Revision)).all()) == 44


def test_an_entry_that_cannot_be_read_is_named(
    failing: Failing, samples: list[Record], now: datetime
) -> None:
    strange = copy.deepcopy(samples)
    for record in strange:
        if record["metadata"]["identifier"] == [MOVED]:
            record["metadata"]["title"] = [" "]
    failing.file_of(strange, now)
    report = failing.fall_back(now)
    assert (report.new, report.refused) == (43, 1)
    assert report.problems[-1].startswith(f"{MOVED} in the file refused: title: ")


def test_without_a_file_the_run_stays_failed_and_says_both_reasons(
    failing: Failing, now: datetime
) -> None:
    failing.replica.faults = Faults(file_failures=(Failure(times=99),))
    report, run = failing.fall_back(now), failing.last_run()
    assert report.failed
    assert report.problems[0] == "page 1: HTTP 503"
    assert report.problems[1].startswith("grantsTenders.json could not be used either: http://127.")
    assert (run.endpoint, run.problems) == (Endpoint.SEARCH_API, report.problems)


def test_a_copy_that_could_not_be_renewed_is_used_and_said_to_be_old(
    failing: Failing, now: datetime
) -> None:
    failing.fall_back(now)
    failing.replica.faults = Faults(file_failures=(Failure(times=99),))
    report = failing.fall_back(now + DAY)
    assert report.seen == 44
    assert report.problems[-1].startswith("no newer file: ")


def test_without_the_address_of_the_file_nothing_is_done(failing: Failing, now: datetime) -> None:
    only = failing.settings.model_dump(include={"portal_search_url", "database_url"})
    failing.settings = Settings.model_validate(only)
    report = failing.fall_back(now)
    assert report == CrawlReport("horizon_europe", problems=["page 1: HTTP 503"], failed=True)
    assert failing.compare(now) == []
