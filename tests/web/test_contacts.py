"""Department contacts at the desk: they see and decide what is their department's, and no more."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines
from config.settings import Settings
from notifier.publishing import Publisher
from store.models import Match, ReviewStatus
from store.sign_ins import sign_in
from tests.notifier.conftest import World
from tests.web.browser import Browser
from tests.web.conftest import SITE, Clock
from web.app import create_app
from web.cookies import HOST


@pytest.fixture
def own(world: World) -> Match:
    return world.match(
        world.profile("Our group"), world.opportunity("Ours"), review_status=ReviewStatus.PENDING
    )


@pytest.fixture
def foreign(world: World) -> Match:
    profile = world.profile("Their group")
    profile.department = "iv"
    topic = world.opportunity("Theirs")
    return world.match(profile, topic, review_status=ReviewStatus.PENDING)


@pytest.fixture
def contact(  # noqa: PLR0917 - fixtures
    engine: Engine, staffed: Settings, clock: Clock, key: str, world: World, session: Session
) -> Browser:
    """Return the browser of the contact of two departments."""
    assert key
    publisher = Publisher(InternalDeadlines(rules=()), staffed)
    client = TestClient(create_app(staffed, engine, clock, publisher), base_url=SITE)
    person = world.subscriber(address="contact@example.org")
    client.cookies.set(HOST, sign_in(session, person.id, clock.now))
    session.commit()
    return Browser(client)


def anew(session: Session, match: Match) -> ReviewStatus:
    session.rollback()
    session.refresh(match)
    return match.review_status


def test_a_contact_decides_what_is_their_departments(
    contact: Browser, session: Session, own: Match
) -> None:
    contact.open("/desk")
    text = contact.press("/act", **{"one-approve": f"{own.id}.0"}).text
    assert "1 match approved." in text
    assert anew(session, own) is ReviewStatus.APPROVED


@pytest.mark.usefixtures("own")
def test_a_contact_sees_nothing_of_other_departments(contact: Browser, foreign: Match) -> None:
    for path in (
        "/desk",
        "/desk?department=iv",
        "/desk/policies",
        "/desk/audit",
        "/desk/audit.csv",
    ):
        page = contact.open(path).text
        assert "Theirs" not in page, path
        assert "Their group" not in page, path
    assert "Ours" in contact.open("/desk").text
    assert contact.open(f"/desk/matches/{foreign.id}").status_code == 404
    assert contact.open(f"/desk/policies/{foreign.profile.slug}").status_code == 404


def test_an_act_of_a_contact_passes_over_what_is_another_departments(
    contact: Browser, session: Session, own: Match, foreign: Match
) -> None:
    contact.open("/desk")
    where, fields = contact.form("/act")
    kept = [(name, value) for name, value in fields if name in ("form", "back")]
    ticked = [("match", f"{match.id}.0") for match in (own, foreign)]
    contact.send(where, [*kept, *ticked, ("act", "approve")])
    assert anew(session, own) is ReviewStatus.APPROVED
    assert anew(session, foreign) is ReviewStatus.PENDING


def test_a_contact_changes_no_policy(contact: Browser, own: Match) -> None:
    slug = own.profile.slug
    assert "An adviser reviews everything" in contact.open(f"/desk/policies/{slug}").text
    sent = [("policy", "auto"), ("threshold", "")]
    refused = contact.send(f"/desk/policies/{slug}", sent)
    assert refused.status_code == 403
    assert "This page is for others" in refused.text
