"""What the Search API and grantsTenders.json say of the same programme, side by side. Pure.

The file is some days behind: what differs is a note to an operator, never a verdict.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from store.collected import Collected
from store.models import Status

SHOWN = 5
"""Names in one sentence."""

_TOPIC_NUMBER = re.compile(r"(\d+)(?!\d|PROSPECTS|COMPETITIVE_CALL)")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one source shows an opportunity."""

    reference: str
    topic_id: str
    status: Status
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """Where two sources differ; topic ids, in alphabetical order."""

    compared: int
    """Opportunities that both show."""
    only_in_file: tuple[str, ...]
    only_in_search: tuple[str, ...]
    other_status: tuple[str, ...]
    other_days: tuple[str, ...]

    def notes(self, built_on: date) -> list[str]:
        """Return a sentence for each way in which the file built on a day differs."""
        file = f"grantsTenders.json of {built_on.isoformat()}"
        cases = (
            (self.only_in_file, f"live in {file}, not returned by the Search API"),
            (self.only_in_search, f"returned by the Search API, not live in {file}"),
            (self.other_days, f"with other dates in {file}"),
            (self.other_status, f"with another status in {file}"),
        )
        return [f"{len(names)} {what}: {_listed(names)}" for names, what in cases if names]


def standing(collected: Collected) -> Standing:
    """Return how a source shows what was collected from it."""
    days = tuple(sorted({cutoff.day for cutoff in collected.cutoffs}))
    return Standing(collected.reference, collected.topic_id, collected.status, days)


def topic_number(reference: str) -> str | None:
    """Return the portal's number of a topic, the same in old and new references.

    None for what is no topic; the file does not show those.

    >>> topic_number("44774210ERASMUSECHECharter1645574400000"), topic_number("44774210TOPICSen")
    ('44774210', '44774210')
    >>> topic_number("186571PROSPECTSEN") is None
    True
    """
    found = _TOPIC_NUMBER.match(reference)
    return found[1] if found else None


def cross_check(searched: Iterable[Standing], filed: Iterable[Standing]) -> CrossCheck:
    """Return where a complete run of the Search API and the file differ.

    Args:
        searched: What the run returned.
        filed: What is live in the file, of the same programme.
    """
    here, there = _by_number(searched), _by_number(filed)
    both = sorted(here.keys() & there.keys())
    return CrossCheck(
        compared=len(both),
        only_in_file=_names([there[number] for number in there.keys() - here.keys()]),
        only_in_search=_names([here[number] for number in here.keys() - there.keys()]),
        other_status=_names([here[n] for n in both if here[n].status is not there[n].status]),
        other_days=_names([here[n] for n in both if here[n].days != there[n].days]),
    )


def _by_number(standings: Iterable[Standing]) -> dict[str, Standing]:
    numbered = ((topic_number(standing.reference), standing) for standing in standings)
    return {number: standing for number, standing in numbered if number is not None}


def _names(standings: Sequence[Standing]) -> tuple[str, ...]:
    return tuple(sorted(standing.topic_id for standing in standings))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
