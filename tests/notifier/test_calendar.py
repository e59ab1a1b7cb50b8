"""A person's calendar, read back with a library that knows the standard."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.models import Feedback, Origin, Profile, Subscriber, Verdict
from tests.calendars import calendar_of, events_of
from tests.notifier.conftest import Crawl, World
from tests.notifier.published import OWN, PLAIN, cutoff, events

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


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
