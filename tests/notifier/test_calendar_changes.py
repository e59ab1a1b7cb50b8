"""What becomes of an event that is in a person's calendar: moved, cancelled, past."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from store.models import (
    Change,
    ChangeKind,
    MessageState,
    Opportunity,
    Revision,
    Severity,
    Subscriber,
)
from tests.notifier.conftest import Crawl, World
from tests.notifier.published import OWN, PLAIN, cutoff, events, told

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def test_a_moved_deadline_is_the_same_event_later(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2026-09-15"))
    before = events(session, reader, now, OWN)
    crawl(cutoff("2026-10-13"), after=1, topic_id="RENAMED-01")
    after = events(session, reader, now, OWN)
    assert [one["UID"] for one in after] == [one["UID"] for one in before]
    assert [one["SEQUENCE"] for one in after] == [1, 1]
    assert after[0].decoded("DTSTART") == datetime(2026, 10, 13, 17, tzinfo=BRUSSELS)
    assert after[1].decoded("DTSTART") == date(2026, 7, 1)
    assert after[0].decoded("DTSTAMP") == now + timedelta(hours=1)


def test_a_withdrawn_opportunity_is_cancelled_for_who_was_told(  # noqa: PLR0917 - pytest names them
    world: World,
    crawl: Crawl,
    engine: Engine,
    settings: Settings,
    reader: Subscriber,
    now: datetime,
) -> None:
    row = crawl(cutoff("2026-09-15"))
    told(world, engine, settings, now)
    (before,) = events(world.session, reader, now, PLAIN)
    withdraw(world, row, now + timedelta(hours=1))
    official, own = events(world.session, reader, now, OWN)
    assert (official["UID"], official["STATUS"]) == (before["UID"], "CANCELLED")
    assert official["SEQUENCE"] > before["SEQUENCE"]
    assert official["SUMMARY"].startswith("Cancelled – ")
    assert own["STATUS"] == "CANCELLED"
    crawl(cutoff("2026-09-15"), after=2)
    (again,) = events(world.session, reader, now, PLAIN)
    assert (again["UID"], again["STATUS"]) == (before["UID"], "CONFIRMED")
    assert again["SEQUENCE"] > official["SEQUENCE"]


def withdraw(world: World, row: Opportunity, at: datetime) -> None:
    revision = world.session.query(Revision).filter_by(opportunity_id=row.id).first()
    assert revision
    world.session.add(
        Change(
            opportunity_id=row.id,
            revision_id=revision.id,
            kind=ChangeKind.WITHDRAWN,
            severity=Severity.CRITICAL,
            field="status",
            detected_at=at,
        )
    )
    row.missing_since = row.withdrawn_at = at
    world.session.commit()


def test_what_is_withdrawn_before_anybody_was_told_is_left_out(
    world: World, crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    withdraw(world, crawl(cutoff("2026-09-15")), now)
    assert events(session, reader, now, PLAIN) == []


def test_nobody_may_apply_any_more_cancels_once_it_was_told(  # noqa: PLR0917 - pytest names them
    world: World,
    crawl: Crawl,
    engine: Engine,
    settings: Settings,
    reader: Subscriber,
    now: datetime,
) -> None:
    crawl(cutoff("2026-09-15"))
    message = told(world, engine, settings, now)
    (before,) = events(world.session, reader, now, PLAIN)
    message.items[0].content_hash += "/barred"
    world.session.commit()
    (after,) = events(world.session, reader, now, PLAIN)
    assert (after["STATUS"], after["UID"]) == ("CANCELLED", before["UID"])
    message.state = MessageState.EXPIRED
    world.session.commit()
    (unheard,) = events(world.session, reader, now, PLAIN)
    assert unheard["STATUS"] == "CONFIRMED"
    assert unheard["SEQUENCE"] > after["SEQUENCE"]


@pytest.mark.parametrize("days", [119, 207, 209])
def test_a_date_stays_for_a_while_after_it_has_passed(  # noqa: PLR0917 - pytest names them
    world: World,
    crawl: Crawl,
    engine: Engine,
    settings: Settings,
    reader: Subscriber,
    now: datetime,
    days: int,
) -> None:
    crawl(cutoff("2026-09-15"))
    told(world, engine, settings, now)
    found = events(world.session, reader, now + timedelta(days=days), PLAIN)
    assert [one["STATUS"] for one in found] == (["CONFIRMED"] if days < 208 else [])
