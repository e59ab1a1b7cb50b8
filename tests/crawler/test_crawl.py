"""Real spiders over real HTTP against the replica, with everything that can go wrong."""

import copy
import json
import socket
import zlib
from typing import TYPE_CHECKING

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.sources import Source
from crawler.items import CrawlReport
from crawler.replica import Failure, FailureBody, Faults
from store.models import Change, ChangeKind, CrawlRun, Opportunity, Revision
from tests.crawler.counting import EVERY_TIME, Record, horizon, number_of

if TYPE_CHECKING:
    from tests.crawler.conftest import Crawl


def last_run(crawling: "Crawl") -> CrawlRun:
    with Session(crawling.engine) as session:
        return session.scalars(select(CrawlRun).order_by(CrawlRun.id.desc())).first() or CrawlRun()


def assert_whole(report: CrawlReport, samples: list[Record]) -> None:
    assert report.complete
    assert report.healthy
    assert report.seen == len(horizon(samples))


def test_everything_announced_is_collected_and_stored(
    crawling: "Crawl", samples: list[Record]
) -> None:
    report = crawling.one()
    assert_whole(report, samples)
    assert (report.new, report.refused, report.pages, report.scans) == (44, 0, 1, 1)
    assert number_of(crawling, Opportunity) == number_of(crawling, Revision) == 44
    assert last_run(crawling).complete


def test_a_second_crawl_stores_nothing_anew(crawling: "Crawl") -> None:
    crawling.one()
    report = crawling.one()
    assert (report.new, report.changed, report.unchanged) == (0, 0, 44)
    assert number_of(crawling, Revision) == 44


def test_each_programme_is_a_source_of_its_own(crawling: "Crawl") -> None:
    reports = crawling.run(Source("horizon_europe", (1, 99)), Source("erasmus_plus", (1, 99)))
    assert [(report.source, report.seen) for report in reports] == [
        ("horizon_europe", 44),
        ("erasmus_plus", 18),
    ]


def test_a_programme_without_a_spider_is_one_more_line(crawling: "Crawl") -> None:
    (report,) = crawling.run(Source("digital_europe", (0, 99)))
    assert (report.seen, report.complete, report.healthy) == (0, True, True)


def test_changed_content_becomes_a_revision_and_an_event(
    crawling: "Crawl", samples: list[Record]
) -> None:
    crawling.one()
    moved = copy.deepcopy(samples)
    for record in moved:
        if record["metadata"]["identifier"] == ["HORIZON-CL5-2026-09-D3-03"]:
            text = json.dumps(record).replace("2026-09-15", "2026-09-01")
            record.update(json.loads(text))
    crawling.replica.records = moved
    report = crawling.one()
    assert (report.changed, report.unchanged) == (1, 43)
    with Session(crawling.engine) as session:
        changes = session.scalars(select(Change).where(Change.kind != ChangeKind.NEW)).all()
    assert [(c.kind, c.before, c.after) for c in changes] == [
        (ChangeKind.DEADLINE_EARLIER, "2026-09-15", "2026-09-01")
    ]


def test_ingestion_noise_is_no_change(crawling: "Crawl", samples: list[Record]) -> None:
    crawling.one()
    noisy = copy.deepcopy(samples)
    for record in noisy:
        record["metadata"]["esDA_IngestDate"] = ["2026-05-21T01:00:00.000+0200"]
        record["metadata"]["crossCuttingPriorities"] = list(
            reversed(record["metadata"].get("crossCuttingPriorities", []))
        )
        record["weight"] = 1
    crawling.replica.records = noisy
    assert crawling.one().unchanged == 44


def test_the_raw_record_is_kept(crawling: "Crawl", samples: list[Record]) -> None:
    crawling.one()
    with Session(crawling.engine) as session:
        revision = session.scalars(select(Revision)).first()
        assert revision is not None
        raw = json.loads(zlib.decompress(revision.raw))
    assert raw in [json.loads(json.dumps(record)) for record in samples]


def test_what_a_complete_run_does_not_return_is_missing_and_stays(
    crawling: "Crawl", samples: list[Record]
) -> None:
    crawling.one()
    crawling.replica.records = horizon(samples)[1:]
    assert crawling.one().missing == 1
    assert number_of(crawling, Opportunity) == 44
    crawling.replica.records = samples
    assert crawling.one().missing == 0
    with Session(crawling.engine) as session:
        missing = select(Opportunity).where(Opportunity.missing_since.is_not(None))
        assert not session.scalars(missing).all()


def test_an_incomplete_run_marks_nothing_missing(crawling: "Crawl", samples: list[Record]) -> None:
    crawling.one()
    crawling.replica.records = horizon(samples)[1:]
    report = crawling.one(Faults(other_total=(1, 60)))
    assert (report.complete, report.healthy, report.failed) == (False, False, False)
    assert report.missing == 0


@pytest.mark.parametrize(
    "failure",
    [
        Failure(status=500, times=2),
        Failure(status=503, times=1),
        Failure(status=429, times=1, retry_after=0),
        Failure(status=200, times=2, body=FailureBody.HTML),
        Failure(status=200, times=1, body=FailureBody.TRUNCATED),
        Failure(status=200, times=1, body=FailureBody.THROWABLE),
        Failure(status=200, times=1, body=FailureBody.WARNINGS),
    ],
    ids=lambda failure: f"{failure.status}-{failure.body.name}",
)
def test_a_fault_that_passes_is_survived(
    crawling: "Crawl", samples: list[Record], failure: Failure
) -> None:
    assert_whole(crawling.one(Faults(failures=(failure,))), samples)


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (Failure(status=500, times=EVERY_TIME), "page 1: HTTP 500"),
        (
            Failure(status=200, times=EVERY_TIME, body=FailureBody.HTML),
            "page 1: the answer is no JSON (text/html",
        ),
        (Failure(status=200, times=EVERY_TIME, body=FailureBody.TRUNCATED), "page 1: "),
        (Failure(status=200, times=EVERY_TIME), "page 1: no page of results"),
        (
            Failure(status=200, times=EVERY_TIME, body=FailureBody.WARNINGS),
            "page 1: the portal warns",
        ),
    ],
)
def test_a_fault_that_stays_fails_the_run_and_loses_nothing(
    crawling: "Crawl", failure: Failure, says: str
) -> None:
    crawling.one()
    report = crawling.one(Faults(failures=(failure,)))
    assert report.failed
    assert not report.complete
    (problem,) = report.problems
    assert problem.startswith(says)
    assert "\n" not in problem
    assert number_of(crawling, Opportunity) == 44
    assert number_of(crawling, Revision) == 44


def test_an_unreachable_portal_is_one_clear_line(crawling: "Crawl") -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    crawling.settings = crawling.settings.model_copy(
        update={"portal_search_url": AnyHttpUrl(f"http://127.0.0.1:{port}/search")}
    )
    report = crawling.one()
    assert report.failed
    (problem,) = report.problems
    assert "refused" in problem


def test_an_unknown_status_code_is_refused_and_the_rest_is_kept(
    crawling: "Crawl", samples: list[Record]
) -> None:
    crawling.one()
    strange = copy.deepcopy(samples)
    horizon(strange)[0]["metadata"]["status"] = ["31094509"]
    crawling.replica.records = strange
    report = crawling.one(Faults(ignore_query=True))
    assert report.refused == 1
    assert not report.healthy
    assert any("status: unknown code '31094509'" in problem for problem in report.problems)
    assert number_of(crawling, Opportunity) == 44


def test_robots_that_cannot_be_read_stop_the_crawl(crawling: "Crawl") -> None:
    report = crawling.one(Faults(robots_status=503))
    assert report.failed
    assert report.problems == ["page 1: robots.txt answers 503: its rules are unknown"]
    assert all(request.method == "GET" for request in crawling.replica.requests)


def test_robots_that_forbid_are_obeyed(crawling: "Crawl") -> None:
    report = crawling.one(Faults(robots_status=200, robots_body="User-agent: *\nDisallow: /\n"))
    assert report.failed
    assert "robots.txt" in report.problems[0]


def test_a_missing_robots_file_allows_everything(crawling: "Crawl", samples: list[Record]) -> None:
    assert_whole(crawling.one(Faults(robots_status=404)), samples)


def test_the_user_agent_says_who_asks(crawling: "Crawl") -> None:
    crawling.settings = crawling.settings.model_copy(update={"portal_contact": "ops@example.org"})
    crawling.one()
    agents = {request.user_agent for request in crawling.replica.requests}
    assert all("Callwatch/" in str(agent) and "ops@example.org" in str(agent) for agent in agents)


def test_a_store_that_refuses_ends_the_crawl_with_one_line(crawling: "Crawl") -> None:
    crawling.one()
    folder = crawling.settings.database_url.removeprefix("sqlite:///").rpartition("/")[0]
    crawling.settings = crawling.settings.model_copy(
        update={"database_url": f"sqlite:///file:{folder}/crawl.db?mode=ro&uri=true"}
    )
    report = crawling.one()
    assert report.failed
    (problem,) = report.problems
    assert "readonly" in problem
    assert number_of(crawling, Opportunity) == 44


def test_fewer_opportunities_than_a_healthy_run_has_are_not_believed(crawling: "Crawl") -> None:
    (report,) = crawling.run(Source("horizon_europe", (300, 900)))
    assert (report.complete, report.healthy) == (False, False)
    assert report.problems == ["44 opportunities; a healthy run has at least 300"]


def test_rows_outside_the_query_are_not_stored(crawling: "Crawl", samples: list[Record]) -> None:
    report = crawling.one(Faults(ignore_query=True))
    assert report.seen == len(horizon(samples))
    assert report.outside == 18 * report.scans
    assert not report.complete
    assert number_of(crawling, Opportunity) == 44


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actions", ["[]"]),
        ("latestInfos", ["[" * 100_000]),
        ("deadlineDate", ["9999-12-31T00:00:00.000+0000"]),
        ("tags", "no list"),
    ],
)
def test_one_strange_record_never_costs_its_page(
    crawling: "Crawl", samples: list[Record], field: str, value: object
) -> None:
    strange = copy.deepcopy(horizon(samples))
    strange[0]["metadata"][field] = value
    crawling.replica.records = strange
    report = crawling.one()
    assert (report.refused, report.new, report.healthy) == (1, 43, False)
    assert report.problems[0].startswith(strange[0]["reference"])


def test_tags_that_look_like_lists_and_unknown_fields_are_harmless(
    crawling: "Crawl", samples: list[Record]
) -> None:
    odd = copy.deepcopy(horizon(samples))
    odd[0]["metadata"] |= {"tags": ["[AI] for all", "[1,2]"], "brandNew": None, "another": "text"}
    crawling.replica.records = odd
    assert_whole(crawling.one(), samples)


def test_an_old_copy_beside_the_record_is_counted_and_left(
    crawling: "Crawl", samples: list[Record]
) -> None:
    old = copy.deepcopy(horizon(samples)[0])
    old["reference"] = "44774210OldStyle1645574400000"
    old["metadata"] |= {"actions": [], "descriptionByte": [], "topicConditions": []}
    crawling.replica.records = [*horizon(samples), old]
    report = crawling.one()
    assert (report.complete, report.healthy, report.leftovers) == (True, True, 1)
    assert (report.announced, report.seen, report.new) == (45, 44, 44)
