"""Builders of what a digest is made of, and servers that take it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.channels import Outgoing
from notifier.outbox import compose_due
from store.collected import Collected, CollectedCutoff
from store.collecting import keep_page
from store.crawl_runs import start_run
from store.models import (
    Cadence,
    Change,
    ChangeKind,
    CrawlRun,
    Cutoff,
    Endpoint,
    Match,
    Message,
    Opportunity,
    Profile,
    ReviewStatus,
    Revision,
    Severity,
    Subscriber,
    SubscriberState,
    Subscription,
)
from tests.notifier.smtp_server import Server, serving
from tests.notifier.web_server import Receiver, receiving
from tests.rows import cutoff_row, opportunity_row, profile_row
from tests.store.records import topic_record

BEFORE = datetime(2026, 5, 1, tzinfo=UTC)
Crawl = Callable[..., Opportunity]
Row = TypeVar("Row", Profile, Subscriber, Opportunity, Match)
PORTAL = (
    "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/"
    "topic-details/"
)


class World:
    """A database filled step by step."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.numbers = iter(range(1, 1000))

    @property
    def engine(self) -> Engine:
        bind = self.session.get_bind()
        assert isinstance(bind, Engine)
        return bind

    def profile(self, name: str = "Ocean Robotics") -> Profile:
        slug = f"{name.lower().replace(' ', '-')}-{next(self.numbers)}"
        profile = profile_row(slug, name=name, department="itk")
        return self._kept(profile)

    def subscriber(self, *profiles: Profile, **columns: Any) -> Subscriber:
        values = {
            "address": f"reader{next(self.numbers)}@example.org",
            "language": "en",
            "time_zone": "Europe/Oslo",
            "state": SubscriberState.ACTIVE,
            "consent": "test",
            "created_at": BEFORE,
            "confirmed_at": BEFORE,
        }
        cadence = columns.pop("cadence", Cadence.WEEKLY)
        subscriber = Subscriber(**(values | columns))
        subscriber.subscriptions = [
            Subscription(profile=profile, cadence=cadence, scheduled_at=BEFORE, created_at=BEFORE)
            for profile in profiles
        ]
        return self._kept(subscriber)

    def opportunity(self, title: str = "Robots at sea", **columns: Any) -> Opportunity:
        number = next(self.numbers)
        values = {
            "topic_id": f"HORIZON-CL5-2026-{number:02}",
            "call_id": "HORIZON-CL5-2026",
            "title": title,
            "action_types": ["HORIZON-RIA"],
            "action_labels": ["HORIZON Research and Innovation Actions"],
            "opens_on": date(2026, 5, 5),
            "budget_eur": Decimal(24_000_000),
            "budget_shared_by": 1,
            "min_contribution_eur": Decimal(7_000_000),
            "max_contribution_eur": Decimal(9_000_000),
            "expected_grants": 3,
            "url": f"{PORTAL}HORIZON-CL5-2026-{number:02}",
            "content_hash": "one",
        }
        cutoffs = columns.pop("cutoffs", None)
        opportunity = opportunity_row(f"{number}TOPICSen", **values | columns)
        opportunity.cutoffs = [cutoff()] if cutoffs is None else cutoffs
        return self._kept(opportunity)

    def match(self, profile: Profile, opportunity: Opportunity, **columns: Any) -> Match:
        values = {
            "profile": profile,
            "opportunity": opportunity,
            "score": 0.5,
            "percentile": 0.9,
            "band": "strong",
            "reasons": [reason()],
            "content_hash": opportunity.content_hash,
            "profile_version": 1,
            "review_status": ReviewStatus.APPROVED,
            "proposed_at": BEFORE,
            "scored_at": BEFORE,
        }
        return self._kept(Match(**(values | columns)))

    def change(self, opportunity: Opportunity, kind: ChangeKind, **columns: Any) -> Change:
        values = {"severity": Severity.CRITICAL, "field": "cutoffs", "detected_at": BEFORE}
        change = Change(kind=kind, opportunity_id=opportunity.id, **values | columns)
        run = CrawlRun(source="horizon_europe", endpoint=Endpoint.SEARCH_API, started_at=BEFORE)
        self.session.add(run)
        self.session.flush()
        revision = Revision(
            opportunity_id=opportunity.id,
            crawl_run_id=run.id,
            seen_at=change.detected_at,
            content_hash=opportunity.content_hash,
            fields={},
            raw=b"",
        )
        self.session.add(revision)
        self.session.flush()
        change.revision_id = revision.id
        self.session.add(change)
        self.session.commit()
        return change

    def _kept(self, row: Row) -> Row:
        self.session.add(row)
        self.session.commit()
        return row


def cutoff(
    day: date = date(2026, 9, 15), hour: int = 15, position: int = 1, **columns: Any
) -> Cutoff:
    """Return a cut-off at ``hour`` UTC of ``day``; 15 is 17:00 in Brussels in summer."""
    deadline = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return cutoff_row(deadline, position=position, **columns)


def reason(
    passage: str = "Autonomous vehicles inspect wind farms.", **parts: Any
) -> dict[str, Any]:
    values = {
        "passage": passage,
        "section": "Scope",
        "facet": "underwater vehicles",
        "terms": ["vehicles"],
        "similarity": 0.6,
    }
    return values | parts


def messages(session: Session) -> list[Message]:
    session.expire_all()
    return list(session.scalars(select(Message).order_by(Message.id)))


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def profile(world: World) -> Profile:
    return world.profile()


@pytest.fixture
def reader(world: World, profile: Profile) -> Subscriber:
    return world.subscriber(profile)


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


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, mail_from="Callwatch <callwatch@example.org>")


@pytest.fixture
def server() -> Iterator[Server]:
    """Yield a mail server on loopback that does what a test tells it to."""
    with serving(Server()) as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Yield a web server on loopback that does what a test tells it to."""
    with receiving(Receiver()) as found:
        yield found


@pytest.fixture
def outgoing(world: World, engine: Engine, settings: Settings, now: datetime) -> Outgoing:
    """Return a real digest."""
    profile = world.profile()
    world.subscriber(profile, address="reader@example.org")
    world.match(profile, world.opportunity("Robots at sea & @channel <!here>"))
    compose_due(engine, settings, now)
    row = world.session.scalars(select(Message)).one()
    return Outgoing(
        row.id,
        row.subscriber_id,
        "reader@example.org",
        row.message_id,
        row.composed_at,
        row.body,
    )


@pytest.fixture
def make_cutoff() -> Callable[..., Cutoff]:
    return cutoff


@pytest.fixture
def make_reason() -> Callable[..., dict[str, Any]]:
    return reason


@pytest.fixture
def later(now: datetime) -> datetime:
    """A moment in the next weekly window."""
    return now + timedelta(days=7)
