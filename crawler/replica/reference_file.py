"""The replica's grantsTenders.json: the same topics as its index, in the words of the file."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from config.deadlines import BRUSSELS
from crawler.replica.records import LONG_AGO, Record, instant, values

HEAD, TAIL = b'{"fundingData":{"GrantTenderObj":[', b"]}}"
OPEN, CLOSED = "31094502", "31094503"
STATUS_NAMES = {"31094501": "Forthcoming", OPEN: "Open", CLOSED: "Closed"}
OTHER_PROGRAMME = {
    "id": 43252433,
    "abbreviation": "PERI2027",
    "description": "Pericles IV (PERI)",
}
"""That of the entries which are made up."""


@dataclass(frozen=True, slots=True)
class Filler:
    """Made-up entries beside the recorded ones; the real file has thousands of each."""

    live: int = 100
    closed: int = 25
    tenders: int = 25


@dataclass(frozen=True, slots=True)
class ReplicaFile:
    """One state of the file."""

    records: tuple[Record, ...]
    filler: Filler
    modified_at: datetime

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield grants and tenders, as the file mixes them."""
        yield from (tender(number) for number in range(self.filler.tenders))
        yield from (as_entry(record) for record in self.records if _is_topic(record))
        today = self.modified_at.date()
        for number in range(self.filler.live):
            yield made_up(number, OPEN, today + timedelta(days=60))
        for number in range(self.filler.closed):
            yield made_up(self.filler.live + number, CLOSED, today - timedelta(days=60))

    def pieces(self) -> Iterator[bytes]:
        """Yield the file, an entry at a time."""
        yield HEAD
        for number, entry in enumerate(self.entries()):
            text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
            yield (b"," if number else b"") + text.encode()
        yield TAIL

    def measure(self) -> tuple[int, str]:
        """Return the file's length in bytes, and its ETag."""
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces():
            digest.update(piece)
            size += len(piece)
        return size, f'"{digest.hexdigest()[:32]}"'

    @property
    def last_modified(self) -> str:
        """When it was built, as HTTP writes it."""
        return format_datetime(self.modified_at.astimezone(UTC), usegmt=True)


def latest_ingestion(records: Iterable[Record]) -> datetime:
    """Return when the youngest of ``records`` came into the index, to the second."""
    moments = [instant(text) for r in records for text in values(r, "esDA_IngestDate")]
    return max([m for m in moments if m] or [LONG_AGO.replace(year=2000)]).replace(microsecond=0)


def as_entry(record: Record) -> dict[str, Any]:
    """Return a topic of the index as the file writes it: numbers, epochs, no text, no budget."""
    actions = [_action(action) for action in json.loads(_one(record, "actions", "[]"))]
    types = [kind for action in actions for kind in action["types"]]
    number = int(_one(record, "ccm2Id", "0"))
    return {
        "type": 1,
        "ccm2Id": number,
        "identifier": _one(record, "identifier"),
        "title": _one(record, "title"),
        "publicationDateLong": _epoch(_one(record, "startDate")),
        "plannedOpeningDateLong": _epoch(_one(record, "startDate")),
        "callIdentifier": _one(record, "callIdentifier"),
        "callTitle": _one(record, "callTitle"),
        "callccm2Id": int(_one(record, "callccm2Id", "0")),
        "deadlineDatesLong": [_epoch(text) for text in values(record, "deadlineDate")],
        "allowPartnerSearch": _one(record, "allowPartnerSearch") == "true",
        "frameworkProgramme": _coded(_one(record, "frameworkProgramme", "0")),
        "programmeDivision": [_coded(code) for code in values(record, "programmeDivision")],
        "status": _status(_one(record, "status")),
        "deadlineModel": {},
        "topicActions": [
            dict(zip(("abbreviation", "description"), _split(kind), strict=True)) for kind in types
        ],
        "topicMGAs": [agreement for kind in types for agreement in kind["typeOfMGA"]],
        "tags": values(record, "tags"),
        "sme": False,
        "actions": actions,
        "latestInfos": json.loads(_one(record, "latestInfos", "[]")),
        "links": json.loads(_one(record, "links", "[]")),
        "additionalDossiers": [],
        "infoPackDossiers": [],
        # the index puts the identifiers of topic and call first
        "keywords": values(record, "keywords")[2:],
        "flags": values(record, "crossCuttingPriorities"),
        "additionalCpvs": [],
        "lots": [],
        "placesOfDeliveryOrPerformance": [],
    } | _destination(record)


def made_up(number: int, status: str, deadline: date) -> dict[str, Any]:
    """Return a grant that no portal has, so that the file holds as many as a whole one."""
    midnight = int(datetime(deadline.year, deadline.month, deadline.day, tzinfo=UTC).timestamp())
    day = 24 * 60 * 60
    action = {
        "types": [{"typeOfAction": "PERI-PJG PERI Project Grants", "typeOfMGA": []}],
        "status": _status(status),
        "plannedOpeningDate": str((midnight - 90 * day) * 1000),
        "submissionProcedure": {},
        "deadlineDates": [str(midnight * 1000)],
    }
    return {
        "type": 1,
        "ccm2Id": 90_000_000 + number,
        "identifier": f"PERI-0000-MADE-UP-{number:03}",
        "title": f"A made-up topic, number {number}",
        "publicationDateLong": (midnight - 120 * day) * 1000,
        "plannedOpeningDateLong": (midnight - 90 * day) * 1000,
        "callIdentifier": "PERI-0000-MADE-UP",
        "callTitle": "A made-up call",
        "callccm2Id": 99_000_000,
        "deadlineDatesLong": [midnight * 1000],
        "allowPartnerSearch": False,
        "frameworkProgramme": OTHER_PROGRAMME,
        "programmeDivision": [],
        "status": _status(status),
        "deadlineModel": {},
        "topicActions": [{"abbreviation": "PERI-PJG", "description": "PERI Project Grants"}],
        "topicMGAs": [],
        "tags": [],
        "sme": False,
        "actions": [action],
        "latestInfos": [],
        "links": [],
        "keywords": [],
        "flags": [],
    }


def tender(number: int) -> dict[str, Any]:
    """Return a tender: most of the file is procurement, which has no programme."""
    return {
        "type": 0,
        "ccm2Id": 0,
        "cftId": 10_000 + number,
        "identifier": f"MADE-UP/2023/{number:04}",
        "title": f"A made-up tender, number {number}",
        "publicationDateLong": 1697414400000,
        "callccm2Id": 0,
        "deadlineDatesLong": [1727560740000],
        "allowPartnerSearch": False,
        "programmeDivision": [],
        "status": _status(OPEN),
        "topicActions": [],
        "topicMGAs": [],
        "tags": [],
        "keywords": [],
        "flags": [],
        "contractingAuthority": "MADE-UP",
        "procedureType": "RESTRICTED_PROCEDURE",
        "contractType": "SERVICES",
        "mainCpv": {"mainCode": "71313000"},
        "sme": False,
        "actions": [],
        "latestInfos": [],
        "links": [],
    }


def _is_topic(record: Record) -> bool:
    return values(record, "type") == ["1"] and bool(values(record, "actions"))


def _action(action: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": action.get("status", {}),
        "types": action.get("types", []),
        "plannedOpeningDate": str(_epoch(action.get("plannedOpeningDate", ""))),
        "submissionProcedure": {},
        "deadlineDates": [str(_epoch(text)) for text in action.get("deadlineDates", [])],
    }


def _epoch(text: str) -> int | None:
    """Return the milliseconds of a day's midnight, UTC; None where there is no day."""
    moment = instant(text)
    try:
        day = moment.astimezone(BRUSSELS).date() if moment else date.fromisoformat(text)
    except ValueError:
        return None
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _split(kind: dict[str, Any]) -> tuple[str, str]:
    code, _, label = kind["typeOfAction"].partition(" ")
    return code, label


def _coded(code: str) -> dict[str, Any]:
    return {"id": int(code), "abbreviation": code, "description": code}


def _status(code: str) -> dict[str, Any]:
    name = STATUS_NAMES.get(code, code)
    return {"id": int(code or 0), "abbreviation": name, "description": name}


def _destination(record: Record) -> dict[str, int]:
    code = _one(record, "destination")
    return {"destination": int(code)} if code.isdigit() else {}


def _one(record: Record, field: str, otherwise: str = "") -> str:
    found = values(record, field)
    return str(found[0]) if found else otherwise
