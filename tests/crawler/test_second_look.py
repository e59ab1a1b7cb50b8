"""A direct look at what has been missing for long, against the replica's files of topics."""

import copy
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.sources import Source
from crawler.items import Look
from crawler.records import FieldError, read_answer
from crawler.second_look import read_details, read_found
from store.models import Change, ChangeKind, Endpoint, Opportunity, Status
from tests.crawler.conftest import Crawl
from tests.crawler.test_cascade import cascade

Record = dict[str, Any]
CLOSED = "31094503"
TOPIC = "HORIZON-CL5-2026-09-D3-03"


@pytest.fixture
def missing(crawling: Crawl) -> Crawl:
    """Return crawls from which a topic has been missing for fourteen days."""
    crawling.settings = crawling.settings.model_copy(
        update={
            "portal_data_url": AnyHttpUrl(crawling.replica.data_url),
            "cross_check": "never",
        }
    )
    assert crawling.one().problems == []
    everything = crawling.replica.records
    crawling.replica.records = [record for record in everything if not named(record)]
    crawling.now += timedelta(days=1)
    assert crawling.one().missing == 1
    crawling.now += timedelta(days=14)
    return crawling


def named(record: Mapping[str, Any]) -> bool:
    identifier: list[str] = record["metadata"]["identifier"]
    return identifier == [TOPIC]


def hide(crawling: Crawl, samples: list[Record], code: str) -> None:
    """Bring the topic back with a status that no search asks for; its file says ``code``."""
    hidden = copy.deepcopy(next(record for record in samples if named(record)))
    hidden["metadata"]["status"] = [CLOSED]
    actions: str = hidden["metadata"]["actions"][0]
    hidden["metadata"]["actions"] = [actions.replace("31094502", code).replace("31094501", code)]
    crawling.replica.records = [*crawling.replica.records, hidden]


def stored(crawling: Crawl) -> Opportunity:
    with Session(crawling.engine) as session:
        return session.scalars(select(Opportunity).where(Opportunity.topic_id == TOPIC)).one()


def last_event(crawling: Crawl) -> ChangeKind:
    with Session(crawling.engine) as session:
        return session.scalars(select(Change.kind).order_by(Change.id.desc()).limit(1)).one()


def test_a_topic_without_a_file_is_withdrawn(missing: Crawl) -> None:
    report = missing.one()
    assert (report.withdrawn, report.missing, report.healthy) == (1, 0, True)
    assert last_event(missing) is ChangeKind.WITHDRAWN
    assert missing.one().withdrawn == 0
    paths = [request.path for request in missing.replica.requests]
    looked = [path.rpartition("/")[2] for path in paths if "topicDetails" in path]
    assert "horizon-cl5-2026-09-d3-03.json" in looked
    assert len(looked) == 2  # the other is a topic that is there: does the host have files at all?


def test_a_topic_with_a_file_stays_missing_and_was_confirmed(
    missing: Crawl, samples: list[Record]
) -> None:
    hide(missing, samples, "31094502")
    report = missing.one()
    assert (report.withdrawn, report.missing) == (0, 1)
    assert stored(missing).confirmed_by is Endpoint.TOPIC_DETAILS
    assert stored(missing).last_seen_at == missing.now


def test_a_topic_whose_file_says_closed_is_closed(missing: Crawl, samples: list[Record]) -> None:
    hide(missing, samples, CLOSED)
    assert missing.one().closed == 1
    assert stored(missing).status is Status.CLOSED


def test_a_host_that_has_no_file_of_any_topic_withdraws_nothing(missing: Crawl) -> None:
    address = missing.replica.data_url.replace("/data", "/moved")
    missing.settings = missing.settings.model_copy(update={"portal_data_url": AnyHttpUrl(address)})
    report = missing.one()
    assert (report.withdrawn, report.missing) == (0, 1)
    assert report.notes[0].startswith("no file of 1 missing topics, and none of HORIZON-")


def test_a_look_that_fails_withdraws_nothing(missing: Crawl) -> None:
    missing.settings = missing.settings.model_copy(
        update={"portal_data_url": AnyHttpUrl("http://127.0.0.1:9/data")}
    )
    report = missing.one()
    assert (report.withdrawn, report.missing, report.healthy) == (0, 1, True)
    (note,) = report.notes
    assert note.startswith(f"{TOPIC} is missing, and a direct look failed: ")


def test_nothing_is_looked_up_elsewhere_for_a_replica_of_the_search(missing: Crawl) -> None:
    fields = missing.settings.model_dump(exclude_unset=True)
    del fields["portal_data_url"]
    missing.settings = type(missing.settings)(**fields)
    report = missing.one()
    assert (report.withdrawn, report.missing, report.notes) == (0, 1, [])


def test_an_incomplete_run_looks_at_nothing(missing: Crawl) -> None:
    (report,) = missing.run(Source("horizon_europe", (300, 900)))
    assert not report.healthy
    assert (report.withdrawn, report.missing) == (0, 0)
    assert stored(missing).withdrawn_at is None


def test_what_has_no_file_is_searched_for(crawling: Crawl) -> None:
    source = Source("cascade_funding", (1, 9))
    crawling.replica.records = [cascade(1), cascade(2), cascade(3)]
    crawling.run(source)
    crawling.replica.records = [cascade(1), cascade(2, status=[CLOSED])]
    crawling.now += timedelta(days=1)
    assert crawling.run(source)[0].missing == 2
    crawling.now += timedelta(days=14)
    (report,) = crawling.run(source)
    assert (report.closed, report.withdrawn, report.missing) == (1, 1, 0)


@pytest.mark.parametrize(
    "document",
    [[], {}, {"TopicDetails": None}, {"TopicDetails": {"identifier": "ANOTHER", "actions": []}}],
)
def test_a_document_that_is_no_file_of_the_topic_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="the answer"):
        read_details(document, TOPIC)


@pytest.mark.parametrize("actions", [None, [], [{}], [{"status": {"id": 31094502}}]])
def test_a_file_that_does_not_say_closed_is_there(actions: object) -> None:
    document = {"TopicDetails": {"identifier": TOPIC.lower(), "actions": actions}}
    assert read_details(document, TOPIC) is Look.THERE


def test_a_search_that_shows_only_some_rows_is_no_proof() -> None:
    answer = read_answer({"totalResults": 101, "results": [{"reference": "1"}] * 100})
    with pytest.raises(FieldError, match="101 records found"):
        read_found(answer, "2")
