"""A reader's calendar: deadlines as a crawl finds them, and what is published of them."""

from datetime import date, datetime
from typing import Any

from pydantic import HttpUrl
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines, InternalRule
from config.settings import Settings
from notifier.outbox import compose_due
from notifier.publishing import Publisher
from store.collected import CollectedCutoff
from store.models import Message, OpenTo, Origin, Subscriber
from tests.calendars import events_of
from tests.notifier.conftest import World

RULE = InternalRule(
    id="faculty",
    institution="NTNU",
    name="notice to the faculty",
    label="the university's own deadline",
    days_before=104,
    counted="calendar_days",
    enabled=True,
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    source=HttpUrl("https://example.org/rules"),
)
OWN = Publisher(InternalDeadlines(rules=(RULE,)), Settings(_env_file=None))
PLAIN = Publisher(InternalDeadlines(rules=()), Settings(_env_file=None))


def cutoff(day: str, hour: int = 15, **values: Any) -> CollectedCutoff:
    at = datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")
    known = {"stage": None, "origin": Origin.STATED, "rule_id": None, "open_to": OpenTo.ALL}
    return CollectedCutoff(day=date.fromisoformat(day), deadline=at, **known | values)


def events(session: Session, reader: Subscriber, now: datetime, by: Publisher) -> list[Any]:
    session.expire_all()
    return events_of(by.calendar(session, reader.id, now).body)


def told(world: World, engine: Engine, settings: Settings, now: datetime) -> Message:
    world.session.commit()
    assert len(compose_due(engine, settings, now)) == 1
    world.session.expire_all()
    return world.session.query(Message).one()
