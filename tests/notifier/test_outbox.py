"""What a run composes, for whom, and what it does not say twice."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text

from config.settings import Settings
from notifier.outbox import compose_due, plan_due
from store.models import (
    Cadence,
    DigestRun,
    Feedback,
    MessageItem,
    MessageState,
    ReviewStatus,
    SubscriberState,
    Verdict,
)
from tests.notifier.conftest import World, messages


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def test_the_same_run_twice_composes_nothing_twice(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile = world.profile()
    world.subscriber(profile)
    world.match(profile, world.opportunity())
    (composed,) = compose_due(engine, settings, now)
    assert composed.subject == "1 new: Robots at sea"
    world.match(profile, world.opportunity("Approved later in the same week"))
    assert compose_due(engine, settings, now + timedelta(hours=3)) == []
    assert [m.id for m in messages(world.session)] == [composed.message_id]


def test_who_subscribes_after_the_window_ended_is_still_written_to(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile = world.profile()
    world.match(profile, world.opportunity())
    assert compose_due(engine, settings, now) == []
    world.subscriber(profile)
    assert len(compose_due(engine, settings, now)) == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (b"\r\nContent-Language: en\r\n", b"Tuesday 15 September 2026, 17:00 Brussels time"),
        ),
        ("nb", (b"\r\nContent-Language: nb\r\n", b"tirsdag 15. september 2026 kl. 17.00 Brussel")),
        ("no", (b"\r\nContent-Language: nb\r\n", b"tirsdag 15. september 2026 kl. 17.00 Brussel")),
        (
            "de",
            (b"\r\nContent-Language: en\r\n", b"Tuesday 15 September 2026, 17:00 Brussels time"),
        ),
    ],
)
def test_a_mail_is_in_its_readers_language_or_in_english(  # noqa: PLR0917 - pytest names them
    world: World,
    engine: Engine,
    settings: Settings,
    now: datetime,
    language: str,
    said: tuple[bytes, ...],
) -> None:
    profile = world.profile()
    world.subscriber(profile, language=language)
    world.match(profile, world.opportunity())
    compose_due(engine, settings, now)
    (message,) = messages(world.session)
    assert all(words in message.body for words in said)


def test_nothing_to_say_is_no_mail(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile = world.profile()
    world.subscriber(profile)
    for status in set(ReviewStatus) - {ReviewStatus.APPROVED}:
        world.match(profile, world.opportunity(), review_status=status)
    world.match(profile, world.opportunity(), current=False)
    assert compose_due(engine, settings, now) == []
    assert messages(world.session) == []


@pytest.mark.parametrize(
    "state", [SubscriberState.PENDING, SubscriberState.STOPPED, SubscriberState.BOUNCED]
)
def test_who_is_not_active_gets_no_mail(
    state: SubscriberState, world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile = world.profile()
    world.subscriber(profile, state=state)
    world.match(profile, world.opportunity())
    assert compose_due(engine, settings, now) == []


def test_a_pause_ends_by_itself(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile = world.profile()
    world.subscriber(profile, state=SubscriberState.PAUSED, paused_until=now + timedelta(days=1))
    world.match(profile, world.opportunity())
    assert compose_due(engine, settings, now) == []
    assert len(compose_due(engine, settings, now + timedelta(days=1))) == 1


def test_what_was_told_is_not_told_again_until_it_changes(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile = world.profile()
    world.subscriber(profile)
    match = world.match(profile, world.opportunity())
    compose_due(engine, settings, now)
    assert compose_due(engine, settings, now + timedelta(days=7)) == []
    match.opportunity.content_hash = "two"
    world.session.commit()
    assert compose_due(engine, settings, now + timedelta(days=14)) == []  # approved as it was
    match.content_hash = "two"
    world.session.commit()
    (again,) = compose_due(engine, settings, now + timedelta(days=14))
    assert again.subject.startswith("1 changed: ")
    assert compose_due(engine, settings, now + timedelta(days=21)) == []


def test_what_never_arrived_is_told_in_the_next_window(
    world: World, engine: Engine, settings: Settings, now: datetime, later: datetime
) -> None:
    profile = world.profile()
    world.subscriber(profile)
    world.match(profile, world.opportunity())
    compose_due(engine, settings, now)
    messages(world.session)[0].state = MessageState.EXPIRED
    world.session.commit()
    assert compose_due(engine, settings, now) == []
    (again,) = compose_due(engine, settings, later)
    assert again.subject == "1 new: Robots at sea"


def test_what_a_reader_dismissed_is_kept_from_that_reader_only(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile, other = world.profile("One"), world.profile("Two")
    dismisses, reads = world.subscriber(profile, other), world.subscriber(profile)
    row = world.opportunity()
    match = world.match(profile, row)
    world.match(other, row)
    world.session.add(
        Feedback(match_id=match.id, subscriber_id=dismisses.id, at=now, verdict=Verdict.DISMISSED)
    )
    world.session.commit()
    assert [c.subscriber_id for c in compose_due(engine, settings, now)] == [reads.id]


def test_one_mail_tells_of_all_profiles_of_a_cadence(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profiles = [world.profile(name) for name in ("One", "Two")]
    world.subscriber(*profiles)
    rows = [world.match(profile, world.opportunity()).opportunity_id for profile in profiles]
    (composed,) = compose_due(engine, settings, now)
    assert sorted(composed.items) == rows
    kept = world.session.scalars(select(MessageItem.opportunity_id)).all()
    assert sorted(kept) == rows


def test_a_dry_run_says_the_same_and_writes_nothing(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    profile = world.profile()
    world.subscriber(profile, cadence=Cadence.DAILY)
    world.match(profile, world.opportunity())
    (planned,) = plan_due(engine, settings, now)
    assert messages(world.session) == []
    assert world.session.scalars(select(DigestRun)).all() == []
    (composed,) = compose_due(engine, settings, now)
    assert planned.message_id is None
    assert (planned.subject, planned.items) == (composed.subject, composed.items)


def test_one_readers_broken_data_keeps_nobody_else_from_their_mail(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    broken, whole = world.profile("Broken"), world.profile("Whole")
    world.subscriber(broken)
    reads = world.subscriber(whole)
    world.match(broken, world.opportunity(), band="unheard of")
    world.match(whole, world.opportunity())
    failed, composed = compose_due(engine, settings, now)
    assert failed.failure == "ValueError"
    assert composed.subscriber_id == reads.id
    assert composed.failure is None


def test_what_cannot_even_be_read_keeps_nobody_else_from_their_mail(
    world: World, engine: Engine, settings: Settings, now: datetime
) -> None:
    broken, whole = world.profile("Broken"), world.profile("Whole")
    unread, reads = world.subscriber(broken), world.subscriber(whole)
    lost = world.match(broken, world.opportunity())
    world.match(whole, world.opportunity())
    world.session.execute(
        text("UPDATE match SET basis = 'no such' WHERE id = :id"), {"id": lost.id}
    )
    world.session.commit()
    failed, composed = compose_due(engine, settings, now)
    assert (failed.subscriber_id, failed.failure) == (unread.id, "LookupError")
    assert (composed.subscriber_id, composed.failure) == (reads.id, None)


def test_readers_of_one_profile_keep_each_their_own_ledger(
    world: World, engine: Engine, settings: Settings, now: datetime, later: datetime
) -> None:
    profile = world.profile()
    first, second = world.subscriber(profile), world.subscriber(profile)
    old, other = (world.match(profile, world.opportunity()) for _ in range(2))
    no = Feedback(match_id=other.id, subscriber_id=second.id, at=now, verdict=Verdict.DISMISSED)
    world.session.add(no)
    world.session.commit()
    told = {one.subscriber_id: set(one.items) for one in compose_due(engine, settings, now)}
    both = {old.opportunity_id, other.opportunity_id}
    assert told == {first.id: both, second.id: {old.opportunity_id}}
    third = world.subscriber(profile)
    told = {one.subscriber_id: set(one.items) for one in compose_due(engine, settings, later)}
    assert told == {third.id: both}
