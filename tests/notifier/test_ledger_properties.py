"""Random histories of one reader: what no history may lead to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.cadence import WEEKDAYS, Rhythm, Window, latest_window
from notifier.outbox import compose_due, compose_scheduled
from store.db import open_engine, upgrade
from store.models import (
    Base,
    Cadence,
    ChangeKind,
    Feedback,
    Match,
    Message,
    MessageItem,
    MessageState,
    Opportunity,
    Purpose,
    ReviewStatus,
    Severity,
    Status,
    Verdict,
)
from store.opportunities import takes_proposals
from tests.notifier.conftest import World

START = datetime(2026, 5, 18, 6, tzinfo=UTC)
ZONES = (
    "Europe/Oslo", "Europe/Lisbon", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/New_York", "Atlantic/Azores", "Pacific/Apia", "UTC",
)  # fmt: skip
EVENTS = (
    "arrive", "arrive", "budget", "earlier", "jitter", "withdraw", "come_back", "close", "dismiss",
    "useful", "approve", "fail", "compose", "compose", "compose", "schedule", "schedule",
)  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('history')}/history.db")
    upgrade(engine)
    yield engine
    engine.dispose()


class History:
    """One reader of one profile, and what happens around them."""

    def __init__(self, engine: Engine, session: Session) -> None:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
        self.engine, self.session, self.now = engine, session, START
        self.world = World(session)
        self.profile = self.world.profile()
        self.reader = self.world.subscriber(self.profile)
        self.settings = Settings(_env_file=None, mail_from="Callwatch <callwatch@example.org>")
        self.dismissed_at: dict[int, datetime] = {}

    def happen(self, event: str, pick: int, hours: int) -> None:
        self.now += timedelta(hours=hours)
        matches = self.session.scalars(select(Match).order_by(Match.id)).all()
        if event == "arrive":
            self.world.match(self.profile, self.world.opportunity(f"Item {len(matches)}"))
        elif event in ("compose", "schedule", "fail"):
            getattr(self, event)()
        elif matches:
            getattr(self, event)(matches[pick % len(matches)])
        self.session.commit()
        self.session.expire_all()

    def budget(self, match: Match) -> None:
        self._changed(match, ChangeKind.BUDGET, Severity.NOTABLE)

    def earlier(self, match: Match) -> None:
        self._changed(match, ChangeKind.DEADLINE_EARLIER, Severity.CRITICAL)

    def jitter(self, match: Match) -> None:
        self._changed(match, ChangeKind.OTHER, Severity.NOISE)

    def withdraw(self, match: Match) -> None:
        match.opportunity.withdrawn_at = match.opportunity.missing_since = self.now
        self._noted(match, ChangeKind.WITHDRAWN, Severity.CRITICAL)

    def come_back(self, match: Match) -> None:
        if match.opportunity.withdrawn_at is None:
            return
        match.opportunity.withdrawn_at = match.opportunity.missing_since = None
        self._noted(match, ChangeKind.RETURNED, Severity.CRITICAL)

    def close(self, match: Match) -> None:
        match.opportunity.status = Status.CLOSED

    def dismiss(self, match: Match) -> None:
        self._said(match, Verdict.DISMISSED)
        self.dismissed_at.setdefault(match.opportunity_id, self.now)

    def useful(self, match: Match) -> None:
        self._said(match, Verdict.USEFUL)

    def approve(self, match: Match) -> None:
        match.review_status = ReviewStatus.APPROVED
        match.content_hash = match.opportunity.content_hash

    def fail(self) -> None:
        last = self.session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).first()
        if last is not None:
            last.state = MessageState.EXPIRED

    def compose(self) -> None:
        self._check(compose_due)

    def schedule(self) -> None:
        self._check(compose_scheduled)

    def _check(self, composing: object) -> None:
        before = len(self._told())
        assert callable(composing)
        self.session.commit()
        composing(self.engine, self.settings, self.now)
        self.session.expire_all()
        for item in self._told()[before:]:
            opportunity = self.session.get_one(Opportunity, item.opportunity_id)
            assert opportunity.id not in self.dismissed_at, "told after it was dismissed"
            is_over = not takes_proposals(opportunity, self.now)
            assert not is_over or item.content_hash.endswith("/withdrawn"), "told when closed"
        for message in self.session.scalars(select(Message)):
            assert message.items or message.purpose is Purpose.QUIET, "empty"

    def told_contents(self) -> dict[int, list[str]]:
        """Return what was told of each item, reminders left out, of mails that arrived."""
        told: dict[int, list[str]] = {}
        for item in self._told():
            if item.reminder is None and item.message.state is not MessageState.EXPIRED:
                told.setdefault(item.opportunity_id, []).append(item.content_hash)
        return told

    def _told(self) -> list[MessageItem]:
        query = select(MessageItem).join(Message).order_by(Message.id, MessageItem.opportunity_id)
        return list(self.session.scalars(query))

    def _changed(self, match: Match, kind: ChangeKind, severity: Severity) -> None:
        match.opportunity.content_hash = f"{kind} {self.now}"
        self._noted(match, kind, severity)
        match.review_status = ReviewStatus.PENDING

    def _noted(self, match: Match, kind: ChangeKind, severity: Severity) -> None:
        self.world.change(match.opportunity, kind, severity=severity, detected_at=self.now)

    def _said(self, match: Match, verdict: Verdict) -> None:
        self.session.add(
            Feedback(match_id=match.id, subscriber_id=self.reader.id, at=self.now, verdict=verdict)
        )


@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a history takes minutes
)
@given(
    st.lists(
        st.tuples(st.sampled_from(EVENTS), st.integers(0, 5), st.integers(1, 200)),
        min_size=4,
        max_size=24,
    )
)
def test_nothing_is_told_twice_unchanged_nor_after_dismissal_nor_when_closed(
    database: Engine, events: list[tuple[str, int, int]]
) -> None:
    with Session(database) as session:
        history = History(database, session)
        for event, pick, hours in events:
            history.happen(event, pick, hours)
        for contents in history.told_contents().values():
            assert all(before != after for before, after in pairwise(contents)), contents


rhythms = st.builds(
    Rhythm, st.sampled_from(ZONES).map(ZoneInfo), st.sampled_from(WEEKDAYS), st.integers(0, 23)
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone beside


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(Cadence)), rhythms, moments)
def test_windows_follow_each_other_without_gap_or_overlap_in_any_zone(
    cadence: Cadence, rhythm: Rhythm, now: datetime
) -> None:
    window = latest_window(cadence, now, rhythm)
    assert window.start < window.end <= now
    assert latest_window(cadence, window.end, rhythm) == window
    before = latest_window(cadence, window.end - timedelta(microseconds=1), rhythm)
    assert before.end == window.start


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES).map(ZoneInfo), st.integers(0, 23), moments)
def test_a_day_has_one_window_also_when_the_clocks_change(
    zone: ZoneInfo, hour: int, now: datetime
) -> None:
    rhythm, ends = Rhythm(zone, "mon", hour), list[Window]()
    window = latest_window(Cadence.DAILY, now, rhythm)
    for _ in range(30):
        ends.append(window)
        window = latest_window(Cadence.DAILY, window.start, rhythm)
    days = [one.end.astimezone(zone).date() for one in ends]
    assert len(set(days)) == len(days)
