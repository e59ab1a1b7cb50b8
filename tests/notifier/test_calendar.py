"""A person's calendar, read back with a library that knows the standard."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import AnyHttpUrl, HttpUrl
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines, InternalRule
from config.settings import Settings
from notifier.outbox import compose_due
from notifier.publishing import Publisher
from store.collected import Collected, CollectedCutoff
from store.collecting import keep_page
from store.crawl_runs import start_run
from store.models import (
    Change,
    ChangeKind,
    Feedback,
    Message,
    MessageState,
    OpenTo,
    Opportunity,
    Origin,
    Profile,
    Revision,
    Severity,
    Subscriber,
    Verdict,
)
from store.tokens import calendar_token, signing_key
from tests.calendars import calendar_of, events_of
from tests.notifier.conftest import World
from tests.store.records import topic_record

BRUSSELS = ZoneInfo("Europe/Brussels")
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


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def cutoff(day: str, hour: int = 15, **values: Any) -> CollectedCutoff:
    at = datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")
    known = {"stage": None, "origin": Origin.STATED, "rule_id": None, "open_to": OpenTo.ALL}
    return CollectedCutoff(day=date.fromisoformat(day), deadline=at, **known | values)


@pytest.fixture
def profile(world: World) -> Profile:
    return world.profile()


@pytest.fixture
def reader(world: World, profile: Profile) -> Subscriber:
    return world.subscriber(profile)


Crawl = Callable[..., Opportunity]


@pytest.fixture
def crawl(world: World, profile: Profile, now: datetime) -> Crawl:
    """Return a function that keeps a record as a crawl does, and lets an adviser approve it."""

    def crawled(*cutoffs: CollectedCutoff, after: int = 0, **fields: Any) -> Opportunity:
        record: Collected = topic_record(
            **{"title": "Robots at sea", "cutoffs": cutoffs, "url": "https://example.org/t"}
            | fields
        )
        at, session = now + timedelta(hours=after), world.session
        keep_page(session, start_run(session, "horizon_europe", at), [record], at)
        session.commit()
        row = session.query(Opportunity).filter_by(reference=record.reference).one()
        matches = [m for m in profile.matches if m.opportunity_id == row.id]
        for match in matches:
            match.content_hash = row.content_hash
        if not matches:
            world.match(profile, row)
        session.commit()
        return row

    return crawled


def events(session: Session, reader: Subscriber, now: datetime, by: Publisher) -> list[Any]:
    session.expire_all()
    return events_of(by.calendar(session, reader.id, now).body)


def test_a_deadline_is_an_event_in_brussels_time(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2026-09-15"))
    body = PLAIN.calendar(session, reader.id, now).body
    assert b"DTSTART;TZID=Europe/Brussels:20260915T170000\r\n" in body
    assert body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    calendar = calendar_of(body)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Brussels"
    (event,) = calendar.walk("VEVENT")
    assert event["SUMMARY"] == "Deadline: Robots at sea"
    assert event.decoded("DTSTART") == datetime(2026, 9, 15, 17, tzinfo=BRUSSELS)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert event["URL"] == "https://example.org/t"
    assert "Ocean Robotics" in event["DESCRIPTION"]
    assert "METHOD" not in calendar


def test_a_winter_deadline_is_at_the_same_hour_in_brussels(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2027-01-12", hour=16))
    (event,) = events(session, reader, now, PLAIN)
    assert event.decoded("DTSTART") == datetime(2027, 1, 12, 17, tzinfo=BRUSSELS)


def test_an_hour_that_nobody_states_is_no_hour_in_a_calendar(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2026-09-15", hour=21, origin=Origin.UNKNOWN))
    (event,) = events(session, reader, now, PLAIN)
    assert event.decoded("DTSTART") == date(2026, 9, 15)
    assert "Hour not stated by the source" in event["DESCRIPTION"]


def test_the_institutions_own_deadline_is_an_event_that_says_so(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2026-09-15"))
    official, own = events(session, reader, now, OWN)
    assert own.decoded("DTSTART") == date(2026, 6, 3)
    assert own["SUMMARY"] == (
        "NTNU: notice to the faculty (the university's own deadline): Robots at sea"
    )
    assert "not the Commission's" in own["DESCRIPTION"]
    assert "104 days before the official one, which is 15 September 2026" in own["DESCRIPTION"]
    assert own["UID"] != official["UID"]
    assert "NTNU" not in official["SUMMARY"]


def test_a_calendar_speaks_its_readers_language(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2026-09-15", origin=Origin.RULE))
    (identity, _) = (event["UID"] for event in events(session, reader, now, OWN))
    reader.language = "nb"
    session.commit()
    official, own = events(session, reader, now, OWN)
    assert official["UID"] == identity
    assert official["SUMMARY"] == "Søknadsfrist: Robots at sea"
    assert "Brussel-tid; klokkeslettet følger av programmets regel" in official["DESCRIPTION"]
    assert "Passer for Ocean Robotics" in official["DESCRIPTION"]
    assert "104 dager før den offisielle fristen, som er 15. september 2026." in own["DESCRIPTION"]


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


def told(world: World, engine: Engine, settings: Settings, now: datetime) -> Message:
    world.session.commit()
    assert len(compose_due(engine, settings, now)) == 1
    world.session.expire_all()
    return world.session.query(Message).one()


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


def test_what_a_reader_dismissed_is_in_no_calendar(
    world: World, crawl: Crawl, profile: Profile, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2026-09-15"))
    session = world.session
    dismissed = Feedback(
        match_id=profile.matches[0].id,
        subscriber_id=reader.id,
        at=now,
        verdict=Verdict.DISMISSED,
    )
    session.add(dismissed)
    session.commit()
    assert events(session, reader, now, PLAIN) == []
    other = world.subscriber(profile)
    assert len(events(session, other, now, PLAIN)) == 1


def test_what_readers_are_not_told_of_is_in_no_calendar(
    world: World, profile: Profile, reader: Subscriber, now: datetime
) -> None:
    roles = ("coordinator", "beneficiary", "associated_partner")
    barred = {
        "roles": [
            {"role": role, "answer": "no", "says": "not in Norway", "rule_id": None, "source": ""}
            for role in roles
        ],
        "section": "",
        "consortium": None,
        "single_applicant": False,
        "rate": None,
        "notes": [],
        "demands": [],
    }
    world.match(profile, world.opportunity(), eligibility=barred)
    assert events(world.session, reader, now, PLAIN) == []


def test_asking_twice_gives_the_same_bytes(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    crawl(cutoff("2026-09-15"))
    first = OWN.calendar(session, reader.id, now)
    assert OWN.calendar(session, reader.id, now + timedelta(days=1)) == first
    assert first.modified == now


def test_an_empty_calendar_is_a_calendar(session: Session, world: World, now: datetime) -> None:
    published = PLAIN.calendar(session, world.subscriber().id, now)
    assert events_of(published.body) == []
    assert published.modified is None


def test_foreign_text_cannot_break_out_of_an_event(
    crawl: Crawl, session: Session, reader: Subscriber, now: datetime
) -> None:
    title = "Robots; at, sea\r\nEND:VEVENT\r\nATTENDEE:mailto:x@example.org\\n"
    crawl(cutoff("2026-09-15"), title=title)
    (event,) = events(session, reader, now, PLAIN)
    assert "ATTENDEE" not in event
    assert "END:VEVENT" in event["SUMMARY"]


@pytest.mark.parametrize("url", ["https://funding.example.org/", None])
def test_a_digest_links_to_its_readers_calendar_where_there_is_one(  # noqa: PLR0917 - as above
    world: World,
    crawl: Crawl,
    engine: Engine,
    settings: Settings,
    reader: Subscriber,
    now: datetime,
    url: str | None,
) -> None:
    crawl(cutoff("2026-09-15"))
    public = settings.model_copy(update={"public_url": AnyHttpUrl(url) if url else None})
    mail = message_from_bytes(told(world, engine, public, now).body, policy=default)
    parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
    token = calendar_token(signing_key(world.session, public), reader)
    link = f"https://funding.example.org/calendar/{token}.ics"
    assert [link in part for part in parts[:2]] == [url is not None] * 2
    assert ["calendar" in part for part in parts[:2]] == [url is not None] * 2


@pytest.mark.usefixtures("reader")
def test_without_a_page_to_link_to_a_digest_carries_its_own_deadlines(
    world: World, crawl: Crawl, engine: Engine, settings: Settings, now: datetime
) -> None:
    crawl(cutoff("2026-09-15"))
    mail = message_from_bytes(told(world, engine, settings, now).body, policy=default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    assert mail.get_content_type() == "multipart/mixed"
    assert [p.get_content_type() for p in mail.walk() if not p.is_multipart()] == [
        "text/plain", "text/html", "text/calendar",
    ]  # fmt: skip
    (part,) = mail.iter_attachments()
    assert part.get_filename() == "callwatch.ics"
    (event,) = events_of(part.get_content())
    assert event.decoded("DTSTART") == datetime(2026, 9, 15, 15, tzinfo=UTC)
