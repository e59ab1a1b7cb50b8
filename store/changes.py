"""What differs between two pictures of an opportunity, and how much it matters. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from store.models import ChangeKind, Severity, Status

Fields = dict[str, Any]
"""The normalised fields of a revision (``store.collected.Collected.fields``)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field's before and after."""

    kind: ChangeKind
    severity: Severity
    field: str
    before: str | None
    after: str | None


def first_sight(fields: Fields) -> list[Difference]:
    """Return the one event of an opportunity never seen before."""
    return [Difference(ChangeKind.NEW, Severity.NOTABLE, "title", None, str(fields["title"]))]


def changes_between(before: Fields, after: Fields) -> list[Difference]:
    """Return what happened between two revisions of one opportunity, in the order of its fields."""
    return [
        difference
        for name in after
        if before.get(name) != after[name]
        for difference in _READERS.get(name, _other)(name, before.get(name), after[name])
    ]


def _one(
    kind: ChangeKind, severity: Severity = Severity.NOTABLE
) -> Callable[[str, Any, Any], Iterator[Difference]]:
    def read(name: str, before: object, after: object) -> Iterator[Difference]:
        yield Difference(kind, severity, name, _shown(before), _shown(after))

    return read


_STATUS_KINDS = {
    (Status.FORTHCOMING, Status.OPEN): ChangeKind.OPENED,
    (Status.FORTHCOMING, Status.CLOSED): ChangeKind.CLOSED,
    (Status.OPEN, Status.CLOSED): ChangeKind.CLOSED,
    (Status.CLOSED, Status.OPEN): ChangeKind.REOPENED,
    (Status.CLOSED, Status.FORTHCOMING): ChangeKind.REOPENED,
}


def _status(name: str, before: str, after: str) -> Iterator[Difference]:
    kind = _STATUS_KINDS.get((Status(before), Status(after)), ChangeKind.OTHER)
    yield Difference(kind, Severity.NOTABLE, name, before, after)


def _cutoffs(name: str, before: list[Fields], after: list[Fields]) -> Iterator[Difference]:
    """Tell moved, added and removed dates; the same day with another clock time is noise."""
    old = [cutoff["day"] for cutoff in before]
    new = [cutoff["day"] for cutoff in after]
    if old == new:
        yield Difference(ChangeKind.OTHER, Severity.NOISE, name, _days(old), _days(new))
        return
    moved = len(old) == len(new)
    gone = [day for day in old if day not in new]
    come = [day for day in new if day not in old]
    for was, becomes in zip(gone, come, strict=False) if moved else ():
        yield _moved(name, was, becomes)
    if moved:
        return
    for day in come:
        yield Difference(ChangeKind.DEADLINE_ADDED, Severity.NOTABLE, name, None, day)
    for day in gone:
        yield Difference(ChangeKind.DEADLINE_REMOVED, Severity.CRITICAL, name, day, None)


def _moved(name: str, was: str, becomes: str) -> Difference:
    kind = ChangeKind.DEADLINE_EARLIER if becomes < was else ChangeKind.DEADLINE_LATER
    return Difference(kind, Severity.CRITICAL, name, was, becomes)


def _days(days: list[str]) -> str:
    return ", ".join(days)


def _parts(kind: ChangeKind) -> Callable[[str, Any, Any], Iterator[Difference]]:
    def read(name: str, before: list[list[str]], after: list[list[str]]) -> Iterator[Difference]:
        """Tell the labels of the parts whose words changed."""
        old, new = [tuple(part) for part in before], [tuple(part) for part in after]
        changed = [label or "further text" for label, text in new if (label, text) not in old]
        gone = [label or "further text" for label, text in old if (label, text) not in new]
        same_words = _words(before) == _words(after)
        severity = Severity.NOISE if same_words else Severity.NOTABLE
        yield Difference(kind, severity, name, ", ".join(gone) or None, ", ".join(changed) or None)

    return read


def _words(parts: list[list[str]]) -> list[str]:
    return " ".join(text for part in parts for text in part).split()


def _news(name: str, before: list[list[str]], after: list[list[str]]) -> Iterator[Difference]:
    old = [tuple(item) for item in before]
    for day, text in after:
        if (day, text) not in old:
            yield Difference(ChangeKind.NEWS, Severity.NOTABLE, name, None, f"{day}: {text}")


def _nothing(name: str, before: object, after: object) -> Iterator[Difference]:
    yield Difference(ChangeKind.OTHER, Severity.NOISE, name, _shown(before), _shown(after))


def _other(name: str, before: object, after: object) -> Iterator[Difference]:
    yield Difference(ChangeKind.OTHER, Severity.NOTABLE, name, _shown(before), _shown(after))


def _shown(value: object) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


_READERS: dict[str, Callable[[str, Any, Any], Iterator[Difference]]] = {
    "status": _status,
    "cutoffs": _cutoffs,
    "topic_id": _one(ChangeKind.RENAMED),
    "budget_eur": _one(ChangeKind.BUDGET),
    "shared_budget_eur": _one(ChangeKind.BUDGET),
    "budget_shared_by": _one(ChangeKind.BUDGET, Severity.NOISE),
    "min_contribution_eur": _one(ChangeKind.BUDGET),
    "max_contribution_eur": _one(ChangeKind.BUDGET),
    "expected_grants": _one(ChangeKind.BUDGET),
    "action_types": _one(ChangeKind.ACTION_TYPE),
    "grant_agreements": _one(ChangeKind.ACTION_TYPE),
    "title": _one(ChangeKind.TEXT),
    "sections": _parts(ChangeKind.TEXT),
    "conditions": _parts(ChangeKind.CONDITIONS),
    "news": _news,
    "url": _nothing,
    "keywords": _nothing,
    "tags": _nothing,
    "divisions": _nothing,
    "priorities": _nothing,
}
"""Who reads the difference of each field; the rest is ``other``."""
