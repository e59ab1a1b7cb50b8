"""The feed of a profile, against what RFC 4287 demands."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines
from config.settings import Settings
from notifier.feeds import MOST
from notifier.publishing import Publisher
from store.models import Decision, Feedback, Profile, Review, ReviewStatus, Status, Verdict
from tests.notifier.conftest import World, reason

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "https://funding.example.org/feeds/token.atom"
PUBLISHER = Publisher(InternalDeadlines(rules=()), Settings(_env_file=None))
NO_ROLE: dict[str, Any] = {
    "roles": [
        {"role": role, "answer": "no", "says": "no", "rule_id": None, "source": ""}
        for role in ("coordinator", "beneficiary", "associated_partner")
    ],
    "section": "",
    "consortium": None,
    "single_applicant": False,
    "rate": None,
    "notes": [],
    "demands": [],
}
NOT_MEANT = NO_ROLE | {
    "roles": [role | {"answer": "yes"} for role in NO_ROLE["roles"]],
    "meant": False,
}


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    return any_engine


def feed(session: Session, profile: Profile, now: datetime) -> Element:
    session.expire_all()
    body = PUBLISHER.profile_feed(session, profile, ADDRESS, now).body
    assert body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return fromstring(body)  # noqa: S314 - our own


def text(element: Element, name: str) -> str:
    """Return the text of the one child of that name."""
    (found,) = element.findall(f"{ATOM}{name}")
    return found.text or ""


def titles(root: Element) -> list[str]:
    return [text(entry, "title") for entry in root.findall(f"{ATOM}entry")]


def check(root: Element) -> None:
    """Refuse a feed in which something is missing that the standard demands (4.1.1, 4.1.2)."""
    assert root.tag == f"{ATOM}feed"
    assert text(root, "title")
    assert root.findall(f"{ATOM}author/{ATOM}name")
    links = {(one.get("rel"), one.get("href")) for one in root.findall(f"{ATOM}link")}
    assert ("self", ADDRESS) in links
    entries = root.findall(f"{ATOM}entry")
    ids = [text(one, "id") for one in (root, *entries)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("urn:uuid:") for one in ids)
    for one in (root, *entries):
        moment = datetime.fromisoformat(text(one, "updated"))
        assert moment.tzinfo is not None
    for entry in entries:
        assert text(entry, "title")
        assert text(entry, "content")
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") in (None, "text", "html", "xhtml")
        alternates = [one for one in entry.findall(f"{ATOM}link") if one.get("rel") == "alternate"]
        assert len(alternates) <= 1
    assert all(one.text is None or one.tag != f"{ATOM}link" for one in root.iter())


def test_the_feed_is_what_the_standard_demands(
    world: World, profile: Profile, session: Session, now: datetime
) -> None:
    for title in ("Robots at sea", "Wind & <waves>"):
        world.match(profile, world.opportunity(title))
    root = feed(session, profile, now)
    check(root)
    assert text(root, "title") == "EU funding for Ocean Robotics"
    assert sorted(titles(root)) == ["Robots at sea", "Wind & <waves>"]
    content = text(root.findall(f"{ATOM}entry")[0], "content")
    assert "Tuesday 15 September 2026, 17:00 Brussels time" in content
    assert "Fits Ocean Robotics: Autonomous vehicles inspect wind farms." in content


def test_an_empty_feed_is_valid_too(profile: Profile, session: Session, now: datetime) -> None:
    root = feed(session, profile, now)
    check(root)
    assert text(root, "updated") == "2026-05-01T00:00:00Z"


def test_characters_that_xml_cannot_hold_are_left_out(
    world: World, profile: Profile, session: Session, now: datetime
) -> None:
    hostile = "A\x0b\uffff]]> &amp; <script>alert(1)</script>"
    world.match(profile, world.opportunity(hostile), reasons=[reason(hostile)])
    profile.name = "Robots \x1f & <co>"
    session.commit()
    root = feed(session, profile, now)
    check(root)
    assert titles(root) == ["A ]]> &amp; <script>alert(1)</script>"]


@pytest.mark.parametrize(
    "columns",
    [
        {"review_status": ReviewStatus.PENDING},
        {"review_status": ReviewStatus.REJECTED},
        {"review_status": ReviewStatus.SNOOZED},
        {"current": False},
        {"content_hash": "an older one"},
        {"eligibility": NO_ROLE},
        {"eligibility": NOT_MEANT},
    ],
)
def test_only_what_is_approved_and_meant_for_readers_is_in_it(
    world: World, profile: Profile, session: Session, now: datetime, columns: dict[str, Any]
) -> None:
    world.match(profile, world.opportunity(), **columns)
    assert titles(feed(session, profile, now)) == []


def test_what_is_over_missing_or_of_another_profile_is_not_in_it(
    world: World, profile: Profile, session: Session, now: datetime
) -> None:
    world.match(profile, world.opportunity("Closed", status=Status.CLOSED, cutoffs=[]))
    world.match(profile, world.opportunity("Missing", missing_since=now))
    world.match(world.profile("Other"), world.opportunity("Of others"))
    assert titles(feed(session, profile, now)) == []


def test_what_is_nothing_for_the_group_is_not_in_it(
    world: World, profile: Profile, session: Session, now: datetime
) -> None:
    match = world.match(profile, world.opportunity())
    session.add(Feedback(match_id=match.id, at=now, verdict=Verdict.NOT_FOR_US))
    session.commit()
    assert titles(feed(session, profile, now)) == []


def test_the_latest_decision_or_change_comes_first_and_dates_the_feed(
    world: World, profile: Profile, session: Session, now: datetime
) -> None:
    early = world.match(profile, world.opportunity("Approved now"))
    early.reviews.append(Review(at=now, by="an adviser", decision=Decision.APPROVE))
    world.match(profile, world.opportunity("Changed a day later", last_changed_at=later(now)))
    session.commit()
    root = feed(session, profile, now)
    assert titles(root) == ["Changed a day later", "Approved now"]
    assert text(root, "updated") == "2026-05-21T06:00:00Z"


def later(now: datetime) -> datetime:
    return now.astimezone(UTC) + timedelta(days=1)


def test_an_entry_keeps_its_id_when_everything_else_changes(
    world: World, profile: Profile, session: Session, now: datetime
) -> None:
    row = world.opportunity()
    world.match(profile, row)
    (before,) = feed(session, profile, now).findall(f"{ATOM}entry")
    row.title, row.topic_id, row.last_changed_at = "New title", "RENAMED", later(now)
    profile.name = "New name"
    session.commit()
    (after,) = feed(session, profile, now).findall(f"{ATOM}entry")
    assert text(after, "id") == text(before, "id")
    assert text(after, "updated") > text(before, "updated")


def test_a_feed_does_not_grow_without_end(
    world: World, profile: Profile, session: Session, now: datetime
) -> None:
    for _ in range(MOST + 2):
        world.match(profile, world.opportunity())
    assert len(titles(feed(session, profile, now))) == MOST
