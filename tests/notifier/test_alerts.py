"""What is told before its turn: critical changes of what a reader knows, and reminders."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifier.digest import Digest, Heading, Reader, compose
from notifier.render import Links, render
from store.digests import Ledger, Told
from store.models import (
    Cadence,
    Change,
    ChangeKind,
    Match,
    ReviewStatus,
    Severity,
    Status,
)
from tests.notifier.conftest import World, cutoff

READER = Reader(1, "en", ZoneInfo("Europe/Oslo"), reminder_days=(30, 14, 3))
DEADLINE = date(2026, 9, 15)


def alert(known: Ledger, now: datetime, reader: Reader = READER) -> Digest | None:
    return compose([], known, reader, Cadence.INSTANT, now)


def change(kind: ChangeKind, at: datetime, **columns: str) -> Change:
    values = {"severity": Severity.CRITICAL, "field": "cutoffs", "detected_at": at} | columns
    return Change(kind=kind, **values)


def told_of(match: Match, at: datetime, *changes: Change, content: str = "old") -> Ledger:
    number = match.opportunity_id
    return Ledger({number: Told(content, at)}, frozenset(), {number: changes}, matches=[match])


def followed(match: Match, since: datetime, *changes: Change) -> Ledger:
    number = match.opportunity_id
    return Ledger({}, frozenset(), {number: changes}, {number: since}, matches=[match])


@pytest.fixture
def match(world: World) -> Match:
    """A match whose approval was reopened by the change: an alert does not wait for it."""
    return world.match(world.profile(), world.opportunity(), review_status=ReviewStatus.PENDING)


@pytest.mark.parametrize(
    ("kind", "before", "says"),
    [
        (ChangeKind.DEADLINE_EARLIER, "2026-10-01", "the deadline moved earlier"),
        (ChangeKind.DEADLINE_REMOVED, "2026-10-01", "a deadline was removed"),
        (ChangeKind.DEADLINE_LATER, "2026-05-20", "the deadline moved later"),
        (ChangeKind.DEADLINE_LATER, "2026-05-21", "the deadline moved later"),
        (ChangeKind.RETURNED, "withdrawn", "on offer again"),
    ],
)
def test_what_cannot_wait_is_told_at_once_to_who_was_told(
    kind: ChangeKind, before: str, says: str, match: Match, now: datetime
) -> None:
    digest = alert(told_of(match, now, change(kind, now, before=before)), now)
    assert digest is not None
    assert digest.is_alert
    (entry,) = digest.entries
    assert entry.changes[0].startswith(says)
    assert entry.why == ()
    assert entry.also == (match.profile.name,)


@pytest.mark.parametrize(
    ("kind", "severity", "before"),
    [
        (ChangeKind.DEADLINE_LATER, Severity.CRITICAL, "2026-05-22"),
        (ChangeKind.DEADLINE_EARLIER, Severity.NOISE, "2026-10-01"),
        (ChangeKind.BUDGET, Severity.NOTABLE, "1"),
        (ChangeKind.TEXT, Severity.NOTABLE, "text"),
    ],
)
def test_what_can_wait_waits_for_the_digest(
    kind: ChangeKind, severity: Severity, before: str, match: Match, now: datetime
) -> None:
    waits = change(kind, now, severity=severity, before=before)
    assert alert(told_of(match, now, waits), now) is None


def test_who_follows_an_item_hears_of_every_deadline_that_moves(
    match: Match, now: datetime
) -> None:
    later = change(ChangeKind.DEADLINE_LATER, now, before="2026-08-01", after="2026-09-15")
    digest = alert(followed(match, now, later), now)
    assert digest is not None
    assert digest.entries[0].changes == (
        "the deadline moved later, from 1 August 2026 to 15 September 2026",
    )


def test_what_was_changed_back_is_not_told(match: Match, now: datetime) -> None:
    earlier = change(ChangeKind.DEADLINE_EARLIER, now, before="2026-10-01")
    back = change(ChangeKind.DEADLINE_LATER, now, before="2026-09-01")
    same = match.opportunity.content_hash
    assert alert(told_of(match, now, earlier, back, content=same), now) is None


def test_a_withdrawal_is_told_once(match: Match, now: datetime) -> None:
    match.opportunity.withdrawn_at = match.opportunity.missing_since = now
    gone = change(ChangeKind.WITHDRAWN, now)
    digest = alert(told_of(match, now, gone, content="one"), now)
    assert digest is not None
    (entry,) = digest.entries
    assert entry.changes == ("withdrawn: it is no longer on offer",)
    rendered = render(digest, Links(""))
    assert rendered.subject == "1 withdrawn: Robots at sea"
    for part in (rendered.text, rendered.html):
        assert not re.search("days left|Budget|You may", part)
    assert alert(told_of(match, now, content=entry.content_hash), now) is None


def test_what_was_withdrawn_and_came_back_is_told_again(match: Match, now: datetime) -> None:
    back = change(ChangeKind.RETURNED, now, before="withdrawn")
    digest = alert(told_of(match, now, back, content="one/withdrawn"), now)
    assert digest is not None
    assert digest.entries[0].changes == ("on offer again",)


@pytest.mark.parametrize("state", ["closed", "missing", "dismissed", "declined"])
def test_nobody_is_alerted_of_what_they_cannot_use_or_do_not_want(
    state: str, match: Match, now: datetime
) -> None:
    known = told_of(match, now, change(ChangeKind.DEADLINE_EARLIER, now, before="2026-10-01"))
    reader = READER
    if state == "closed":
        match.opportunity.status = Status.CLOSED
    if state == "missing":
        match.opportunity.missing_since = now
    if state == "dismissed":
        known = Ledger(
            known.told, frozenset([match.opportunity_id]), known.changes, matches=[match]
        )
    if state == "declined":
        reader = Reader(1, "en", ZoneInfo("Europe/Oslo"), alerts=False)
    assert alert(known, now, reader) is None


def test_the_subject_of_an_alert_says_what_moved(match: Match, now: datetime) -> None:
    earlier = change(ChangeKind.DEADLINE_EARLIER, now, before="2026-10-01", after="2026-09-15")
    digest = alert(told_of(match, now, earlier), now)
    assert digest is not None
    rendered = render(digest, Links(""))
    assert rendered.subject == "1 deadline moved: Robots at sea"
    assert "You get this because it concerns what you were told of" in rendered.text


@pytest.mark.parametrize(
    ("days_left", "mark"),
    [(31, None), (30, "30"), (20, "30"), (14, "14"), (4, "14"), (3, "3"), (0, "3")],
)
def test_who_follows_a_deadline_is_reminded_as_it_comes_near(
    days_left: int, mark: str | None, match: Match, now: datetime
) -> None:
    at = datetime(2026, 9, 15, 6, tzinfo=now.tzinfo) - timedelta(days=days_left)
    digest = alert(followed(match, now), at)
    found = digest.entries[0].reminder if digest else None
    assert found == (mark and f"{DEADLINE.isoformat()}/{mark}")
    if digest:
        assert [section.heading for section in digest.sections] == [Heading.FOLLOWED]
        assert render(digest, Links("")).subject == "1 deadline near: Robots at sea"


@pytest.mark.parametrize(
    ("sent", "due"), [("2026-09-15/14", None), ("2026-09-15/30", "14"), ("2026-09-01/3", "14")]
)
def test_a_deadline_is_brought_to_mind_once_for_each_distance(
    sent: str, due: str | None, match: Match, now: datetime
) -> None:
    number = match.opportunity_id
    known = Ledger({}, frozenset(), {}, {number: now}, {number: frozenset([sent])}, matches=[match])
    digest = alert(known, datetime(2026, 9, 3, 6, tzinfo=now.tzinfo))
    assert (digest.entries[0].reminder if digest else None) == (due and f"2026-09-15/{due}")


def test_who_begins_to_follow_late_is_not_reminded_at_once(match: Match, now: datetime) -> None:
    at = datetime(2026, 9, 3, 6, tzinfo=now.tzinfo)
    assert alert(followed(match, at), at + timedelta(hours=1)) is None


def test_a_reminder_also_tells_what_changed_and_was_not_told(match: Match, now: datetime) -> None:
    number = match.opportunity_id
    waits = change(ChangeKind.BUDGET, now, severity=Severity.NOTABLE)
    known = Ledger(
        {number: Told("old", now)}, frozenset(), {number: [waits]}, {number: now}, {}, [match]
    )
    digest = alert(known, datetime(2026, 9, 3, 6, tzinfo=now.tzinfo))
    assert digest is not None
    assert digest.entries[0].changes == ("the budget changed",)


def test_a_digest_carries_what_cannot_wait_with_it(world: World, now: datetime) -> None:
    profile = world.profile()
    moved = world.match(profile, world.opportunity("Moved"), review_status=ReviewStatus.PENDING)
    near = world.match(profile, world.opportunity("Near", cutoffs=[cutoff(date(2026, 6, 2))]))
    new = world.match(profile, world.opportunity("New"))
    earlier = change(ChangeKind.DEADLINE_EARLIER, now, before="2026-10-01")
    known = Ledger(
        {moved.opportunity_id: Told("old", now), near.opportunity_id: Told("one", now)},
        frozenset(),
        {moved.opportunity_id: [earlier]},
        {near.opportunity_id: now - timedelta(days=30)},
        matches=[moved, near],
    )
    digest = compose([near, new], known, READER, Cadence.WEEKLY, now)
    assert digest is not None
    assert {s.heading: [e.title for e in s.entries] for s in digest.sections} == {
        Heading.CHANGED: ["Moved"],
        Heading.FOLLOWED: ["Near"],
        Heading.NEW: ["New"],
    }
    subject = render(digest, Links("")).subject
    assert subject == "1 deadline moved, 1 deadline near, 1 new: Moved"
