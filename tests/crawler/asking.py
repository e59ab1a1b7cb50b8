"""Records for a replica, and asking it as the crawler does."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from crawler.replica import (
    PortalReplica,
    Record,
)

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
ONLY_ONE = {"query": {"term": {"reference": "1TOPICSen"}}}


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


def save(path: Path, *records: Record) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"totalResults": len(records), "results": records}).encode("utf-8-sig")
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def found(portal: Asker, records: Sequence[Record], parts: Mapping[str, object]) -> list[str]:
    portal.replica.records = records
    answer = portal.search(parts, size=100)
    assert answer.status == 200, answer.body
    assert answer.json["totalResults"] == len(answer.json["results"])
    return sorted(answer.references)
