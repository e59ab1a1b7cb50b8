from typing import Any

import pytest

from tests.crawler.asking import NOTHING, Asker, found, record

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
