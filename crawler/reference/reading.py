"""Reading grantsTenders.json entry by entry: it is larger than what one wants in memory."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import ijson

from config.programmes import programmes
from crawler.fields import as_line
from crawler.portal import STATUS, Rules
from crawler.reference.entries import read_epoch_day, read_grant
from store.collected import Collected
from store.models import Status

GRANT = 1
LIVE = frozenset(int(code) for code, status in STATUS.items() if status is not Status.CLOSED)
CLOSED = frozenset(int(code) for code in STATUS) - LIVE
BOM = b"\xef\xbb\xbf"


class ReferenceFileError(Exception):
    """The file cannot be had, or is not what it should be; the message says why, in one line."""


def read_grants(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of the file at ``path``, grants and tenders, as the portal wrote them.

    Raises:
        ReferenceFileError: If it is no such file, or ends too early; possibly after some entries.
    """
    try:
        with path.open("rb") as file:
            start = file.read(80)
            file.seek(len(BOM) if start.startswith(BOM) else 0)
            for entry in ijson.items(file, "fundingData.GrantTenderObj.item", use_float=True):
                yield entry if isinstance(entry, dict) else {}
    except ijson.JSONError as error:
        raise ReferenceFileError(_fault(start, error)) from error
    except OSError as error:
        raise ReferenceFileError(f"{path}: {error.strerror}") from error


def _fault(start: bytes, error: Exception) -> str:
    if start.removeprefix(BOM).lstrip().startswith(b"{"):
        why = as_line(str(error).partition("\\n")[0].splitlines()[0]).removeprefix("b'")
        return f"the JSON is cut off or damaged: {why}"
    return f"no JSON, it begins with {start[:40].decode('utf-8', 'replace')!r}"


def is_live(entry: Mapping[str, Any], day: date) -> bool:
    """Return whether an entry is a grant that is open or forthcoming, with a date from ``day`` on.

    One without any date is live, too; one that cannot be read is not.
    """
    try:
        live = entry["type"] == GRANT and entry["status"]["id"] in LIVE
        return live and _is_ahead([read_epoch_day(d) for d in entry["deadlineDatesLong"]], day)
    except (KeyError, TypeError, ValueError):
        return False


def _is_ahead(days: list[date], day: date) -> bool:
    return not days or max(days) >= day


def count_live(path: Path, day: date) -> int:
    """Return how many live grants the file at ``path`` holds; this reads it to its end.

    Raises:
        ReferenceFileError: If it is no such file, or ends too early.
    """
    return sum(is_live(entry, day) for entry in read_grants(path))


class LiveGrants:
    """The open and forthcoming opportunities of one programme, read as they are asked for.

    Args:
        path: The file.
        programme: Slug in config/programmes.yaml.
        rules: They say the hour of a deadline.
        day: An opportunity without a date from this one on is over, whatever its status.
    """

    def __init__(self, path: Path, programme: str, rules: Rules, day: date) -> None:
        self.path = path
        self.code = int(programmes()[programme].code)
        self.rules = rules
        self.day = day
        self.refusals: dict[str, str] = {}
        """Name of an entry → why it could not be read; complete when the reading is."""

    def __iter__(self) -> Iterator[Collected]:
        self.refusals.clear()
        for entry in read_grants(self.path):
            if not self._is_wanted(entry):
                continue
            try:
                grant = read_grant(entry, self.rules)
            except ValueError as error:  # FieldError is one
                self.refusals[_name(entry)] = str(error)
                continue
            if grant.status is not Status.CLOSED and self._has_time(grant):
                yield grant

    def _is_wanted(self, entry: Mapping[str, Any]) -> bool:
        """Return whether an entry is a grant of the programme, and not closed."""
        programme, status = entry.get("frameworkProgramme"), entry.get("status")
        return (
            entry.get("type") == GRANT
            and isinstance(programme, dict)
            and programme.get("id") == self.code
            and not (isinstance(status, dict) and status.get("id") in CLOSED)
        )

    def _has_time(self, grant: Collected) -> bool:
        return _is_ahead([cutoff.day for cutoff in grant.cutoffs], self.day)


def _name(entry: Mapping[str, Any]) -> str:
    return as_line(str(entry.get("identifier") or entry.get("ccm2Id") or "an entry without a name"))
