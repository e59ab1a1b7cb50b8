import pytest
import urllib3

from crawler.replica import (
    Failure,
    FailureBody,
    Faults,
)
from tests.crawler.asking import BY_IDENTIFIER, ONLY_ONE, REFERENCES, Asker, record


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
