import gzip
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from crawler.replica import (
    Failure,
    FailureBody,
    Faults,
    PortalReplica,
    Record,
    read_records,
)
from crawler.replica.__main__ import main

BY_IDENTIFIER = {"field": "identifier", "order": "ASC"}
HORIZON_TOPICS = {
    "bool": {
        "must": [
            {"terms": {"type": ["1"]}},
            {"terms": {"status": ["31094501", "31094502"]}},
            {"terms": {"DATASOURCE": ["SEDIA"]}},
            {"terms": {"frameworkProgramme": ["43108390"]}},
        ]
    }
}


def record(number: int, **metadata: object) -> dict[str, Any]:
    fields = {
        "identifier": f"HORIZON-{number:03}",
        "type": "1",
        "DATASOURCE": "SEDIA",
        "esDA_IngestDate": "2026-05-01T10:00:00.000+0200",
        "deadlineDate": f"2026-09-{number % 28 + 1:02}T00:00:00.000+0000",
        **metadata,
    }
    as_lists = {k: v if isinstance(v, list) else [v] for k, v in fields.items()}
    return {"reference": f"{number}TOPICSen", "language": "en", "metadata": as_lists}


RECORDS = [record(number) for number in range(25)]
REFERENCES = {r["reference"] for r in RECORDS}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        answer = json.loads(self.body)
        assert isinstance(answer, dict)
        return answer

    @property
    def references(self) -> list[str]:
        return [row["reference"] for row in self.json["results"]]


@pytest.fixture(scope="module")
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=5, headers={"User-Agent": "tests/1"}) as pool:
        yield pool


NOTHING: Mapping[str, object] = {}


class Asker:
    """Asks a replica as the crawler does."""

    def __init__(self, pool: urllib3.PoolManager, replica: PortalReplica) -> None:
        self.pool = pool
        self.replica = replica

    def search(self, parts: Mapping[str, object] = NOTHING, page: int = 1, size: int = 10) -> Reply:
        return self.send(page, size, *typed(parts, "application/json"))

    def send(self, page: int, size: int, body: bytes, content_type: str) -> Reply:
        return self.post(f"pageSize={size}&pageNumber={page}", body, content_type)

    def post(self, parameters: str, body: bytes, content_type: str) -> Reply:
        url = f"{self.replica.search_url}?apiKey=SEDIA&text=***&{parameters}"
        headers = {"Content-Type": content_type, "User-Agent": "tests/1"}
        return reply(self.pool.request("POST", url, body=body, headers=headers))

    def get(self, url: str) -> Reply:
        return reply(self.pool.request("GET", url))

    def scan(self, pages: int, parts: Mapping[str, object] = NOTHING, size: int = 10) -> list[str]:
        answers = [self.search(parts, page, size) for page in range(1, pages + 1)]
        return [reference for answer in answers for reference in answer.references]


def reply(response: urllib3.BaseHTTPResponse) -> Reply:
    return Reply(response.status, dict(response.headers), response.data)


def typed(parts: Mapping[str, object], content_type: str) -> tuple[bytes, str]:
    """Return a multipart body whose parts are files of a content type."""
    fields = []
    for name, value in parts.items():
        field = RequestField(name, json.dumps(value).encode(), filename="blob")
        field.make_multipart(content_type=content_type)
        fields.append(field)
    return encode_multipart_formdata(fields)


@pytest.fixture
def replica() -> Iterator[PortalReplica]:
    with PortalReplica(RECORDS) as replica:
        yield replica


@pytest.fixture
def portal(pool: urllib3.PoolManager, replica: PortalReplica) -> Asker:
    return Asker(pool, replica)


def save(path: Path, *records: Record) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"totalResults": len(records), "results": records}).encode("utf-8-sig")
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


# Reading saved answers


def test_saved_answers_are_read_from_all_folders_zipped_or_not(tmp_path: Path) -> None:
    save(tmp_path / "monday" / "page-01.json.gz", record(1))
    save(tmp_path / "tuesday" / "page-01.json", record(2))
    (tmp_path / "meta.json").write_text("not JSON")
    (tmp_path / "facets.json").write_text('{"facets": []}')
    assert [r["reference"] for r in read_records(tmp_path)] == ["1TOPICSen", "2TOPICSen"]


def test_of_a_record_saved_twice_the_one_ingested_last_is_kept(tmp_path: Path) -> None:
    # 11:30 in Brussels is before 10:00 in London
    late = record(1, title="late", esDA_IngestDate="2026-05-02T10:00:00.000+0000")
    early = record(1, title="early", esDA_IngestDate="2026-05-02T11:30:00.000+0200")
    save(tmp_path / "a.json", late)
    save(tmp_path / "b.json", early)
    assert read_records(tmp_path) == [late]


def test_a_copy_in_another_datasource_is_another_record(tmp_path: Path) -> None:
    save(tmp_path / "a.json", record(1), record(1, DATASOURCE="SEDIA_PRD_CENTRICITY"))
    assert len(read_records(tmp_path)) == 2


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facets.json").write_text('{"facets": []}')
    with pytest.raises(ValueError, match="no saved search answers"):
        read_records(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json.gz", b"{}"),
        ("a.json.gz", gzip.compress(b'{"results": []}')[:-4]),
        ("a.json", b'{"results": [{"reference": "1"}]}'),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(name)):
        read_records(tmp_path)


# Queries


def found(portal: Asker, records: Sequence[Record], parts: Mapping[str, object]) -> list[str]:
    portal.replica.records = records
    answer = portal.search(parts, size=100)
    assert answer.status == 200, answer.body
    assert answer.json["totalResults"] == len(answer.json["results"])
    return sorted(answer.references)


MIXED = [
    record(1),
    record(2, type="2", frameworkProgramme=["111111", "43108390"]),
    record(3, type="8", DATASOURCE="SEDIA_PRD_CENTRICITY"),
]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"terms": {"type": ["1", "2"]}}, [1, 2]),
        ({"term": {"type": "8"}}, [3]),
        ({"term": {"type": {"value": "8"}}}, [3]),
        ({"terms": {"type": [8]}}, [3]),
        ({"terms": {"frameworkProgramme": ["43108390"]}}, [2]),
        ({"term": {"reference": "1TOPICSen"}}, [1]),
        ({"term": {"language": "en"}}, [1, 2, 3]),
        ({"bool": {"must": [{"term": {"type": "1"}}, {"term": {"DATASOURCE": "SEDIA"}}]}}, [1]),
        ({"bool": {"must_not": [{"term": {"DATASOURCE": "SEDIA"}}]}}, [3]),
        ({"bool": {"should": [{"term": {"type": "1"}}, {"term": {"type": "8"}}]}}, [1, 3]),
        ({"bool": {"filter": {"term": {"type": "2"}}}}, [2]),
        ({"bool": {"must": [{"bool": {"must_not": {"term": {"type": "2"}}}}]}}, [1, 3]),
        ({"bool": {"must": {"term": {"type": "1"}}, "should": {"term": {"type": "8"}}}}, [1]),
    ],
)
def test_a_query_keeps_what_it_describes(
    portal: Asker, query: dict[str, Any], numbers: list[int]
) -> None:
    assert found(portal, MIXED, {"query": query}) == [f"{n}TOPICSen" for n in numbers]


DATED = [
    record(1, deadlineDate="2026-09-01T17:00:00.000+0200"),
    record(2, deadlineDate=["2026-01-01T00:00:00.000+0000", "2026-10-01T00:00:00.000+0000"]),
    record(3, deadlineDate=[]),
]


@pytest.mark.parametrize(
    ("bounds", "numbers"),
    [
        ({"gte": "2026-09-01T15:00:00.000+0000"}, [1, 2]),
        ({"gt": "2026-09-01T15:00:00.000+0000"}, [2]),
        ({"lte": "2026-09-01T15:00:00.000+0000"}, [1, 2]),
        ({"lt": "2026-09-01T15:00:00.000+0000"}, [2]),
        ({"gt": "2026-02-01T00:00:00.000Z", "lt": "2026-09-30T00:00:00.000Z"}, [1]),
        ({"gte": "2099-01-01"}, [1, 2]),
    ],
)
def test_a_range_compares_moments_and_a_bare_date_only_asks_for_the_field(
    portal: Asker, bounds: dict[str, str], numbers: list[int]
) -> None:
    query = {"range": {"deadlineDate": bounds}}
    assert found(portal, DATED, {"query": query}) == [f"{n}TOPICSen" for n in numbers]


@pytest.mark.parametrize(
    "query",
    [
        {},
        [],
        {"match": {"title": "water"}},
        {"bool": {"minimum_should_match": 1}},
        {"bool": {"must": [{"exists": {"field": "title"}}]}},
        {"bool": []},
        {"term": {"type": "1"}, "terms": {"type": ["1"]}},
        {"terms": {"type": "1"}},
        {"terms": {"type": ["1"], "status": ["2"]}},
        {"term": {"type": None}},
        {"range": {"deadlineDate": {}}},
        {"range": {"deadlineDate": {"after": "2026-01-01"}}},
        {"range": {"deadlineDate": {"gte": "tomorrow"}}},
        {"range": {"deadlineDate": {"gte": "2026-01-01T00:00:00"}}},
    ],
)
def test_a_query_the_portal_does_not_know_is_its_internal_error(
    portal: Asker, query: object
) -> None:
    answer = portal.search({"query": query})
    assert answer.status == 500
    assert answer.json == {"type": "throwable", "message": "An internal error occurred"}


def test_languages_keep_the_records_of_a_language(portal: Asker) -> None:
    swedish = {**record(2), "language": "sv"}
    assert found(portal, [record(1), swedish], {"languages": ["en"]}) == ["1TOPICSen"]
    assert found(portal, [record(1), swedish], NOTHING) == ["1TOPICSen", "2TOPICSen"]


def test_display_fields_limit_the_metadata_and_never_show_conditions(portal: Asker) -> None:
    portal.replica.records = [record(1, topicConditions="<p>Conditions</p>")]
    names = ["identifier", "topicConditions", "absent"]
    row = portal.search({"displayFields": names}).json["results"][0]
    assert row["metadata"] == {"identifier": ["HORIZON-001"]}
    assert "topicConditions" in portal.search().json["results"][0]["metadata"]


# Paging and sorting


def test_sorted_pages_hold_every_record_once_and_in_order(portal: Asker) -> None:
    references = portal.scan(3, {"sort": BY_IDENTIFIER})
    assert references == [f"{n}TOPICSen" for n in range(25)]
    descending = portal.scan(3, {"sort": [{"field": "identifier", "order": "DESC"}]})
    assert descending == references[::-1]


@pytest.mark.parametrize("sort", [None, {"order": "ASC"}, "identifier", {"field": "type"}])
def test_pages_overlap_where_no_sort_decides_the_order(
    portal: Asker, sort: dict[str, str] | None
) -> None:
    parts = {} if sort is None else {"sort": sort}
    references = portal.scan(3, parts)
    assert len(references) == 25
    assert len(set(references)) < 25


def test_the_order_by_chance_is_the_same_in_every_run(pool: urllib3.PoolManager) -> None:
    scans = []
    for seed in (1, 1, 2):
        with PortalReplica(RECORDS, seed=seed) as replica:
            scans.append((Asker(pool, replica).scan(3), Asker(pool, replica).scan(3)))
    assert scans[0] == scans[1] != scans[2]
    assert scans[0][0] != scans[0][1]


def test_a_second_sort_field_decides_among_equals(portal: Asker) -> None:
    portal.replica.records = [record(n, status=str(n % 2)) for n in range(4)]
    sort = [{"field": "status", "order": "DESC"}, BY_IDENTIFIER]
    assert portal.scan(1, {"sort": sort}) == [f"{n}TOPICSen" for n in (1, 3, 0, 2)]


def test_records_without_the_sort_field_are_dropped_silently(portal: Asker) -> None:
    portal.replica.records = [record(1, callccm2Id="7"), record(2), record(3, callccm2Id=[])]
    answer = portal.search({"sort": {"field": "callccm2Id", "order": "ASC"}})
    assert answer.references == ["1TOPICSen"]
    assert answer.json["totalResults"] == 1


def test_a_page_has_ten_rows_unless_asked_and_never_more_than_a_hundred(portal: Asker) -> None:
    portal.replica.records = [record(n) for n in range(150)]
    assert len(portal.post("", *typed({}, "application/json")).references) == 10
    answer = portal.search(size=500).json
    assert (len(answer["results"]), answer["pageSize"], answer["totalResults"]) == (100, 100, 150)


def test_beyond_the_last_page_there_are_no_rows(portal: Asker) -> None:
    answer = portal.search({"sort": BY_IDENTIFIER}, page=4)
    assert answer.status == 200
    assert answer.json["results"] == []
    assert answer.json["totalResults"] == 25


@pytest.mark.parametrize("page", ["0", "-1", "one"])
def test_pages_are_counted_from_one(portal: Asker, page: str) -> None:
    body = typed({"languages": ["en"]}, "application/json")
    assert portal.post(f"pageNumber={page}", *body).status == 500


def test_the_envelope_is_the_one_of_the_portal(portal: Asker) -> None:
    answer = portal.search(page=2).json
    assert list(answer) == [
        "apiVersion", "terms", "responseTime", "totalResults", "pageNumber", "pageSize", "sort",
        "groupByField", "queryLanguage", "bestBets", "results", "warnings",
    ]  # fmt: skip
    assert (answer["apiVersion"], answer["terms"], answer["sort"]) == (
        "2.148.3", "***", "relevance",
    )  # fmt: skip
    assert (answer["pageNumber"], answer["warnings"]) == (2, [])


# Part content types

ONLY_ONE = {"query": {"term": {"reference": "1TOPICSen"}}}


def test_typed_parts_need_no_file_name(portal: Asker) -> None:
    field = RequestField(
        "query",
        json.dumps(ONLY_ONE["query"]).encode(),
        headers={
            "Content-Disposition": 'form-data; name="query"',
            "Content-Type": "application/json; charset=utf-8",
        },
    )
    assert portal.send(1, 10, *encode_multipart_formdata([field])).references == ["1TOPICSen"]


def test_letters_beyond_ascii_arrive_whole(portal: Asker) -> None:
    portal.replica.records = [record(1, title="café Łódź"), record(2)]
    content = json.dumps({"term": {"title": "café Łódź"}}, ensure_ascii=False).encode()
    field = RequestField("query", content, filename="blob")
    field.make_multipart(content_type="application/json")
    assert portal.send(1, 10, *encode_multipart_formdata([field])).references == ["1TOPICSen"]


@pytest.mark.parametrize("content_type", ["application/octet-stream", "text/plain"])
def test_file_parts_of_another_type_are_an_internal_error(portal: Asker, content_type: str) -> None:
    answer = portal.send(1, 10, *typed(ONLY_ONE, content_type))
    assert answer.status == 500
    assert answer.json == {"type": "throwable", "message": "An internal error occurred"}


def test_file_parts_without_a_type_are_an_internal_error(portal: Asker) -> None:
    disposition = {"Content-Disposition": 'form-data; name="query"; filename="blob"'}
    field = RequestField("query", b"{}", headers=disposition)
    assert portal.send(1, 10, *encode_multipart_formdata([field])).status == 500


def test_a_part_that_is_no_json_is_an_internal_error(portal: Asker) -> None:
    field = RequestField("query", b"{'bool'", filename="blob")
    field.make_multipart(content_type="application/json")
    assert portal.send(1, 10, *encode_multipart_formdata([field])).status == 500


def test_a_form_without_its_parts_is_an_internal_error(portal: Asker) -> None:
    assert portal.send(1, 10, b"{}", "multipart/form-data; boundary=x").status == 500


def test_the_query_in_a_plain_field_or_a_json_body_is_ignored(portal: Asker) -> None:
    plain = encode_multipart_formdata({"query": json.dumps(ONLY_ONE["query"])})
    assert portal.send(1, 10, *plain).json["totalResults"] == 25
    as_json = json.dumps(ONLY_ONE).encode()
    assert portal.send(1, 10, as_json, "application/json").json["totalResults"] == 25


def test_page_and_size_may_be_form_fields(portal: Asker) -> None:
    fields = encode_multipart_formdata({"pageSize": "20", "pageNumber": "2"})
    answers = [
        portal.post("", *fields).json,
        portal.post("", b"pageSize=20&pageNumber=2", "application/x-www-form-urlencoded").json,
    ]
    assert [(a["pageNumber"], len(a["results"])) for a in answers] == [(2, 5), (2, 5)]


def test_a_search_is_posted(portal: Asker) -> None:
    answer = portal.get(f"{portal.replica.search_url}?apiKey=SEDIA&text=***")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_a_search_for_words_is_refused_because_the_replica_cannot_do_it(
    portal: Asker, pool: urllib3.PoolManager
) -> None:
    url = f"{portal.replica.search_url}?apiKey=SEDIA&text=water"
    assert pool.request("POST", url, body=b"").status == 501


# Faults


@pytest.mark.parametrize("status", [500, 503])
def test_a_page_fails_as_often_as_told_then_succeeds(portal: Asker, status: int) -> None:
    portal.replica.faults = Faults(failures=(Failure(page=2, status=status, times=2),))
    assert portal.search(page=1).status == 200
    assert [portal.search(page=2).status for _ in range(3)] == [status, status, 200]


def test_failures_come_one_after_the_other(portal: Asker) -> None:
    portal.replica.faults = Faults(failures=(Failure(status=500), Failure(status=503)))
    assert [portal.search(page=p).status for p in (2, 1, 1)] == [500, 503, 200]


def test_too_many_requests_come_with_a_time_to_wait(portal: Asker) -> None:
    portal.replica.faults = Faults(failures=(Failure(status=429, retry_after=2),))
    answer = portal.search()
    assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
    assert "Retry-After" not in portal.search().headers


def test_a_page_for_people_comes_with_status_200(portal: Asker) -> None:
    portal.replica.faults = Faults(failures=(Failure(status=200, body=FailureBody.HTML),))
    answer = portal.search()
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_an_error_object_comes_with_status_200(portal: Asker) -> None:
    portal.replica.faults = Faults(failures=(Failure(status=200),))
    assert portal.search().json["type"] == "throwable"


def test_a_truncated_answer_ends_before_its_announced_length(portal: Asker) -> None:
    truncated = Failure(page=1, status=200, body=FailureBody.TRUNCATED)
    portal.replica.faults = Faults(failures=(truncated,))
    with pytest.raises(urllib3.exceptions.ProtocolError, match="IncompleteRead"):
        portal.search()
    assert portal.search().status == 200


def test_warnings_come_with_the_rows(portal: Asker) -> None:
    portal.replica.faults = Faults(
        failures=(Failure(page=1, status=200, body=FailureBody.WARNINGS),)
    )
    answer = portal.search()
    assert answer.json["warnings"]
    assert len(answer.references) == 10
    assert portal.search().json["warnings"] == []


def test_one_page_announces_another_total_or_version(portal: Asker) -> None:
    portal.replica.faults = Faults(other_total=(2, 1814), other_version=(3, "2.146"))
    answers = [portal.search({"sort": BY_IDENTIFIER}, page=p).json for p in (1, 2, 3)]
    assert [a["totalResults"] for a in answers] == [25, 1814, 25]
    assert [a["apiVersion"] for a in answers] == ["2.148.3", "2.148.3", "2.146"]


def test_a_sort_can_be_ignored_always(portal: Asker) -> None:
    portal.replica.faults = Faults(ignore_sort=True)
    for _ in range(3):
        references = portal.scan(3, {"sort": BY_IDENTIFIER})
        assert len(references) == 25
        assert len(set(references)) < 25


def test_a_sort_can_be_ignored_in_the_first_scans_of_each_query(portal: Asker) -> None:
    failure = Failure(page=1)
    portal.replica.faults = Faults(failures=(failure,), ignore_sort_scans=2)
    assert (
        portal.search({"sort": BY_IDENTIFIER}).status == 500
    )  # no scan begins with a failed answer
    other = {"field": "deadlineDate", "order": "ASC"}
    complete = []
    for _ in range(3):
        first = portal.search({"sort": BY_IDENTIFIER}, page=1).references
        portal.search({"sort": other}, page=1)  # a scan of another query, at the same time
        rest = [
            r for p in (2, 3) for r in portal.search({"sort": BY_IDENTIFIER}, page=p).references
        ]
        complete.append({*first, *rest} == REFERENCES)
    assert complete == [False, False, True]


def test_a_query_can_be_ignored(portal: Asker) -> None:
    portal.replica.faults = Faults(ignore_query=True)
    assert portal.search({**ONLY_ONE, "languages": ["fr"]}).json["totalResults"] == 25


def test_rows_of_a_stale_index_are_mixed_in(portal: Asker) -> None:
    stale = {**record(7, DATASOURCE="SEDIA_PRD_CENTRICITY"), "reference": "old"}
    portal.replica.faults = Faults(extra_records=(stale,))
    query = {"term": {"DATASOURCE": "SEDIA"}}
    references = portal.scan(3, {"query": query, "sort": BY_IDENTIFIER})
    assert set(references) == {*REFERENCES, "old"}
    assert len(references) == 26


def test_a_row_can_be_repeated_from_the_page_before(portal: Asker) -> None:
    portal.replica.faults = Faults(repeat_row=2)
    references = portal.scan(3, {"sort": BY_IDENTIFIER})
    assert references[9:12] == ["9TOPICSen", "9TOPICSen", "11TOPICSen"]
    assert len(references) == 25


def test_new_faults_replace_the_old_ones(portal: Asker) -> None:
    portal.replica.faults = Faults(failures=(Failure(times=9),))
    assert portal.search().status == 500
    portal.replica.faults = Faults()
    assert portal.search().status == 200


# Other addresses


def test_there_is_no_robots_txt_unless_told(portal: Asker) -> None:
    assert portal.get(portal.replica.robots_url).status == 404
    portal.replica.faults = Faults(robots_status=200, robots_body="User-agent: *\nDisallow: /\n")
    answer = portal.get(portal.replica.robots_url)
    assert (answer.status, answer.body) == (200, b"User-agent: *\nDisallow: /\n")


def test_topic_details_are_made_of_the_record(portal: Asker) -> None:
    portal.replica.records = [
        record(
            1,
            title="A topic",
            descriptionByte="<p>Scope</p>",
            topicConditions="<p>Conditions</p>",
            budgetOverview='{"budgetTopicActionMap": {}}',
            actions='[{"deadlineDates": ["2026-09-03"]}]',
            latestInfos="[]",
            links="[]",
            keywords=["HORIZON-001"],
        )
    ]
    answer = portal.get(f"{portal.replica.data_url}/topicDetails/horizon-001.json")
    assert answer.json["TopicDetails"] == {
        "identifier": "HORIZON-001",
        "title": "A topic",
        "type": 1,
        "description": "<p>Scope</p>",
        "conditions": "<p>Conditions</p>",
        "budgetOverviewJSONItem": {"budgetTopicActionMap": {}},
        "actions": [{"deadlineDates": ["2026-09-03"]}],
        "latestInfos": [],
        "links": [],
        "keywords": ["HORIZON-001"],
        "tags": [],
    }


def test_topic_details_prefer_the_current_record_to_a_stale_one(portal: Asker) -> None:
    stale = record(
        1, DATASOURCE="SEDIA_PRD_CENTRICITY", esDA_IngestDate="2027-01-01T00:00:00.000+0100"
    )
    portal.replica.records = [record(1, title="current"), stale]
    answer = portal.get(f"{portal.replica.data_url}/topicDetails/horizon-001.json")
    assert answer.json["TopicDetails"]["title"] == "current"


@pytest.mark.parametrize("name", ["HORIZON-001.json", "horizon-999.json", "horizon-001", ""])
def test_topic_details_of_an_unknown_or_upper_case_name_are_not_found(
    portal: Asker, name: str
) -> None:
    assert portal.get(f"{portal.replica.data_url}/topicDetails/{name}").status == 404


def test_every_other_address_is_not_found(portal: Asker, pool: urllib3.PoolManager) -> None:
    assert portal.get(portal.replica.base_url).status == 404
    assert pool.request("POST", portal.replica.robots_url, body=b"").status == 404


# The replica itself


def test_what_was_asked_is_kept(portal: Asker) -> None:
    before = time.monotonic()
    portal.get(portal.replica.robots_url)
    portal.search(page=2)
    portal.search({"query": {"match": {}}}, page=1)
    asked = portal.replica.requests
    assert [(r.method, r.path, r.page, r.user_agent) for r in asked] == [
        ("GET", "/robots.txt", None, "tests/1"),
        ("POST", "/search-api/prod/rest/search", 2, "tests/1"),
        ("POST", "/search-api/prod/rest/search", None, "tests/1"),
    ]
    assert before <= asked[0].at <= asked[1].at <= time.monotonic()


def test_a_port_in_use_and_a_folder_without_answers_are_one_line_each(
    tmp_path: Path, replica: PortalReplica, capsys: pytest.CaptureFixture[str]
) -> None:
    port = replica.base_url.rpartition(":")[2]
    assert main([str(tmp_path / "absent")]) == 2
    save(tmp_path / "page-01.json", record(1))
    assert main([str(tmp_path), "--port", port]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = printed.err.splitlines()
    assert "no saved search answers" in first
    assert "in use" in second


def test_the_command_prints_its_two_settings_and_serves_until_interrupted(
    tmp_path: Path, pool: urllib3.PoolManager
) -> None:
    save(tmp_path / "page-01.json", record(1))
    command = [sys.executable, "-m", "crawler.replica", str(tmp_path), "--port", "0"]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(  # noqa: S603 (our own command)
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode().strip() for _ in range(2)]
        settings = dict(line.split("=") for line in lines)
        answer = pool.request(
            "POST", f"{settings['CALLWATCH_PORTAL_SEARCH_URL']}?apiKey=SEDIA&text=***", body=b""
        )
        data_url = settings["CALLWATCH_PORTAL_DATA_URL"]
        details = pool.request("GET", f"{data_url}/topicDetails/horizon-001.json")
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.communicate()
    assert answer.json()["totalResults"] == 1
    assert details.status == 200


# Recorded answers


@pytest.fixture(scope="module")
def day(shared: Path) -> list[Record]:
    return read_records(shared / "portal" / "search" / "2026-05-20")


def test_a_sorted_scan_of_a_recorded_day_is_complete(portal: Asker, day: list[Record]) -> None:
    portal.replica.records = day
    parts = {"query": HORIZON_TOPICS, "languages": ["en"]}
    pages = [
        portal.search({**parts, "sort": BY_IDENTIFIER}, page=p, size=100).json for p in range(1, 6)
    ]
    assert [len(page["results"]) for page in pages] == [100, 100, 100, 100, 57]
    assert {page["totalResults"] for page in pages} == {457}
    assert len({row["reference"] for page in pages for row in page["results"]}) == 457
    assert len(set(portal.scan(5, parts, size=100))) < 457


def test_every_recorded_topic_has_its_topic_details(portal: Asker, day: list[Record]) -> None:
    portal.replica.records = day
    topics = [r["metadata"] for r in day if r["metadata"]["type"] == ["1"]]
    for topic in topics[::20]:
        name = topic["identifier"][0].lower()
        answer = portal.get(f"{portal.replica.data_url}/topicDetails/{name}.json")
        details = answer.json["TopicDetails"]
        assert details["description"] == topic["descriptionByte"][0]
        assert details["budgetOverviewJSONItem"]["budgetTopicActionMap"]
        assert [type(details[key]) for key in ("actions", "latestInfos", "links")] == [list] * 3


def test_a_clause_on_the_datasource_keeps_the_stale_index_out(
    portal: Asker, shared: Path, day: list[Record]
) -> None:
    mixed = read_records(shared / "portal" / "search-mixed-index")
    portal.replica.records = [*day, *mixed]
    rows = portal.search({"query": HORIZON_TOPICS, "sort": BY_IDENTIFIER}, page=1, size=100).json[
        "results"
    ]
    assert {row["metadata"]["DATASOURCE"][0] for row in rows} == {"SEDIA"}
    stale = {"term": {"DATASOURCE": "SEDIA_PRD_CENTRICITY"}}
    assert portal.search({"query": stale}).json["totalResults"] == 100


def test_the_whole_collection_of_recordings_is_readable(shared: Path) -> None:
    records = read_records(shared / "portal")
    topics = {r["reference"] for r in records if r["reference"].endswith("TOPICSen")}
    assert len(topics) >= 650
