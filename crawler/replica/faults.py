"""What the replica does wrong on purpose, each thing as it happened on the real portal."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus

from crawler.replica.records import Record
from crawler.replica.wire import Answer

HTML_PAGE = b"<!DOCTYPE html><html><body><h1>Service temporarily unavailable</h1></body></html>"
THROWABLE = b'{"type":"throwable","message":"An internal error occurred"}'


class FailureBody(StrEnum):
    """What a failed search answers."""

    THROWABLE = "throwable"
    """The portal's error object."""
    HTML = "html"
    """A page for people."""
    TRUNCATED = "truncated"
    """The right answer, cut off in the middle while its length is announced in full."""
    WARNINGS = "warnings"
    """The right answer with an entry in ``warnings``."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A search that fails a number of times, then succeeds."""

    page: int | None = None
    """Page number that fails; None for any."""
    status: int = HTTPStatus.INTERNAL_SERVER_ERROR
    times: int = 1
    retry_after: float | None = None
    """Seconds in the Retry-After header; None for no header."""
    body: FailureBody = FailureBody.THROWABLE


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything that goes wrong; by default nothing."""

    failures: tuple[Failure, ...] = ()
    """Tried in this order; the first with times left answers."""
    file_failures: tuple[Failure, ...] = ()
    """As ``failures``, of grantsTenders.json; ``page`` means nothing there."""
    other_total: tuple[int, int] | None = None
    """Page number, and the totalResults it announces in place of the right one."""
    other_version: tuple[int, str] | None = None
    """Page number, and the apiVersion of the other server that answers it."""
    ignore_sort: bool = False
    """Every page comes in another order although a sort is asked for."""
    ignore_sort_scans: int = 0
    """As ``ignore_sort``, but only in the first scans of each query; page 1 begins a scan."""
    ignore_query: bool = False
    """The query and languages parts have no effect."""
    extra_records: tuple[Record, ...] = ()
    """Rows that every search finds, such as those of a stale index."""
    repeat_row: int | None = None
    """Page number whose first row is the last of the page before."""
    robots_status: int = HTTPStatus.NOT_FOUND
    robots_body: str = ""


def next_failure(failures: Sequence[Failure], used: Counter[int], page: int) -> int | None:
    """Return the index of the failure that answers ``page`` now, if any.

    Args:
        failures: All of them.
        used: How often the failure at each index has answered.
        page: Page number asked for.
    """
    for index, failure in enumerate(failures):
        if failure.page in {None, page} and used[index] < failure.times:
            return index
    return None


def spoilt(answer: Answer, failure: Failure) -> Answer:
    """Return what ``failure`` makes of the right answer."""
    headers = answer.headers
    if failure.retry_after is not None:
        headers += (("Retry-After", f"{failure.retry_after:g}"),)
    spoilt = replace(answer, status=failure.status, headers=headers)
    html = "text/html;charset=UTF-8"
    match failure.body:
        case FailureBody.THROWABLE:
            return replace(spoilt, body=THROWABLE, pieces=None)
        case FailureBody.HTML:
            return replace(spoilt, body=HTML_PAGE, pieces=None, content_type=html)
        case FailureBody.TRUNCATED:
            return replace(spoilt, missing_bytes=answer.length - answer.length // 2)
        case FailureBody.WARNINGS:
            warned = {**json.loads(answer.body), "warnings": ["partial result: a shard failed"]}
            return replace(spoilt, body=json.dumps(warned, ensure_ascii=False).encode())
