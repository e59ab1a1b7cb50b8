"""Digests of the size that readers get, composed and rendered as often as asked for."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.digest import Reader, compose
from notifier.outbox import compose_due
from notifier.render import Links, render_fitting
from store.db import open_engine, upgrade
from store.digests import approved_matches, ledger
from store.models import Cadence, Message, Profile, Subscriber
from tests.notifier.conftest import World

SIZE = 38_000
"""Bytes of a digest's mail, about."""
ITEMS = 4
NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)


@contextmanager
def readers(number: int) -> Iterator[tuple[Engine, Session]]:
    """Yield a store with so many readers of one profile, each due a digest."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        upgrade(engine)
        with Session(engine) as session:
            world = World(session)
            profile = world.profile()
            for item in range(ITEMS):
                world.match(profile, world.opportunity(f"Robots that work at sea, part {item}"))
            for _ in range(number):
                subscriber_of(world, profile)
            yield engine, session
        engine.dispose()


def subscriber_of(world: World, profile: Profile) -> Subscriber:
    """Return a reader of ``profile``."""
    return world.subscriber(profile)


def rendered_alone(times: int) -> tuple[float, float]:
    """Return digests per second and their bytes, with everything read beforehand."""
    with readers(1) as (_, session):
        person = session.scalars(select(Subscriber)).one()
        matches = approved_matches(session, person.id, [Cadence.WEEKLY])
        known = ledger(session, person.id)
        reader = Reader(person.id, "en", ZoneInfo(person.time_zone))
        began, size = time.process_time(), 0
        for _ in range(times):
            digest = compose(matches, known, reader, Cadence.WEEKLY, NOW)
            if digest is None:
                raise RuntimeError("nothing to say")
            words = render_fitting(digest, Links("https://example.org/stop/x"))[1]
            size = len(words.text) + len(words.html)
        return times / (time.process_time() - began), size


def composed_with_store(times: int) -> tuple[float, float]:
    """Return mails per second and their bytes, from the first query to the queued row."""
    settings = Settings(_env_file=None, mail_from="Callwatch <callwatch@example.org>")
    with readers(times) as (engine, session):
        began = time.process_time()
        composed = compose_due(engine, settings, NOW)
        rate = len(composed) / (time.process_time() - began)
        row = session.scalars(select(Message).limit(1)).one()
        return rate, len(row.body)
