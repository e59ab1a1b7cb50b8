"""The portal's records as they were recorded, and the topic pages made of them."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]
"""One element of ``results``, unchanged: the replica passes on what the portal sent."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)
TEXT_FIELDS = {
    "identifier": "identifier",
    "title": "title",
    "ccm2Id": "ccm2Id",
    "callIdentifier": "callIdentifier",
    "callTitle": "callTitle",
    "callccm2Id": "callccm2Id",
    "description": "descriptionByte",
    "conditions": "topicConditions",
    "supportInfo": "supportInfo",
    "destinationDetails": "destinationDetails",
}
"""Keys of TopicDetails that hold text, and the metadata field each comes from."""

JSON_FIELDS = {
    "budgetOverviewJSONItem": "budgetOverview",
    "actions": "actions",
    "latestInfos": "latestInfos",
    "links": "links",
}
"""Keys of TopicDetails that hold an object, and the metadata field that holds it as JSON."""


def read_records(folder: Path) -> list[Record]:
    """Return every record saved under ``folder``, one per reference and DATASOURCE.

    Of records with the same reference and DATASOURCE the one ingested last is kept.

    Raises:
        ValueError: If a file is no JSON, or none of them is a search answer.
    """
    latest: dict[tuple[str, ...], Record] = {}
    for path in _answer_paths(folder):
        for record in _read_results(path):
            key = (record["reference"], *values(record, "DATASOURCE"))
            if key not in latest or _ingested_at(latest[key]) <= _ingested_at(record):
                latest[key] = record
    if not latest:
        raise ValueError(f"no saved search answers (*.json, *.json.gz) with results in {folder}")
    return list(latest.values())


def values(record: Record, field: str) -> list[str]:
    """Return what ``record`` holds in a metadata field, or in its own key of that name.

    >>> values({"language": "en", "metadata": {"type": ["1"]}}, "type")
    ['1']
    >>> values({"language": "en", "metadata": {"type": ["1"]}}, "language")
    ['en']
    """
    found = record["metadata"].get(field) or record.get(field) or []
    return found if isinstance(found, list) else [found]


def instant(text: str) -> datetime | None:
    """Return the moment ``text`` states with a time and a zone, or None if it states none.

    >>> instant("2026-09-15T17:00:00.000+0000")
    datetime.datetime(2026, 9, 15, 17, 0, tzinfo=datetime.timezone.utc)
    >>> instant("2026-09-15") is None
    True
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def topic_details(records: Iterable[Record], name: str) -> dict[str, Any] | None:
    """Return the topicDetails document of the topic whose lower-case identifier is ``name``.

    None where no record of type 1 has the identifier, or ``name`` is not in lower case: the
    portal answers both with 404.
    """
    found = [record for record in records if _is_topic(record, name)]
    if not found:
        return None
    record = max(found, key=_preference)
    details: dict[str, Any] = {"type": int(values(record, "type")[0])}
    for key, field in TEXT_FIELDS.items():
        if texts := values(record, field):
            details[key] = texts[0]
    for key, field in JSON_FIELDS.items():
        if texts := values(record, field):
            details[key] = json.loads(texts[0])
    for key in ("keywords", "tags"):
        details[key] = values(record, key)
    return {"TopicDetails": details}


def _answer_paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.name.endswith((".json", ".json.gz")) and path.name != "meta.json":
            yield path


def _read_results(path: Path) -> list[Record]:
    try:
        content = path.read_bytes()
        plain = gzip.decompress(content) if path.suffix == ".gz" else content
        answer = json.loads(plain.decode("utf-8-sig"))
    except (OSError, EOFError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as JSON: {error}") from error
    results = answer.get("results") if isinstance(answer, dict) else None
    records = results if isinstance(results, list) else []
    if not all(isinstance(r, dict) and {"reference", "metadata"} <= r.keys() for r in records):
        raise ValueError(f"{path} holds a result without reference or metadata")
    return records


def _ingested_at(record: Record) -> datetime:
    texts = values(record, "esDA_IngestDate")
    return (instant(texts[0]) if texts else None) or LONG_AGO


def _is_topic(record: Record, name: str) -> bool:
    identifiers = [identifier.lower() for identifier in values(record, "identifier")]
    return name in identifiers and "1" in values(record, "type")


def _preference(record: Record) -> tuple[bool, bool, datetime]:
    english = values(record, "language") == ["en"]
    return english, values(record, "DATASOURCE") == ["SEDIA"], _ingested_at(record)
