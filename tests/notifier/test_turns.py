"""Whose turn it is, by hand and by the scheduler."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.settings import Settings
from notifier.outbox import compose_due, compose_scheduled
from store.models import (
    Cadence,
    ChangeKind,
    DigestRun,
    Feedback,
    Match,
    Message,
    Purpose,
    ReviewStatus,
    Subscriber,
    SubscriberState,
    Subscription,
    Verdict,
)
from tests.notifier.conftest import World

MONDAY = datetime(2026, 5, 18, 6, tzinfo=UTC)
"""Eight in Oslo."""


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def written(world: World, reader: Subscriber) -> list[Purpose]:
    world.session.expire_all()
    query = select(Message.purpose).where(Message.subscriber_id == reader.id).order_by(Message.id)
    return list(world.session.scalars(query))


@pytest.mark.parametrize(
    ("columns", "now", "is_due"),
    [
        ({}, "2026-05-18T05:30", False),
        ({}, "2026-05-18T06:00", True),
        ({}, "2026-05-20T06:00", True),
        ({"weekday": "wed"}, "2026-05-20T05:30", False),
        ({"weekday": "wed", "hour": 7}, "2026-05-20T05:00", True),
        ({"time_zone": "America/New_York"}, "2026-05-18T11:30", False),
        ({"time_zone": "America/New_York"}, "2026-05-18T12:00", True),
        ({"time_zone": "Asia/Kolkata"}, "2026-05-18T02:30", True),
    ],
)
def test_a_reader_is_written_to_on_the_day_and_at_the_hour_of_their_own_zone(
    columns: dict[str, str | int], now: str, is_due: bool, world: World, settings: Settings
) -> None:
    profile, engine = world.profile(), world.engine
    reader = world.subscriber(profile, **columns)
    reader.subscriptions[0].scheduled_at = datetime(2026, 5, 16, tzinfo=UTC)
    world.match(profile, world.opportunity())
    composed = compose_scheduled(engine, settings, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert len(composed) == is_due


def test_what_comes_after_the_hour_waits_for_the_next_window(
    world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    reader = world.subscriber(profile)
    assert compose_scheduled(engine, settings, MONDAY) == []
    world.match(profile, world.opportunity())
    assert compose_scheduled(engine, settings, MONDAY + timedelta(days=1)) == []
    (composed,) = compose_scheduled(engine, settings, MONDAY + timedelta(days=7))
    assert composed.subscriber_id == reader.id


def test_by_hand_who_has_no_mail_of_the_window_is_asked_for_again(
    world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    world.subscriber(profile)
    assert compose_scheduled(engine, settings, MONDAY) == []
    world.match(profile, world.opportunity())
    assert len(compose_due(engine, settings, MONDAY + timedelta(days=1))) == 1


@pytest.mark.parametrize(("late", "is_made_up"), [(7, True), (8, False)])
def test_a_window_that_nobody_was_asked_for_is_made_up_for_a_week(
    late: int, is_made_up: bool, world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    world.subscriber(profile, cadence=Cadence.MONTHLY)
    world.match(profile, world.opportunity())
    first_monday = datetime(2026, 5, 4, 6, tzinfo=UTC)
    composed = compose_scheduled(engine, settings, first_monday + timedelta(days=late))
    assert len(composed) == is_made_up


def test_who_chooses_another_day_is_not_written_to_for_a_window_before_the_choice(
    world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    reader = world.subscriber(profile)
    compose_scheduled(engine, settings, MONDAY)
    reader.weekday = "sun"
    reader.subscriptions[0].scheduled_at = MONDAY + timedelta(hours=1)
    world.match(profile, world.opportunity())
    assert compose_scheduled(engine, settings, MONDAY + timedelta(hours=2)) == []
    assert len(compose_scheduled(engine, settings, MONDAY + timedelta(days=6))) == 1


def test_all_that_is_due_to_one_reader_goes_into_one_mail(
    world: World, engine: Engine, settings: Settings
) -> None:
    weekly, daily = world.profile("Weekly"), world.profile("Daily")
    reader = world.subscriber(weekly)
    reader.subscriptions.append(
        Subscription(
            profile=daily,
            cadence=Cadence.DAILY,
            scheduled_at=reader.created_at,
            created_at=reader.created_at,
        )
    )
    rows = {world.match(one, world.opportunity()).opportunity_id for one in (weekly, daily)}
    (composed,) = compose_scheduled(engine, settings, MONDAY)
    assert (set(composed.items), composed.cadence) == (rows, Cadence.WEEKLY)
    assert compose_scheduled(engine, settings, MONDAY + timedelta(minutes=30)) == []


def alarming(world: World, match: Match, at: datetime) -> None:
    """Move the deadline of an opportunity forward, by which its approval is reopened."""
    match.opportunity.content_hash = f"moved {at}"
    match.review_status = ReviewStatus.PENDING
    dates = {"before": "2026-10-01", "after": "2026-09-15"}
    world.change(match.opportunity, ChangeKind.DEADLINE_EARLIER, detected_at=at, **dates)


def test_an_alert_goes_out_between_two_digests_and_is_not_repeated_in_the_second(
    world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    reader = world.subscriber(profile)
    match = world.match(profile, world.opportunity())
    compose_scheduled(engine, settings, MONDAY)
    tuesday = MONDAY + timedelta(days=1)
    alarming(world, match, tuesday)
    (alert,) = compose_scheduled(engine, settings, tuesday + timedelta(hours=1))
    assert alert.subject == "1 deadline moved: Robots at sea"
    match.review_status = ReviewStatus.APPROVED
    match.content_hash = match.opportunity.content_hash
    world.session.commit()
    assert compose_scheduled(engine, settings, MONDAY + timedelta(days=7)) == []
    assert written(world, reader) == [Purpose.DIGEST, Purpose.ALERT]


def test_one_alert_in_an_hour_is_the_most(world: World, engine: Engine, settings: Settings) -> None:
    profile = world.profile()
    world.subscriber(profile)
    match = world.match(profile, world.opportunity())
    compose_scheduled(engine, settings, MONDAY)
    noon = MONDAY + timedelta(days=1, hours=4)
    for minutes, expected in ((5, 1), (35, 0), (65, 1)):
        at = noon + timedelta(minutes=minutes)
        if minutes < 60:
            alarming(world, match, at)
        assert len(compose_scheduled(engine, settings, at)) == expected


def test_a_reminder_waits_for_the_readers_hour(
    world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    reader = world.subscriber(profile, wants_quiet_notes=False)
    match = world.match(profile, world.opportunity())
    compose_scheduled(engine, settings, MONDAY)
    useful = Feedback(match_id=match.id, subscriber_id=reader.id, at=MONDAY, verdict=Verdict.USEFUL)
    world.session.add(useful)
    world.session.commit()
    thirty_days_before = datetime(2026, 8, 16, tzinfo=UTC)
    assert compose_scheduled(engine, settings, thirty_days_before + timedelta(hours=5)) == []
    (reminder,) = compose_scheduled(engine, settings, thirty_days_before + timedelta(hours=6))
    assert reminder.subject == "1 deadline near: Robots at sea"
    assert compose_scheduled(engine, settings, thirty_days_before + timedelta(hours=9)) == []


def test_an_instant_subscription_tells_within_the_hour(
    world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    world.subscriber(profile, cadence=Cadence.INSTANT)
    world.match(profile, world.opportunity())
    (composed,) = compose_scheduled(engine, settings, MONDAY + timedelta(days=2, hours=5))
    assert (composed.subject, composed.purpose) == ("1 new: Robots at sea", Purpose.DIGEST)


def test_after_weeks_without_a_mail_a_reader_is_told_once_that_we_still_look(
    world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    reader = world.subscriber(profile)
    world.opportunity("Fits nobody")
    moments = [MONDAY + timedelta(weeks=week) for week in range(12)]
    composed = [one for at in moments for one in compose_scheduled(engine, settings, at)]
    assert [one.purpose for one in composed] == [Purpose.QUIET]
    assert composed[0].subject == "Nothing new since 1 May 2026; we are still looking"
    assert "1 EU funding opportunity is open or announced" in composed[0].text
    assert written(world, reader) == [Purpose.QUIET]


@pytest.mark.parametrize("declined", ["by the reader", "by the installation", "by a pause"])
def test_a_quiet_note_is_declined(
    declined: str, world: World, engine: Engine, settings: Settings
) -> None:
    paused = {"state": SubscriberState.PAUSED, "paused_until": MONDAY + timedelta(weeks=99)}
    columns: dict[str, dict[str, Any]] = {
        "by the reader": {"wants_quiet_notes": False},
        "by a pause": paused,
    }
    world.subscriber(world.profile(), **columns.get(declined, {}))
    if declined == "by the installation":
        settings = settings.model_copy(update={"quiet_weeks": 0})
    assert compose_scheduled(engine, settings, MONDAY + timedelta(weeks=20)) == []


@pytest.mark.parametrize(
    ("wish", "is_told"),
    [
        ({"programmes": ["horizon_europe"]}, True),
        ({"programmes": ["erasmus_plus"]}, False),
        ({"action_types": ["RIA"]}, True),
        ({"action_types": ["CSA"]}, False),
        ({"least_band": "good"}, True),
        ({"least_band": "strong"}, False),
    ],
)
def test_a_subscription_lets_through_what_its_reader_wants(
    wish: dict[str, object], is_told: bool, world: World, engine: Engine, settings: Settings
) -> None:
    profile = world.profile()
    (followed,) = world.subscriber(profile).subscriptions
    for name, value in wish.items():
        setattr(followed, name, value)
    world.match(profile, world.opportunity(), band="good")
    assert len(compose_due(engine, settings, MONDAY)) == is_told


def test_a_window_that_is_done_with_is_kept_and_an_hourly_one_is_not(
    world: World, engine: Engine, settings: Settings
) -> None:
    world.subscriber(world.profile())
    world.subscriber(world.profile(), cadence=Cadence.INSTANT)
    compose_scheduled(engine, settings, MONDAY)
    (run,) = world.session.scalars(select(DigestRun))
    assert (run.cadence, run.window_end, run.finished_at) == (Cadence.WEEKLY, MONDAY, MONDAY)
