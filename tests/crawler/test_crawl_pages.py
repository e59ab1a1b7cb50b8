"""Sources of several pages, whose rows move and whose pages fail."""

import copy
import json
from typing import TYPE_CHECKING

from crawler.replica import Failure, Faults
from store.models import Opportunity
from tests.crawler.counting import EVERY_TIME, Record, horizon, number_of

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawl


def many(samples: list[Record], number: int) -> list[Record]:
    """Return copies of a topic, so that there are several pages."""
    made = []
    for n in range(number):
        record = copy.deepcopy(horizon(samples)[0])
        old = record["metadata"]["identifier"][0]
        record = json.loads(json.dumps(record).replace(old, f"HORIZON-X-{n:04}"))
        made.append(record | {"reference": f"{n}TOPICSen"})
    return made


def test_pages_that_overlap_are_read_again(crawling: "Crawl", samples: list[Record]) -> None:
    crawling.replica.records = many(samples, 250)
    report = crawling.one(Faults(ignore_sort_scans=1))
    assert (report.complete, report.seen, report.scans) == (True, 250, 2)


def test_pages_that_never_settle_leave_the_run_incomplete(
    crawling: "Crawl", samples: list[Record]
) -> None:
    crawling.replica.records = many(samples, 350)
    crawling.settings = crawling.settings.model_copy(update={"crawl_rescans": 0})
    report = crawling.one(Faults(ignore_sort=True))
    assert not report.complete
    assert not report.failed
    assert report.announced == 350 > report.seen
    assert number_of(crawling, Opportunity) == report.seen


def test_one_page_that_fails_loses_no_other(crawling: "Crawl", samples: list[Record]) -> None:
    crawling.replica.records = many(samples, 250)
    crawling.settings = crawling.settings.model_copy(update={"crawl_rescans": 0})
    report = crawling.one(Faults(failures=(Failure(page=2, status=500, times=EVERY_TIME),)))
    assert (report.seen, report.complete, report.failed) == (150, False, False)
    assert "page 2: HTTP 500" in report.problems


def test_a_page_that_fails_once_for_all_retries_comes_with_the_next_scan(
    crawling: "Crawl", samples: list[Record]
) -> None:
    crawling.replica.records = many(samples, 250)
    report = crawling.one(Faults(failures=(Failure(page=2, status=500, times=4),)))
    assert (report.seen, report.complete, report.scans) == (250, True, 2)
