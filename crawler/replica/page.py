"""One page of search results, wrong where the faults say so. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeVar

from crawler.replica.faults import Faults
from crawler.replica.query import (
    Search,
    found_records,
    ordered_records,
    shown_record,
    sortable_records,
)
from crawler.replica.records import Record

API_VERSION = "2.148.3"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Turn:
    """Which of the many times that a page is asked for."""

    scan: int
    """Number of the scan, from 1, among those of the same query."""
    count: int
    """How often this page of the query was answered, this time included."""
    seed: int
    """What the replica was started with."""


def result_page(
    search: Search, records: Iterable[Record], faults: Faults, turn: Turn
) -> dict[str, Any]:
    """Return the answer to ``search``: the envelope and its rows."""
    found = records if faults.ignore_query else found_records(search, records)
    rows = sortable_records(search, [*found, *faults.extra_records])
    shown = [shown_record(search, row) for row in _rows_of_page(search, rows, faults, turn)]
    return {
        "apiVersion": _instead(faults.other_version, search.page_number, API_VERSION),
        "terms": "***",
        "responseTime": 25,
        "totalResults": _instead(faults.other_total, search.page_number, len(rows)),
        "pageNumber": search.page_number,
        "pageSize": search.page_size,
        "sort": ", ".join(key.field for key in search.sort) or "relevance",
        "groupByField": "sortStatus",
        "queryLanguage": {"language": "en", "probability": 0},
        "bestBets": [],
        "results": shown,
        "warnings": [],
    }


def _rows_of_page(
    search: Search, rows: Iterable[Record], faults: Faults, turn: Turn
) -> list[Record]:
    unsorted = faults.ignore_sort or turn.scan <= faults.ignore_sort_scans
    # Seeded by a text, chance is the same in every process. Nothing secret depends on it.
    random = Random(f"{turn.seed}/{search.page_number}/{turn.count}")  # noqa: S311
    order = ordered_records(replace(search, sort=()) if unsorted else search, rows, random)
    start = (search.page_number - 1) * search.page_size
    page = order[start : start + search.page_size]
    if search.page_number == faults.repeat_row and start and page:
        page[0] = order[start - 1]
    return page


def _instead(fault: tuple[int, Value] | None, page: int, right: Value) -> Value:
    if fault is None or fault[0] != page:
        return right
    return fault[1]
