"""Which records a search finds, and in which order. Pure: randomness is an argument."""

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, TypeAlias

from crawler.replica.form import Form, ThrowableError
from crawler.replica.records import LONG_AGO, Record, instant, values

Predicate: TypeAlias = Callable[[Record], bool]

MOST_ROWS = 100
EVERYTHING: Mapping[str, Any] = {"bool": {}}
BARE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
COMPARISONS: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field to sort by."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Search:
    """One search request, understood."""

    matches: Predicate
    languages: frozenset[str] | None
    sort: tuple[SortKey, ...]
    display_fields: frozenset[str] | None
    page_number: int
    page_size: int
    text: str
    """The request without its page: the same in every page of a scan."""


def read_search(parameters: Mapping[str, str], form: Form) -> Search:
    """Return what a request asks for; ``parameters`` of the address go before form fields.

    Raises:
        ThrowableError: If a part has a shape that the portal does not know.
    """
    given = {**form.fields, **parameters}
    display_fields = _names(form, "displayFields")
    return Search(
        matches=read_clause(form.parts.get("query", EVERYTHING)),
        languages=_names(form, "languages"),
        sort=_read_sort(form.parts.get("sort", [])),
        display_fields=None if display_fields is None else display_fields - {"topicConditions"},
        page_number=_positive(given.get("pageNumber", "1")),
        page_size=min(_positive(given.get("pageSize", "10")), MOST_ROWS),
        text=json.dumps(form.parts, sort_keys=True),
    )


def read_clause(clause: object) -> Predicate:
    """Return the test that a clause of the query language puts to a record.

    >>> is_grant = read_clause({"terms": {"type": ["1", "2"]}})
    >>> is_grant({"metadata": {"type": ["2"]}}), is_grant({"metadata": {"type": ["8"]}})
    (True, False)
    """
    kind, body = _only_item(clause)
    if kind not in CLAUSES:
        raise ThrowableError(f"unknown clause: {kind!r}")
    return CLAUSES[kind](body)


def found_records(search: Search, records: Iterable[Record]) -> list[Record]:
    """Return the records that pass the query and the languages of ``search``."""
    return [
        record
        for record in records
        if search.matches(record)
        and (search.languages is None or record.get("language") in search.languages)
    ]


def sortable_records(search: Search, records: Iterable[Record]) -> list[Record]:
    """Return the records that have every sort field; the portal drops the others silently."""
    return [r for r in records if all(values(r, key.field) for key in search.sort)]


def ordered_records(search: Search, records: Iterable[Record], random: Random) -> list[Record]:
    """Return the records sorted as asked; where the sort does not decide, chance does."""
    rows = list(records)
    random.shuffle(rows)
    for key in reversed(search.sort):
        rows.sort(key=partial(_sort_value, key), reverse=key.descending)
    return rows


def shown_record(search: Search, record: Record) -> Record:
    """Return ``record`` with no more metadata than ``search`` wants to see."""
    if search.display_fields is None:
        return record
    metadata = {k: v for k, v in record["metadata"].items() if k in search.display_fields}
    return {**record, "metadata": metadata}


def _only_item(clause: object) -> tuple[str, Any]:
    if not isinstance(clause, dict) or len(clause) != 1:
        raise ThrowableError(f"a clause has one key, this has not: {clause!r}")
    return next(iter(clause.items()))


def _read_bool(body: object) -> Predicate:
    if not isinstance(body, dict) or body.keys() - {"must", "filter", "must_not", "should"}:
        raise ThrowableError(f"bool has an unknown occurrence: {body!r}")
    must = _clauses(body, "must") + _clauses(body, "filter")
    must_not = _clauses(body, "must_not")
    should = _clauses(body, "should")
    # As in Elasticsearch: beside must or filter, should moves the score alone.
    either = should if not must else []

    def passes(record: Record) -> bool:
        if either and not any(test(record) for test in either):
            return False
        return all(t(record) for t in must) and not any(t(record) for t in must_not)

    return passes


def _clauses(body: Mapping[str, Any], occurrence: str) -> list[Predicate]:
    clauses = body.get(occurrence, [])
    return [read_clause(c) for c in (clauses if isinstance(clauses, list) else [clauses])]


def _read_terms(body: object) -> Predicate:
    field, wanted = _only_item(body)
    if not isinstance(wanted, list):
        raise ThrowableError(f"terms wants a list of values: {body!r}")
    texts = frozenset(_as_text(value) for value in wanted)
    return lambda record: not texts.isdisjoint(values(record, field))


def _read_term(body: object) -> Predicate:
    field, wanted = _only_item(body)
    value = wanted["value"] if isinstance(wanted, dict) and "value" in wanted else wanted
    text = _as_text(value)
    return lambda record: text in values(record, field)


def _read_range(body: object) -> Predicate:
    field, bounds = _only_item(body)
    if not isinstance(bounds, dict) or not bounds:
        raise ThrowableError(f"range wants bounds: {body!r}")
    tests = [_read_bound(name, limit) for name, limit in bounds.items()]
    return lambda record: any(all(t(v) for t in tests) for v in values(record, field))


def _read_bound(name: str, limit: object) -> Callable[[str], bool]:
    if name not in COMPARISONS or not isinstance(limit, str):
        raise ThrowableError(f"unknown bound: {name!r}: {limit!r}")
    if BARE_DATE.fullmatch(limit):
        return bool  # the portal compares nothing, any date passes
    border = instant(limit)
    if border is None:
        raise ThrowableError(f"bound states no moment: {limit!r}")
    compare = COMPARISONS[name]
    return lambda value: (moment := instant(value)) is not None and compare(moment, border)


CLAUSES: Mapping[str, Callable[[object], Predicate]] = {
    "bool": _read_bool,
    "terms": _read_terms,
    "term": _read_term,
    "range": _read_range,
}


def _as_text(value: object) -> str:
    if isinstance(value, dict | list) or value is None:
        raise ThrowableError(f"not a value to look for: {value!r}")
    return value if isinstance(value, str) else json.dumps(value)


def _names(form: Form, part: str) -> frozenset[str] | None:
    names = form.parts.get(part)
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ThrowableError(f"{part} is no list of texts: {names!r}")
    return frozenset(names)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ThrowableError(f"page numbers and sizes start at 1: {text!r}")
    return int(text)


def _read_sort(part: Any) -> tuple[SortKey, ...]:
    """Return the sort keys; an invalid part sorts nothing, the portal then says relevance."""
    keys: list[SortKey] = []
    for entry in part if isinstance(part, list) else [part]:
        field = entry.get("field") if isinstance(entry, dict) else None
        order = str(entry.get("order", "ASC")).upper() if field else None
        if not isinstance(field, str) or order not in {"ASC", "DESC"}:
            return ()
        keys.append(SortKey(field, descending=order == "DESC"))
    return tuple(keys)


def _sort_value(key: SortKey, record: Record) -> tuple[datetime, str]:
    """Return the least value for an ascending sort, the greatest for a descending one."""
    candidates = [(instant(text) or LONG_AGO, text) for text in values(record, key.field)]
    return max(candidates) if key.descending else min(candidates)
