import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import urllib3

from crawler.replica import Failure, FailureBody, Faults, Filler
from tests.crawler.asking import Asker, Reply, record, reply

TOPIC = record(
    50129378,
    identifier="HORIZON-X",
    ccm2Id="50129378",
    status="31094502",
    frameworkProgramme="43108390",
    startDate="2026-05-05T00:00:00.000+0000",
    deadlineDate=["2026-09-15T00:00:00.000+0000"],
    keywords=["HORIZON-X", "HORIZON", "tides"],
    crossCuttingPriorities=["AI"],
    actions=json.dumps(
        [
            {
                "types": [{"typeOfAction": "HORIZON-RIA HORIZON  Actions", "typeOfMGA": []}],
                "plannedOpeningDate": "2026-05-05",
                "submissionProcedure": {"id": 31094504, "abbreviation": "single-stage"},
                "deadlineDates": ["2026-09-15"],
            }
        ]
    ),
)


@pytest.fixture
def filed(portal: Asker) -> Asker:
    portal.replica.records = [TOPIC, record(2)]
    portal.replica.filler = Filler(live=3, closed=2, tenders=1)
    portal.replica.file_modified_at = datetime(2026, 5, 20, 2, 30, tzinfo=UTC)
    return portal


def ask(portal: Asker, headers: Mapping[str, str] | None = None) -> Reply:
    url = f"{portal.replica.data_url}/referenceData/grantsTenders.json"
    return reply(portal.pool.request("GET", url, headers=headers, retries=False))


def entries(answer: Reply) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = answer.json["fundingData"]["GrantTenderObj"]
    return listed


def test_the_file_holds_the_topics_and_what_was_made_up(filed: Asker) -> None:
    listed = entries(ask(filed))
    assert [entry["type"] for entry in listed] == [0, 1, 1, 1, 1, 1, 1]
    assert [e["status"]["id"] for e in listed[2:]] == [31094502] * 3 + [31094503] * 2
    assert len({entry["identifier"] for entry in listed}) == 7


def test_a_topic_is_written_in_numbers(filed: Asker) -> None:
    topic = entries(ask(filed))[1]
    shown = {
        "type", "ccm2Id", "identifier", "plannedOpeningDateLong", "deadlineDatesLong", "keywords",
        "flags", "deadlineModel",
    }  # fmt: skip
    assert {name: topic[name] for name in shown} == {
        "type": 1,
        "ccm2Id": 50129378,
        "identifier": "HORIZON-X",
        "plannedOpeningDateLong": 1777939200000,
        "deadlineDatesLong": [1789430400000],
        "keywords": ["tides"],
        "flags": ["AI"],
        "deadlineModel": {},
    }
    assert topic["frameworkProgramme"]["id"] == 43108390
    (action,) = topic["actions"]
    assert (action["deadlineDates"], action["submissionProcedure"]) == (["1789430400000"], {})
    assert not {"description", "budgetOverview", "topicConditions"} & topic.keys()


def test_whoever_has_the_file_is_told_so(filed: Asker) -> None:
    headers = ask(filed).headers
    assert headers["Last-Modified"] == "Wed, 20 May 2026 02:30:00 GMT"
    for known in ({"If-None-Match": headers["ETag"]},
                  {"If-Modified-Since": headers["Last-Modified"]}):  # fmt: skip
        answer = ask(filed, known)
        assert (answer.status, answer.body) == (304, b"")
    assert ask(filed, {"If-None-Match": '"other"'}).status == 200
    assert [request.status for request in filed.replica.requests] == [200, 304, 304, 200]


def test_the_file_fails_as_often_as_told(filed: Asker) -> None:
    failures = (
        Failure(body=FailureBody.HTML, status=200),
        Failure(retry_after=2),
        Failure(body=FailureBody.TRUNCATED, status=200),
    )
    filed.replica.faults = Faults(file_failures=failures)
    assert ask(filed).body.startswith(b"<!DOCTYPE html>")
    failed = ask(filed)
    assert (failed.status, failed.headers["Retry-After"]) == (500, "2")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        ask(filed)
    assert len(entries(ask(filed))) == 7


def test_searches_do_not_use_up_the_failures_of_the_file(filed: Asker) -> None:
    filed.replica.faults = Faults(file_failures=(Failure(),))
    assert filed.search().status == 200
    assert ask(filed).status == 500
