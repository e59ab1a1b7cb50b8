import pytest
import urllib3

from crawler.replica import (
    PortalReplica,
)
from tests.crawler.asking import BY_IDENTIFIER, RECORDS, Asker, record, typed


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
