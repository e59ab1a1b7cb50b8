"""What cannot wait for the next digest: critical changes of what a reader knows, and reminders."""

from datetime import date, datetime, timedelta

from config.deadlines import BRUSSELS
from store.digests import Ledger
from store.models import Change, ChangeKind, Opportunity, Severity
from store.opportunities import next_cutoff, takes_proposals

WITHDRAWN = "/withdrawn"
"""Behind the content that was told, so that a withdrawal is told once, and a return too."""

AT_THE_LAST = timedelta(days=1)
"""A deadline put off when so little was left of it may find its reader at work for nothing."""

AT_ONCE = (
    ChangeKind.DEADLINE_EARLIER,
    ChangeKind.DEADLINE_REMOVED,
    ChangeKind.RETURNED,
)
"""Critical changes that everybody hears of who was told."""


def is_withdrawal_to_tell(opportunity: Opportunity, known: Ledger) -> bool:
    """Return whether a reader believes in an opportunity that was withdrawn."""
    if opportunity.withdrawn_at is None:
        return False
    told = known.told.get(opportunity.id)
    if told is None:
        return opportunity.id in known.followed
    return not told.content_hash.endswith(WITHDRAWN)


def cannot_wait(opportunity: Opportunity, known: Ledger, now: datetime) -> bool:
    """Return whether what changed since the reader was told must be told at once."""
    if is_withdrawal_to_tell(opportunity, known):
        return True
    if not takes_proposals(opportunity, now) or opportunity.missing_since is not None:
        return False
    told = known.told.get(opportunity.id)
    if told is not None and told.content_hash == opportunity.content_hash:
        return False  # what changed was changed back
    follows = opportunity.id in known.followed
    return any(_is_urgent(one, follows=follows) for one in known.changes.get(opportunity.id, ()))


def due_reminder(
    opportunity: Opportunity, known: Ledger, days_before: tuple[int, ...], now: datetime
) -> str | None:
    """Return the mark of the reminder that is due of a followed deadline; None where none is.

    One that was missed is made up for, but not where the reader began to follow it later.

    Args:
        opportunity: What may be followed.
        known: What the reader follows, and was reminded of.
        days_before: How many days before a deadline reminders are due.
        now: When it is asked.
    """
    since = known.followed.get(opportunity.id)
    upcoming = next_cutoff(opportunity, now)
    if since is None or upcoming is None or not takes_proposals(opportunity, now):
        return None
    left = (upcoming.day - _brussels_day(now)).days
    due = min((days for days in days_before if left <= days), default=None)
    if due is None or _brussels_day(since) >= upcoming.day - timedelta(days=due):
        return None
    sent = known.reminders.get(opportunity.id, frozenset())
    nearer = {_mark(upcoming.day, days) for days in days_before if days <= due}
    return None if sent & nearer else _mark(upcoming.day, due)


def _mark(deadline: date, days: int) -> str:
    return f"{deadline.isoformat()}/{days}"


def _is_urgent(change: Change, *, follows: bool) -> bool:
    if change.severity is not Severity.CRITICAL:
        return False
    if change.kind is ChangeKind.DEADLINE_LATER:
        return follows or _is_at_the_last(change)
    return change.kind in AT_ONCE


def _is_at_the_last(change: Change) -> bool:
    """Return whether a deadline was put off on its day, or the day before."""
    try:
        before = date.fromisoformat((change.before or "")[:10])
    except ValueError:
        return False
    return before - _brussels_day(change.detected_at) <= AT_THE_LAST


def _brussels_day(moment: datetime) -> date:
    return moment.astimezone(BRUSSELS).date()
