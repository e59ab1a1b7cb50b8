"""A direct look at what a complete crawl no longer returns, before it is called withdrawn."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.base import SourceSpider
from crawler.fields import as_line
from crawler.items import Doubt, Look
from crawler.middlewares import plain_reason
from crawler.portal import STATUS
from crawler.records import Answer, FieldError, read_answer
from store.models import Status

ABSENT = (404, 410)
"""What HTTP answers where there is no such file."""


def has_file(doubt: Doubt) -> bool:
    """Return whether the portal keeps a file of it: topics have one, other kinds do not."""
    return "TOPICS" in doubt.reference


def details_request(spider: SourceSpider, doubt: Doubt, base_url: str) -> Request:
    """Return the request for the file of a topic; its name is the identifier in lower case."""
    return Request(
        f"{base_url.rstrip('/')}/topicDetails/{quote(doubt.topic_id.lower())}.json",
        callback=note_details,
        errback=note_failure,
        cb_kwargs={"spider": spider, "doubt": doubt},
        meta={
            "handle_httpstatus_list": list(ABSENT),
            "dont_redirect": True,  # where it leads says nothing of this topic
            # the server ends long connections without the proper goodbye; what parses is whole
            "download_fail_on_dataloss": False,
            "retry_pause_seconds": spider.job.settings.crawl_delay_seconds,
        },
        dont_filter=True,
    )


def record_query(doubt: Doubt, types: Sequence[str]) -> dict[str, Any]:
    """Return the question for one record, whatever its status, in the portal's query language."""
    clauses = {"identifier": [doubt.topic_id], "type": list(types), "DATASOURCE": ["SEDIA"]}
    return {"bool": {"must": [{"terms": {name: values}} for name, values in clauses.items()]}}


def note_details(response: Response, spider: SourceSpider, doubt: Doubt) -> None:
    """Note what the file of a topic says, or that there is none."""
    if response.status in ABSENT:
        spider.looks[doubt.reference] = Look.GONE
        return
    try:
        spider.looks[doubt.reference] = read_details(json.loads(response.body), doubt.topic_id)
    except json.JSONDecodeError:
        _note(spider, doubt, f"the answer is no JSON ({len(response.body)} bytes)")
    except ValueError as error:
        _note(spider, doubt, str(error))


def note_found(response: Response, spider: SourceSpider, doubt: Doubt) -> None:
    """Note whether a search for one record finds it."""
    try:
        answer = read_answer(json.loads(response.body.decode("utf-8-sig")))
        spider.looks[doubt.reference] = read_found(answer, doubt.reference)
    except ValueError as error:
        _note(spider, doubt, str(error))


def note_failure(failure: Failure) -> None:
    """Say that a look brought nothing; the opportunity stays missing."""
    request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
    _note(request.cb_kwargs["spider"], request.cb_kwargs["doubt"], plain_reason(failure.value))


def read_details(document: object, topic_id: str) -> Look:
    """Return what the portal's file of a topic says of it; in doubt, that it is there.

    Raises:
        ValueError: If it is not the file of ``topic_id``.
    """
    details = document.get("TopicDetails") if isinstance(document, Mapping) else None
    if not isinstance(details, Mapping):
        raise ValueError("the answer is no file of a topic")  # noqa: TRY004 - a wrong value of a source
    identifier = str(details.get("identifier", topic_id))
    if identifier.casefold() != topic_id.casefold():
        raise ValueError(f"the answer speaks of {as_line(identifier)!r}")
    try:
        codes = {str(action["status"]["id"]) for action in details["actions"]}
    except (KeyError, TypeError):
        return Look.THERE
    return Look.CLOSED if {STATUS.get(code) for code in codes} == {Status.CLOSED} else Look.THERE


def read_found(answer: Answer, reference: str) -> Look:
    """Return whether ``reference`` is among the rows found.

    Raises:
        FieldError: If there may be more rows than came, and it is not among these.
    """
    for row in answer.results:
        if row.get("reference") == reference:
            status = row.get("metadata", {}).get("status")
            closed = status in [[code] for code, says in STATUS.items() if says is Status.CLOSED]
            return Look.CLOSED if closed else Look.THERE
    if answer.total > len(answer.results):
        raise FieldError(f"{answer.total} records found, {len(answer.results)} shown")
    return Look.GONE


def trusted_looks(spider: SourceSpider) -> dict[str, Look]:
    """Return what the looks found; "gone" only where the host has the file of another topic.

    A host that knows none of them has been moved or is broken, and says nothing of one topic.
    """
    control, looks = spider.control, dict(spider.looks)
    if control is None or looks.pop(control.reference, None) is Look.THERE:
        return looks
    gone = [d for d in spider.doubts if has_file(d) and looks.get(d.reference) is Look.GONE]
    if gone:
        spider.report.notes.append(
            f"no file of {len(gone)} missing topics, and none of {control.topic_id} either:"
            " nothing is called withdrawn"
        )
    for doubt in gone:
        del looks[doubt.reference]
    return looks


def _note(spider: SourceSpider, doubt: Doubt, reason: str) -> None:
    if doubt == spider.control:  # it is not missing; without it "gone" is not believed
        return
    spider.report.notes.append(f"{doubt.topic_id} is missing, and a direct look failed: {reason}")
