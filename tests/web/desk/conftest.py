"""The desk, at which the administrator of an installation without accounts is signed in."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from config.internal_deadlines import InternalDeadlines
from config.settings import Settings
from notifier.publishing import Publisher
from store.models import Match, ReviewStatus
from store.sign_ins import sign_in
from tests.notifier.conftest import World
from tests.web.browser import Browser
from web.app import create_app
from web.cookies import PLAIN


@pytest.fixture
def match(world: World) -> Match:
    return world.match(world.profile(), world.opportunity(), review_status=ReviewStatus.PENDING)


@pytest.fixture
def secret(world: World, session: Session, key: str, now: datetime) -> str:
    """Return what the administrator is signed in by."""
    assert key
    secret = sign_in(session, world.subscriber(address=LOCAL.address).id, now)
    session.commit()
    return secret


@pytest.fixture
def desk(engine: Engine, settings: Settings, secret: str, now: datetime) -> Browser:
    """Return the browser of the administrator, who is signed in."""
    publisher = Publisher(InternalDeadlines(rules=()), settings)
    client = TestClient(create_app(settings, engine, lambda: now, publisher))
    client.cookies.set(PLAIN, secret)
    return Browser(client)


def anew(session: Session, match: Match) -> Match:
    """Return ``match`` as it stands in the store now."""
    session.expire_all()
    session.rollback()
    return session.get_one(Match, match.id)
