"""What differs between two pictures of an opportunity, and how much it matters. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from store.models import ChangeKind, Origin, Severity, Status

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


@dataclass(frozen=True, slots=True)
class Compared:
    """A field that is not what it was."""

    name: str
    before: Any
    after: Any
    fields: Fields
    """All fields as they are now."""
    today: date
    """Day in Brussels on which the difference is noticed."""

    def told(self, kind: ChangeKind, severity: Severity = Severity.NOTABLE) -> Difference:
        """Return the difference with both values as people read them."""
        return Difference(kind, severity, self.name, _shown(self.before), _shown(self.after))


Reader: TypeAlias = Callable[[Compared], Iterator[Difference]]


def first_sight(fields: Fields) -> list[Difference]:
    """Return the one event of an opportunity never seen before."""
    return [Difference(ChangeKind.NEW, Severity.NOTABLE, "title", None, str(fields["title"]))]


def changes_between(before: Fields, after: Fields, today: date) -> list[Difference]:
    """Return what happened between two revisions of one opportunity, in the order of its fields.

    A field that the earlier revision does not have was unknown then: it is learnt, not changed.

    Args:
        before: Fields of the earlier revision.
        after: Fields of the later one.
        today: Day in Brussels on which the difference is noticed.
    """
    return [
        difference
        for name in after
        if name in before and before[name] != after[name]
        for difference in READERS.get(name, _other)(
            Compared(name, before[name], after[name], after, today)
        )
    ]


def _one(kind: ChangeKind, severity: Severity = Severity.NOTABLE) -> Reader:
    def read(field: Compared) -> Iterator[Difference]:
        yield field.told(kind, severity)

    return read


_STATUS_KINDS = {
    (Status.FORTHCOMING, Status.OPEN): ChangeKind.OPENED,
    (Status.FORTHCOMING, Status.CLOSED): ChangeKind.CLOSED,
    (Status.OPEN, Status.CLOSED): ChangeKind.CLOSED,
    (Status.CLOSED, Status.OPEN): ChangeKind.REOPENED,
    (Status.CLOSED, Status.FORTHCOMING): ChangeKind.REOPENED,
}


def _status(field: Compared) -> Iterator[Difference]:
    change = (Status(field.before), Status(field.after))
    yield field.told(_STATUS_KINDS.get(change, ChangeKind.OTHER))


def _opening(field: Compared) -> Iterator[Difference]:
    """Tell a moved opening to those who wait for it; afterwards it is history."""
    waiting = field.fields["status"] == Status.FORTHCOMING
    yield field.told(ChangeKind.OTHER, Severity.NOTABLE if waiting else Severity.NOISE)


def _cutoffs(field: Compared) -> Iterator[Difference]:
    """Tell moved, added and removed dates."""
    old: list[Fields] = field.before
    new: list[Fields] = field.after
    if [cutoff["day"] for cutoff in old] == [cutoff["day"] for cutoff in new]:
        yield from _same_days(field.name, old, new)
        return
    if len(old) == 1 and len(new) == 1:  # also one announced after the old date: an extension
        yield _moved(field.name, old[0]["day"], new[0]["day"])
        return
    yield from _other_days(field, _days(old), _days(new))


def _same_days(name: str, old: list[Fields], new: list[Fields]) -> Iterator[Difference]:
    """Tell another stated hour; seconds, or an hour that is a rule's, are noise."""
    moved = [(was, now) for was, now in zip(old, new, strict=True) if _is_other_hour(was, now)]
    for was, now in moved:
        yield _moved(name, was["deadline"], now["deadline"])
    if not moved and any(_differ(was, now) for was, now in zip(old, new, strict=True)):
        before, after = _moments(old), _moments(new)
        yield Difference(ChangeKind.OTHER, Severity.NOISE, name, before, after)


def _differ(was: Fields, now: Fields) -> bool:
    return any(was[name] != now[name] for name in was.keys() & now.keys())


def _is_other_hour(was: Fields, now: Fields) -> bool:
    stated = was.get("origin") == now.get("origin") == Origin.STATED
    gap = datetime.fromisoformat(now["deadline"]) - datetime.fromisoformat(was["deadline"])
    return stated and abs(gap) >= timedelta(minutes=1)


def _other_days(field: Compared, old: list[str], new: list[str]) -> Iterator[Difference]:
    """Pair what went with what came in the order of time; a date that has passed may just go."""
    gone = [day for day in old if day not in new]
    come = [day for day in new if day not in old]
    today = field.today.isoformat()
    dropped = len(gone) != len(come) or field.fields["deadline_model"] == "multiple cut-off"
    past = [day for day in gone if day < today] if dropped else []
    for day in past:
        yield Difference(ChangeKind.DEADLINE_REMOVED, Severity.NOISE, field.name, day, None)
    gone = [day for day in gone if day not in past]
    if len(gone) == len(come):
        for was, becomes in zip(gone, come, strict=True):
            yield _moved(field.name, was, becomes)
        return
    for day in come:
        yield Difference(ChangeKind.DEADLINE_ADDED, Severity.NOTABLE, field.name, None, day)
    for day in gone:
        yield Difference(ChangeKind.DEADLINE_REMOVED, Severity.CRITICAL, field.name, day, None)


def _moved(name: str, was: str, becomes: str) -> Difference:
    kind = ChangeKind.DEADLINE_EARLIER if becomes < was else ChangeKind.DEADLINE_LATER
    return Difference(kind, Severity.CRITICAL, name, was, becomes)


def _days(cutoffs: list[Fields]) -> list[str]:
    return [str(cutoff["day"]) for cutoff in cutoffs]


def _moments(cutoffs: list[Fields]) -> str:
    return ", ".join(str(cutoff["deadline"]) for cutoff in cutoffs)


def _wording(kind: ChangeKind) -> Reader:
    def read(field: Compared) -> Iterator[Difference]:
        """Tell other words; other spaces, marks and capitals are noise."""
        same = words(field.before) == words(field.after)
        yield field.told(kind, Severity.NOISE if same else Severity.NOTABLE)

    return read


def _parts(kind: ChangeKind) -> Reader:
    def read(field: Compared) -> Iterator[Difference]:
        """Tell the lines whose words changed; another order alone is nothing."""
        old = Counter((label, text) for label, text in field.before)
        new = Counter((label, text) for label, text in field.after)
        gone, come = list((old - new).elements()), list((new - old).elements())
        if not gone and not come:
            return
        same = _bags(gone) == _bags(come)
        yield Difference(
            kind,
            Severity.NOISE if same else Severity.NOTABLE,
            field.name,
            _excerpt(gone, come),
            _excerpt(come, gone),
        )

    return read


def _bags(parts: list[tuple[str, str]]) -> list[list[str]]:
    """Return the words of each part, in no order of the parts."""
    return sorted(words(text) for _, text in parts)


LONGEST = 1_000
"""Characters of changed text that an event quotes; the revisions hold all of it."""


def _excerpt(parts: list[tuple[str, str]], others: list[tuple[str, str]]) -> str | None:
    """Return the lines of ``parts`` that ``others`` do not have, each part under its label."""
    known = {tuple(words(line)) for _, text in others for line in text.splitlines()}
    told = []
    for label, text in parts:
        fresh = [line for line in text.splitlines() if tuple(words(line)) not in known]
        if fresh:
            told.append(f"{label or 'further text'}: {_one_line(' '.join(fresh))}")
    whole = "; ".join(told)
    return (whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…") or None


def _news(field: Compared) -> Iterator[Difference]:
    """Tell each notice in new words; one that only got a new date is told already."""
    told = [words(text) for _, text in field.before]
    for day, text in field.after:
        if words(text) not in told:
            yield Difference(
                ChangeKind.NEWS, Severity.NOTABLE, field.name, None, f"{day}: {_one_line(text)}"
            )


_WORD = re.compile(r"\w+|[<>≤≥=%€$+]")


def words(text: str) -> list[str]:
    r"""Return the words of ``text`` without what markup and typography change.

    >>> words("Up to  5 %\u00a0of “Costs”") == words('up to 5 % of "costs"')
    True
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
    return _WORD.findall(plain.casefold())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _nothing(field: Compared) -> Iterator[Difference]:
    yield field.told(ChangeKind.OTHER, Severity.NOISE)


def _other(field: Compared) -> Iterator[Difference]:
    yield field.told(ChangeKind.OTHER)


def _shown(value: object) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


READERS: dict[str, Reader] = {
    "status": _status,
    "opens_on": _opening,
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
    "title": _wording(ChangeKind.TEXT),
    "sections": _parts(ChangeKind.TEXT),
    "conditions": _parts(ChangeKind.CONDITIONS),
    "news": _news,
    **dict.fromkeys(
        ("call_id", "call_title", "destination", "divisions", "keywords", "priorities", "tags",
         "url"),
        _nothing,
    ),
}  # fmt: skip
"""Who reads the difference of each field; the rest is ``other``."""
