import json

import pytest
import urllib3
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from tests.crawler.asking import ONLY_ONE, Asker, record, typed


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
