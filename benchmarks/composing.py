"""Digests of the size that readers get, composed and rendered as often as asked for."""

import time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from benchmarks.readership import NOW, readership
from config.memory import Memory
from config.settings import Settings
from notifier.digest import MOST_ENTRIES, Reader, compose
from notifier.entries import Entry
from notifier.render import Links, render_fitting
from store.db import session_scope
from store.models import Cadence, MessageBody, Subscriber
from store.readings import Readings

SETTINGS = Settings(
    _env_file=None,
    mail_from="Callwatch <callwatch@example.org>",
    public_url="https://callwatch.example.org",
)


def rendered_alone(times: int) -> float:
    """Return digests per second, with everything read beforehand."""
    with readership(times) as engine, session_scope(engine) as session:
        ids = session.scalars(select(Subscriber.id)).all()
        readings = Readings(session).of(dict.fromkeys(ids, (Cadence.WEEKLY,)))
        zone, entries = ZoneInfo("Europe/Oslo"), Memory[Entry](MOST_ENTRIES)
        began = time.process_time()
        for one in readings.values():
            reader = Reader(one.subscriber.id, "en", zone, entries=entries)
            digest = compose(one.matches, one.known, reader, Cadence.WEEKLY, NOW)
            if digest is None:
                raise RuntimeError("nothing to say")
            render_fitting(digest, Links("https://callwatch.example.org/stop/x"))
        return times / (time.process_time() - began)


def mail_bytes(engine: Engine) -> float:
    """Return how long the queued mails are, on average."""
    with session_scope(engine) as session:
        return float(session.scalars(select(func.avg(func.length(MessageBody.content)))).one())
