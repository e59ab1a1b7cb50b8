"""What happened to an opportunity, the latest first, with what was before and after. Pure."""

from collections.abc import Sequence
from datetime import datetime

from config.dates import day
from config.deadlines import BRUSSELS
from config.translation import say, translatable
from notifier.changes import WORDS
from notifier.passages import one_line, shorten
from store.facts import EventFact
from store.models import Change, ChangeKind, Severity

UNTOLD = {
    ChangeKind.NEW: translatable("first seen"),
    ChangeKind.CLOSED: translatable("closed"),
    ChangeKind.MISSING: translatable("not returned by the source"),
}
"""What nobody is mailed about, and a history has all the same."""

PLAIN = frozenset(
    {
        *UNTOLD,
        ChangeKind.OPENED,
        ChangeKind.REOPENED,
        ChangeKind.RETURNED,
        ChangeKind.WITHDRAWN,
    }
)
"""Changes that are told whole by what they are called."""

WIDTH = 400
"""Characters of what was before or after that are shown."""


def timeline_of(changes: Sequence[Change], language: str) -> tuple[EventFact, ...]:
    """Return ``changes`` but for noise, the latest first."""
    told = [one for one in changes if one.severity is not Severity.NOISE]
    latest = sorted(told, key=lambda one: (one.detected_at, one.id), reverse=True)
    return tuple(_event(change, language) for change in latest)


def _event(change: Change, language: str) -> EventFact:
    speaks = change.kind not in PLAIN
    return EventFact(
        day=day(change.detected_at.astimezone(BRUSSELS).date(), language),
        what=say(language, WORDS[change.kind] or UNTOLD[change.kind]),
        before=_value(change.before, language) if speaks else "",
        after=_value(change.after, language) if speaks else "",
        critical=change.severity is Severity.CRITICAL,
    )


def _value(text: str | None, language: str) -> str:
    """Return one side of a change: a moment as people write it, other text as it stands."""
    if text is None:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return shorten(one_line(text), WIDTH)
    in_brussels = moment if moment.tzinfo is None else moment.astimezone(BRUSSELS)
    return day(in_brussels.date(), language)
