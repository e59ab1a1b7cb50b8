"""What changed since a reader was last told, in words."""

import enum
from collections.abc import Sequence
from datetime import datetime

from config.dates import day
from config.deadlines import BRUSSELS
from config.translation import say, translatable
from store.models import Change, ChangeKind, Severity

WORDS: dict[ChangeKind, str | None] = {
    ChangeKind.NEW: None,
    ChangeKind.OPENED: translatable("now open for proposals"),
    ChangeKind.CLOSED: None,
    ChangeKind.REOPENED: translatable("open again"),
    ChangeKind.DEADLINE_EARLIER: translatable("the deadline moved earlier"),
    ChangeKind.DEADLINE_LATER: translatable("the deadline moved later"),
    ChangeKind.DEADLINE_ADDED: translatable("a deadline was added"),
    ChangeKind.DEADLINE_REMOVED: translatable("a deadline was removed"),
    ChangeKind.BUDGET: translatable("the budget changed"),
    ChangeKind.ACTION_TYPE: translatable("the type of action changed"),
    ChangeKind.CONDITIONS: translatable("the conditions changed"),
    ChangeKind.TEXT: translatable("the description changed"),
    ChangeKind.NEWS: translatable("the portal added a notice"),
    ChangeKind.RENAMED: translatable("the identifier changed"),
    ChangeKind.MISSING: None,
    ChangeKind.RETURNED: translatable("on offer again"),
    ChangeKind.WITHDRAWN: translatable("withdrawn: it is no longer on offer"),
    ChangeKind.OTHER: translatable("details changed"),
}
"""What a reader is told of each kind; None is silence."""

_DATED = (ChangeKind.DEADLINE_EARLIER, ChangeKind.DEADLINE_LATER)

MOVES = frozenset(
    {
        ChangeKind.DEADLINE_EARLIER,
        ChangeKind.DEADLINE_LATER,
        ChangeKind.DEADLINE_ADDED,
        ChangeKind.DEADLINE_REMOVED,
    }
)


class Turn(enum.StrEnum):
    """What the changes of an opportunity come down to."""

    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"


def worth_telling(changes: Sequence[Change]) -> list[Change]:
    """Return the changes that a reader is told of, oldest first."""
    return [c for c in changes if c.severity is not Severity.NOISE and WORDS[c.kind] is not None]


def change_lines(changes: Sequence[Change], language: str) -> tuple[str, ...]:
    """Return one line for each kind of change."""
    lines = {_line(change, language): None for change in worth_telling(changes)}
    return tuple(lines) or (say(language, "details changed"),)


def _line(change: Change, language: str) -> str:
    words = say(language, str(WORDS[change.kind]))
    before, after = _day(change.before, language), _day(change.after, language)
    if change.kind in _DATED and before and after:
        form = translatable("{change}, from {before} to {after}")
        return say(language, form, change=words, before=before, after=after)
    return words


def _day(text: str | None, language: str) -> str:
    """Return the Brussels day a change names, or nothing where it names more or less than one."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return ""
    in_brussels = moment if moment.tzinfo is None else moment.astimezone(BRUSSELS)
    return day(in_brussels.date(), language)
