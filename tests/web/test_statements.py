"""How much a page asks of the store: as many statements, however much there is to show."""

import threading
from datetime import datetime
from time import sleep

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from config.internal_deadlines import InternalDeadlines
from config.settings import Settings
from jobs.library import Library
from matcher.eligibility import judge_of
from notifier.publishing import Publisher
from store.acts import Act, append
from store.models import ChangeKind, Decision, Match, ReviewStatus
from store.sign_ins import sign_in
from tests.notifier.conftest import World
from tests.web.finding import counted
from web.app import create_app
from web.catalogue import MAKER
from web.cookies import PLAIN


@pytest.fixture
def client(
    engine: Engine, settings: Settings, session: Session, key: str, now: datetime
) -> TestClient:
    """Return a client of the whole app, at which an administrator is signed in."""
    assert key
    secret = sign_in(session, World(session).subscriber(address=LOCAL.address).id, now)
    session.commit()
    publisher = Publisher(InternalDeadlines(rules=()), settings)
    library = Library(judge_of(settings.configuration), None)
    app = create_app(settings, engine, lambda: now, publisher, library=library)
    client = TestClient(app)
    client.cookies.set(PLAIN, secret)
    return client


def add_rows(world: World, session: Session, now: datetime) -> Match:
    """Add what a page may show one more of: matches, acts on them, changes, topics of nobody."""
    opportunity = world.opportunity()
    world.change(opportunity, ChangeKind.BUDGET)
    world.opportunity("Robots of nobody")
    match = world.match(world.profile(), opportunity, review_status=ReviewStatus.PENDING)
    append(match, Act(Decision.COMMENT, "adviser@ntnu.example", now, comment="Ask them."))
    session.commit()
    return match


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/desk", 9),
        ("/desk?order=deadline", 11),
        ("/desk?days=90&department=imt&programme=horizon_europe", 9),
        ("/desk/matches/{match}", 8),
        ("/desk/unmatched", 7),
        ("/desk/unmatched/{reference}", 6),
        ("/desk/policies", 3),
        ("/desk/policies/{profile}", 5),
        ("/desk/audit?words=adviser", 4),
        ("/opportunities?q=robots", 4),
        ("/opportunities/{reference}", 8),
        ("/api/v1/opportunities", 6),
        ("/api/v1/changes", 6),
        ("/", 14),
    ],
)
def test_a_page_takes_as_many_statements_however_much_there_is(
    client: TestClient, session: Session, now: datetime, path: str, most: int
) -> None:
    world = World(session)
    first = add_rows(world, session, now)
    address = path.format(
        match=first.id, profile=first.profile.slug, reference=first.opportunity.reference
    )
    numbers = []
    for more in (0, 12):
        for _ in range(more):
            add_rows(world, session, now)
        assert client.get(address).status_code == 200
        while any(thread.name == MAKER for thread in threading.enumerate()):
            sleep(0.05)  # a search reads everything once, beside the pages
        with counted(world.engine) as statements:
            client.get(address)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert numbers[0] <= most
