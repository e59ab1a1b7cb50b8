"""Answers that look right and are not: what they announce, who gives them, what they leave out."""

import copy
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from scrapy.http import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.sources import Source
from crawler.items import CrawlJob
from crawler.middlewares import retry_after
from crawler.replica import Failure, Faults
from crawler.run import as_json
from store.models import CrawlRun, Opportunity, Status
from tests.crawler.conftest import Crawl, Record
from tests.crawler.counting import horizon


def copied(samples: list[Record]) -> list[Record]:
    """Return topics of Horizon Europe that a test may change."""
    return copy.deepcopy(horizon(samples))


def test_a_row_in_a_status_nobody_asked_for_is_outside(
    crawling: Crawl, samples: list[Record]
) -> None:
    closed = copied(samples)[0]
    closed["reference"] = "999TOPICSen"
    closed["metadata"]["status"] = ["31094503"]
    report = crawling.one(Faults(extra_records=(closed,)))
    assert (report.complete, report.healthy) == (False, False)
    with Session(crawling.engine) as session:
        assert not session.scalars(
            select(Opportunity).where(Opportunity.reference == "999TOPICSen")
        ).all()


@pytest.mark.parametrize("reference", ["", None, ["1TOPICSen"], "two words"])
def test_a_row_that_names_no_record_forbids_to_say_what_is_gone(
    crawling: Crawl, samples: list[Record], reference: object
) -> None:
    """Its record is known, its deadline has passed, and its new one stands in that very row."""
    crawling.one()
    crawling.now += timedelta(days=1000)
    records = copied(samples)
    records[0]["reference"] = reference
    crawling.replica.records = records
    report = crawling.one()
    assert (report.complete, report.closed, report.missing) == (False, 0, 0)
    assert any("name no record" in problem for problem in report.problems)
    with Session(crawling.engine) as session:
        assert Status.CLOSED not in set(session.scalars(select(Opportunity.status)))


def test_of_two_copies_on_a_page_the_one_taken_in_later_counts(
    crawling: Crawl, topic: Callable[..., Record]
) -> None:
    first = topic(title=["The newer"], esDA_IngestDate=["2026-05-20T04:00:00.000+0200"])
    second = topic(title=["The older"], esDA_IngestDate=["2022-05-20T04:00:00.000+0200"])
    for records in ([first, second], [second, first]):
        crawling.replica.records = records
        assert not crawling.one().complete
        with Session(crawling.engine) as session:
            assert session.scalars(select(Opportunity.title)).all() == ["The newer"]


def leftovers(samples: list[Record], number: int) -> list[Record]:
    """Return rows of the stale index."""
    rows = []
    for index in range(number):
        row = copy.deepcopy(horizon(samples)[0])
        row["reference"] = f"{index}OldStyle1645574400000"
        row["metadata"] |= {"actions": [], "descriptionByte": [], "topicConditions": []}
        rows.append(row)
    return rows


def test_a_stale_index_that_goes_away_is_no_alarm(crawling: Crawl, samples: list[Record]) -> None:
    crawling.replica.records = [*copied(samples), *leftovers(samples, 40)]
    for _ in range(3):
        assert crawling.one().leftovers == 40
        crawling.now += timedelta(days=1)
    crawling.replica.records = copied(samples)
    report = crawling.one()
    assert (report.problems, report.complete, report.healthy) == ([], True, True)


def test_a_stale_index_hides_no_fall(crawling: Crawl, samples: list[Record]) -> None:
    for _ in range(3):
        crawling.one()
        crawling.now += timedelta(days=1)
    crawling.replica.records = [*copied(samples)[:30], *leftovers(samples, 14)]
    report = crawling.one()
    assert (report.announced, report.complete, report.missing) == (44, False, 0)
    assert report.problems[0].startswith("30 announced, where 44 are usual")


def test_a_source_that_asks_to_be_left_alone_is_not_asked_again(
    crawling: Crawl, samples: list[Record]
) -> None:
    crawling.replica.records = [
        {**record, "reference": f"{number}TOPICSen"}
        for number, record in enumerate(copied(samples) * 6)
    ]
    report = crawling.one(Faults(failures=(Failure(page=2, status=429, retry_after=3600),)))
    assert (report.complete, report.pages, report.scans) == (False, 1, 1)
    assert report.problems[0] == "page 2: HTTP 429"
    assert len([r for r in crawling.replica.requests if r.method == "POST"]) == 2


def test_a_crawl_ends_with_the_process_that_started_it(crawling: Crawl) -> None:
    crawling.replica.faults = Faults(failures=(Failure(page=1, retry_after=200, times=9),))
    job = CrawlJob(Source("horizon_europe", (1, 999)), crawling.settings, crawling.now)
    starter = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-m', 'crawler'],"
        " stdin=subprocess.PIPE, stdout=subprocess.DEVNULL);"
        " child.stdin.write(sys.stdin.buffer.read()); child.stdin.close();"
        " print(child.pid, flush=True); child.wait()"
    )
    parent = subprocess.Popen(  # noqa: S603 - nothing in it comes from outside
        [sys.executable, "-c", starter], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(as_json(job).encode())
    parent.stdin.close()
    child = int(parent.stdout.readline())
    wait_for(lambda: bool(crawling.replica.requests))
    parent.send_signal(signal.SIGKILL)
    parent.wait(10)
    parent.stdout.close()
    wait_for(lambda: not is_running(child))
    with Session(crawling.engine) as session:
        run = session.scalars(select(CrawlRun)).one()
    assert not run.complete


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("it did not happen within half a minute")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")  # one that nobody waits for any more is a zombie there
    return not status.exists() or "\nState:\tZ" not in status.read_text()


@pytest.mark.parametrize("value", [b"\xb2", b"soon", b"", b"-1"])
def test_a_wait_that_is_no_number_is_none(value: bytes) -> None:
    assert retry_after(Response("http://127.0.0.1/", headers={"Retry-After": value})) is None


def test_an_empty_answer_is_no_complete_run(crawling: Crawl) -> None:
    crawling.one()
    crawling.replica.records = []
    report = crawling.one()
    assert (report.complete, report.healthy, report.missing) == (False, False, 0)
    assert report.problems == ["0 opportunities; a healthy run has at least 1"]
