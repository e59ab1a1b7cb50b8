"""How much a page asks of the store: as many statements, however much there is to show."""

import re
import threading
from datetime import datetime, timedelta
from time import sleep

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from config.internal_deadlines import InternalDeadlines
from config.settings import Settings
from jobs import forecasting
from jobs.correspondence import correspondence_of
from jobs.forecasting import forecaster_of
from jobs.library import Library
from matcher.eligibility import judge_of
from notifier.publishing import Publisher
from store.acts import Act, append
from store.api_keys import Grant, make_key
from store.applications import Entered, enter
from store.models import (
    ApplicationState,
    Cadence,
    ChangeKind,
    Decision,
    Match,
    ReviewStatus,
    Subscriber,
    Subscription,
    Verdict,
)
from store.sign_ins import sign_in
from store.tokens import calendar_token, feed_token, signing_key
from store.words import OwnWord, say_word
from tests.browser.sights import SIGHTS
from tests.links import links_to
from tests.notifier.conftest import World
from tests.statements import counted
from tests.web.conftest import SITE
from tests.word_hashes import word_hashes
from web import catalogue
from web.api.app import MOUNTED_AT
from web.api.common_grants import id_of
from web.app import create_app
from web.cookies import HOST

FEW, MANY = 3, 30
"""Rows of each kind: fewer than a page shows, and more."""
MOST = 16
ANSWERS = (200, 503)
"""The second is that of health: nothing was ever crawled here."""

MAKERS = (catalogue.MAKER, forecasting.MAKER)
PAGES = [sight.path for sight in SIGHTS if sight.status == 200]
FILES = [
    "/calendar/{calendar}.ics",
    "/desk/audit.csv",
    "/feeds/{feed}.atom",
    "/health",
    *(f"/opportunities.{kind}" for kind in ("csv", "xlsx", "ics", "atom")),
    *(f"/reports.{kind}?by=profile" for kind in ("csv", "xlsx")),
]
NARROWED = [
    "/desk?order=deadline",
    "/desk?days=180&department=itk&programme=horizon_europe",
    "/desk/audit?words=adviser",
    *(f"/reports?by={by}" for by in ("faculty", "profile", "programme")),
]
API = [
    "/api/v1/opportunities?limit=50",
    "/api/v1/opportunities/{opportunity}",
    "/api/v1/changes?limit=50",
    "/api/v1/profiles?limit=50",
    "/api/v1/profiles/{group}",
    "/api/v1/matches?limit=50",
    "/api/v1/common-grants/opportunities?pageSize=50",
    "/api/v1/common-grants/opportunities/{id}",
]


@pytest.fixture
def engine(any_engine: Engine) -> Engine:
    """Run every test here on each kind of database."""
    return any_engine


@pytest.fixture
def reader(session: Session) -> Subscriber:
    """Return an administrator, who follows what is added."""
    return World(session).subscriber(address=LOCAL.address)


@pytest.fixture
def client(
    engine: Engine, public: Settings, session: Session, reader: Subscriber, now: datetime
) -> TestClient:
    """Return a client of the whole app, at which the administrator is signed in, with a key."""
    library = Library(judge_of(public.configuration), word_hashes())
    app = create_app(
        public,
        engine,
        lambda: now,
        Publisher(InternalDeadlines(rules=()), public),
        correspondence_of(public, engine, lambda: now),
        library=library,
        forecaster=forecaster_of(public, engine, library),
    )
    key = make_key(session, Grant("intranet", (), ("itk",), timedelta(days=30)), now)
    client = TestClient(app, base_url=SITE, headers={"Authorization": f"Bearer {key.secret}"})
    client.cookies.set(HOST, sign_in(session, reader.id, now))
    session.commit()
    return client


def add_rows(world: World, reader: Subscriber, now: datetime) -> Match:
    """Add one of all that a page may show; return what was told, and has a word said of it."""
    session, opportunity = world.session, world.opportunity()
    world.change(opportunity, ChangeKind.BUDGET)
    world.opportunity("Robots of nobody")
    profile = world.profile()
    for status in (ReviewStatus.PENDING, ReviewStatus.REJECTED):
        world.match(profile, world.opportunity(), review_status=status)
    match = world.match(profile, opportunity)
    session.add(
        Subscription(
            subscriber=reader, profile=profile, cadence=Cadence.WEEKLY, created_at=now,
            scheduled_at=now,
        )
    )  # fmt: skip
    append(match, Act(Decision.COMMENT, "adviser@ntnu.example", now, comment="Ask them."))
    say_word(session, reader.id, [match], OwnWord(Verdict.USEFUL, None, now))
    planned = Entered(ApplicationState.PLANNED, now.date(), None, None, "adviser@ntnu.example", now)
    enter(session, profile, opportunity, planned, 0)
    session.commit()
    return match


def names_of(world: World, reader: Subscriber, settings: Settings, now: datetime) -> dict[str, str]:
    """Add rows; return what the addresses of pages about them name."""
    told, unjudged = (add_rows(world, reader, now) for _ in range(2))
    group, key = told.profile, signing_key(world.session, settings)
    named = {
        "told": told.opportunity.reference,
        "opportunity": told.opportunity.reference,
        "judged": str(told.opportunity_id),
        "unjudged": str(unjudged.opportunity_id),
        "reopened": str(told.id),
        "approved": str(told.id),
        "version": str(told.review_version),
        "rejected": str(unjudged.id),
        "group": group.slug,
        "calendar": calendar_token(key, reader),
        "feed": feed_token(key, group),
        "id": str(id_of(told.opportunity.reference)),
        **links_to(world.session, settings, reader, [group.slug], now),
    }
    world.session.commit()
    return named


def asked(client: TestClient, engine: Engine, address: str) -> int:
    """Return how many statements a page takes that was shown before."""
    assert client.get(address).status_code in ANSWERS, address
    while any(thread.name in MAKERS for thread in threading.enumerate()):
        sleep(0.05)  # what is searched and what drafts are tried against is read beside the pages
    with counted(engine) as statements:
        client.get(address)
    return len(statements)


def test_a_page_takes_as_many_statements_however_much_there_is(
    client: TestClient, engine: Engine, public: Settings, reader: Subscriber, now: datetime
) -> None:
    with Session(engine) as session:
        world = World(session)
        person = session.get_one(Subscriber, reader.id)
        named = names_of(world, person, public, now)
        addresses = {path: path.format(**named) for path in (*PAGES, *NARROWED, *FILES, *API)}
        numbers = []
        for rows in (FEW, MANY):
            for _ in range(rows):
                add_rows(world, person, now)
            numbers.append({p: asked(client, engine, a) for p, a in addresses.items()})
    few, many = numbers
    assert {path for path in many if many[path] > few[path]} == set()
    assert max(many.values()) <= MOST, many


def test_every_address_of_the_api_is_asked(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    known = {re.sub(r"{\w+}", "{}", path.partition("?")[0]) for path in API}
    assert {re.sub(r"{\w+}", "{}", f"{MOUNTED_AT}{path}") for path in paths} == known
