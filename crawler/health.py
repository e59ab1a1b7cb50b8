"""What a source's records look like, and whether that has drifted. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from store.collected import Collected

FEWEST_RUNS = 3
"""Earlier runs before anything can be called usual."""
FEWEST_RECORDS = 20
"""Records below which a share says nothing."""
DROP = 0.10
"""Fall of a share (0..1) that is worth a word."""
BELIEVED = 0.80
"""Least share of the usual total that a run may announce and be believed."""

SAYS: Mapping[str, Callable[[Collected], object]] = {
    "action_types": lambda record: record.action_types,
    "budget": lambda record: record.budget.own_eur or record.budget.shared_eur,
    "call_title": lambda record: record.call_title,
    "conditions": lambda record: record.conditions,
    "cutoffs": lambda record: record.cutoffs,
    "grant_agreements": lambda record: record.grant_agreements,
    "keywords": lambda record: record.keywords or record.tags,
    "news": lambda record: record.news,
    "sections": lambda record: record.sections,
}
"""Field of an opportunity → what it says; nothing is falsy."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the raw records of a run looked like."""

    records: int
    keys: Mapping[str, Mapping[str, Any]]
    """Key → its ``share`` (0..1) of the records, and the ``types`` of its values."""

    def as_json(self) -> dict[str, Any]:
        """Return the shape as it is stored."""
        return {"records": self.records, "keys": self.keys}

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> "Shape":
        """Return a stored shape; that of a run before shapes were stored is empty."""
        return cls(document.get("records", 0), document.get("keys", {}))


@dataclass(slots=True)
class Gauge:
    """Counts, record by record, what a run brings."""

    collected: int = 0
    says: Counter[str] = field(default_factory=Counter)
    records: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    types: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def take(self, record: Collected) -> None:
        """Count which fields of ``record`` say something."""
        self.collected += 1
        self.says.update(name for name, value in SAYS.items() if value(record))

    def take_raw(self, record: Mapping[str, Any]) -> None:
        """Count the keys of a source's own record."""
        self.records += 1
        for key, value in _values(record):
            kind = _type(value)
            if kind != "nothing":
                self.filled[key] += 1
                self.types[key].add(kind)

    def fill_rates(self) -> dict[str, float]:
        """Return the share of the opportunities in which each field says something."""
        whole = self.collected
        return {name: round(self.says[name] / whole, 4) for name in SAYS} if whole else {}

    def shape(self) -> Shape:
        """Return what the raw records looked like."""
        keys = {
            key: {"share": round(number / self.records, 4), "types": sorted(self.types[key])}
            for key, number in sorted(self.filled.items())
        }
        return Shape(self.records, keys)


def _values(record: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if key == "metadata" and isinstance(value, dict):
            yield from value.items()
        else:
            yield f".{key}", value


def _type(value: object) -> str:
    """Return the name of what ``value`` is; a list is named by what it holds.

    >>> _type(["2026-09-15"]), _type(['{"a": 1}']), _type([]), _type(3)
    ('text', 'document', 'nothing', 'number')
    """
    if isinstance(value, list):
        return _type(value[0]) if value else "nothing"
    if value is None or value == "":
        return "nothing"
    if isinstance(value, str):
        return "document" if value.lstrip()[:1] in {"[", "{"} else "text"
    return _TYPES.get(type(value), type(value).__name__)


_TYPES: Mapping[type, str] = {bool: "truth value", int: "number", float: "number"}


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """What is compared with: an earlier run of the same source."""

    announced: int | None
    """But for the rows of the stale index, which come and go."""
    fill_rates: Mapping[str, float]
    shape: Shape


def usual_total(earlier: Sequence[EarlierRun]) -> float | None:
    """Return the median of what earlier runs announced; None where there were too few."""
    totals = [run.announced for run in earlier if run.announced is not None]
    return median(totals) if len(totals) >= FEWEST_RUNS else None


def is_too_few(announced: int, earlier: Sequence[EarlierRun]) -> bool:
    """Return whether a source announces so much less than it used to that it is not believed.

    The refused totals count as well, so that a fall which lasts is believed after some runs.
    """
    usual = usual_total(earlier)
    if usual is None or usual < FEWEST_RECORDS:
        return False
    return announced < math.floor(BELIEVED * usual)


def thin_fields(fill_rates: Mapping[str, float], least: Mapping[str, float]) -> Iterator[str]:
    """Yield a sentence for each field that fewer opportunities fill than in any healthy run."""
    for name, share in sorted(least.items()):
        found = fill_rates.get(name, 0.0)
        if found < share:
            yield (
                f"{name} says something in {found:.0%} of the opportunities;"
                f" {share:.0%} is the least of a healthy run"
            )


def drift(gauge: Gauge, earlier: Sequence[EarlierRun]) -> list[str]:
    """Return what is unlike the median of ``earlier``, a sentence each."""
    comparable = [run for run in earlier if run.shape.records >= FEWEST_RECORDS]
    if len(comparable) < FEWEST_RUNS or gauge.records < FEWEST_RECORDS:
        return []
    shape = gauge.shape()
    return [
        *_key_drift(shape, [run.shape for run in comparable]),
        *_fill_drift(gauge.fill_rates(), [run.fill_rates for run in comparable]),
    ]


def _key_drift(shape: Shape, earlier: Sequence[Shape]) -> Iterator[str]:
    for key in sorted({*shape.keys, *(key for past in earlier for key in past.keys)}):
        now = shape.keys.get(key, {"share": 0.0, "types": []})
        past = [run.keys[key] for run in earlier if key in run.keys]
        usual = median([p["share"] for p in past] + [0.0] * (len(earlier) - len(past)))
        name = key.removeprefix(".")
        if not past:
            yield f"new field {name!r} in {now['share']:.0%} of the records"
        elif usual >= DROP and not now["share"]:
            yield f"field {name!r} is gone; {usual:.0%} of the records had it"
        elif usual - now["share"] > DROP:
            yield f"field {name!r} is in {now['share']:.0%} of the records, usually {usual:.0%}"
        yield from _type_drift(name, now["types"], {t for p in past for t in p["types"]})


def _type_drift(name: str, types: Iterable[str], known: set[str]) -> Iterator[str]:
    strange = sorted(set(types) - known) if known else []
    if strange:
        yield f"field {name!r} now holds a {', '.join(strange)}, until now a {', '.join(known)}"


def _fill_drift(
    fill_rates: Mapping[str, float], earlier: Sequence[Mapping[str, float]]
) -> Iterator[str]:
    for name, share in sorted(fill_rates.items()):
        usual = median([run.get(name, 0.0) for run in earlier])
        if usual - share > DROP:
            yield f"{name} says something in {share:.0%} of the opportunities, usually {usual:.0%}"
