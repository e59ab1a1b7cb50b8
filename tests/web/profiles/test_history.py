"""Versions of profiles in the browser, two who write at once, and retiring."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from store.models import Match, ProfileOrigin
from store.profile_versions import Author, change_profile, create_profile, versions_of
from store.tokens import signing_key
from tests.notifier.conftest import World
from tests.web.browser import Browser
from tests.web.conftest import SITE, Clock
from tests.web.profiles.conftest import TEXT, anew, browser_of, ships
from web.app import create_app


def test_an_earlier_version_is_taken_back_as_a_new_one(adviser: Browser, session: Session) -> None:
    adviser.open("/profile/ships")
    adviser.press("/profile/ships", text="Something else entirely.")
    adviser.open("/profile/ships/versions")
    assert "<ins>" in adviser.answer.text
    adviser.press("/revert")
    profile = anew(session)
    assert (profile.text, profile.version) == (TEXT.strip(), 3)
    assert versions_of(session, profile)[0].origin is ProfileOrigin.REVERT


def test_a_version_is_not_taken_back_over_what_somebody_just_saved(
    adviser: Browser, session: Session, now: datetime
) -> None:
    adviser.open("/profile/ships")
    adviser.press("/profile/ships", text="Something else entirely.")
    adviser.open("/profile/ships/versions")
    author = Author("administrator@example.org", ProfileOrigin.PAGE, now)
    change_profile(session, anew(session), ships(name="Meanwhile"), 2, author)
    session.commit()
    adviser.press("/revert")
    assert "Somebody else saved it meanwhile." in adviser.answer.text
    assert anew(session).name == "Meanwhile"


@pytest.mark.parametrize("query", ["from=1&to=99", "from=x&to=1", "from=1&to=99999999999999"])
def test_versions_that_are_not_there_are_not_found(adviser: Browser, query: str) -> None:
    assert adviser.open(f"/profile/ships/versions?{query}").status_code == 404


def test_a_profile_is_retired_and_used_again(
    adviser: Browser, session: Session, world: World
) -> None:
    match = world.match(anew(session), world.opportunity())
    session.commit()
    adviser.open("/profile/ships")
    adviser.press("/state", retire="yes")
    assert anew(session).retired_at is not None
    assert not session.get_one(Match, match.id).current
    assert "Retired" in adviser.open("/profiles").text
    adviser.open("/profile/ships")
    adviser.press("/state", reactivate="yes")
    assert anew(session).retired_at is None


def test_two_browsers_meet_on_every_database(
    any_engine: Engine, staffed: Settings, clock: Clock, now: datetime
) -> None:
    with Session(any_engine) as session:
        world = World(session)
        create_profile(session, ships(), Author(None, ProfileOrigin.FILE, now))
        signing_key(session, staffed)
        session.commit()
        app = TestClient(create_app(staffed, any_engine, clock), base_url=SITE)
        one, two = (browser_of(app, world, role, now) for role in ("adviser", "administrator"))
        for browser in (one, two):
            browser.open("/profile/ships")
        one.press("/profile/ships", name="The first")
        two.press("/profile/ships", name="The second")
        assert (one.answer.status_code, two.answer.status_code) == (200, 409)
        assert anew(session).name == "The first"
