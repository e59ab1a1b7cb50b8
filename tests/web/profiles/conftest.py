"""What the tests of profiles share: a profile with every field, and who writes it."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.profiles import ProfileDocument
from config.settings import Settings
from store.estimates import Estimate
from store.forecasts import Column, Expected, Forecast
from store.models import Profile, ProfileOrigin
from store.profile_versions import Author, create_profile
from store.profiles import profile_by_slug
from store.sign_ins import sign_in
from tests.notifier.conftest import World
from tests.web.browser import Browser
from tests.web.conftest import SITE, Clock
from web.app import create_app
from web.cookies import HOST

TEXT = "We study floating structures in wind, waves and current. " * 8
HOSTILE = '"><script>alert(1)</script>=cmd|A0'


class CountingWords:
    """Forecasts a match for every word that is written, so that a test can tell them apart."""

    def make_ahead(self, now: datetime) -> None:
        """Have nothing to read."""

    def forecast(self, session: Session, draft: Profile, now: datetime) -> Forecast | None:
        words = draft.text.split()
        best = tuple(
            Expected(f"1{word}en", f"TOPIC-{word}", word, "good", 0.9, None, ()) for word in words
        )
        return Forecast(
            best, (Column(-1.0, 0.5, 0, 9), Column(0.5, 2.0, len(words), 1)),
            Estimate(len(words), 2.0, 26), compared=10, unread=2, is_full=False,
        )  # fmt: skip


def ships(**fields: object) -> ProfileDocument:
    return ProfileDocument.model_validate(
        {
            "slug": "ships",
            "name": "Ships",
            "department": "imt",
            "text": TEXT.strip(),
            "keywords": [
                {"words": ["hull", "sea"], "weight": 1.5},
                {"words": ["steel, cast", "iron"]},
            ],
            "excluded_keywords": ["fish vaccine"],
            "facets": ["Fatigue of mooring lines"],
            "programmes": ["horizon_europe"],
            "action_types": ["RIA", "MSCA-SE"],
            "roles": ["coordinator"],
            "career_stages": ["leading"],
            "budget_eur": {"least": 500_000, "most": "1500000.50"},
            "goals": ["funding"],
            "owner": "the head of the group",
            "review": {"policy": "auto_above", "threshold": 0.975},
        }
        | fields
    )


@pytest.fixture
def profile(session: Session, now: datetime) -> Profile:
    made = create_profile(session, ships(), Author(None, ProfileOrigin.FILE, now))
    session.commit()
    return made


@pytest.fixture
def app(engine: Engine, staffed: Settings, clock: Clock, key: str) -> TestClient:
    assert key
    made = create_app(staffed, engine, clock, forecaster=CountingWords())
    return TestClient(made, base_url=SITE)


def browser_of(app: TestClient, world: World, role: str, now: datetime) -> Browser:
    secret = sign_in(world.session, world.subscriber(address=f"{role}@example.org").id, now)
    world.session.commit()
    client = TestClient(app.app, base_url=SITE)
    client.cookies.set(HOST, secret)
    return Browser(client)


@pytest.fixture
def adviser(app: TestClient, world: World, profile: Profile, now: datetime) -> Browser:
    assert profile.version == 1
    return browser_of(app, world, "adviser", now)


@pytest.fixture
def contact(app: TestClient, world: World, profile: Profile, now: datetime) -> Browser:
    assert profile.version == 1
    return browser_of(app, world, "contact", now)


def anew(session: Session, slug: str = "ships") -> Profile:
    session.rollback()
    session.expire_all()
    return profile_by_slug(session, slug)
