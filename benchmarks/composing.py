"""Digests of the size that readers get, composed and rendered as often as asked for."""

import time
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from benchmarks.readership import NOW, readership
from config.settings import Settings
from notifier.digest import Reader, compose
from notifier.outbox import compose_due
from notifier.render import Links, render_fitting
from store.db import session_scope
from store.models import Cadence, MessageBody, Subscriber
from store.readings import Readings

SETTINGS = Settings(
    _env_file=None,
    mail_from="Callwatch <callwatch@example.org>",
    public_url="https://callwatch.example.org",
)


def rendered_alone(times: int) -> tuple[float, float]:
    """Return digests per second and their bytes, with everything read beforehand."""
    with readership(times) as engine, session_scope(engine) as session:
        ids = session.scalars(select(Subscriber.id)).all()
        readings = Readings(session).of(dict.fromkeys(ids, (Cadence.WEEKLY,)))
        began, size = time.process_time(), 0
        for one in readings.values():
            reader = Reader(one.subscriber.id, "en", ZoneInfo(one.subscriber.time_zone))
            digest = compose(one.matches, one.known, reader, Cadence.WEEKLY, NOW)
            if digest is None:
                raise RuntimeError("nothing to say")
            words = render_fitting(digest, Links("https://callwatch.example.org/stop/x"))[1]
            size += len(words.text.encode()) + len(words.html.encode())
        return times / (time.process_time() - began), size / times


def composed_with_store(times: int) -> tuple[float, float]:
    """Return mails per second and their bytes, from the first query to the queued row."""
    with readership(times) as engine:
        began = time.process_time()
        composed = compose_due(engine, SETTINGS, NOW)
        return len(composed) / (time.process_time() - began), mail_bytes(engine)


def mail_bytes(engine: Engine) -> float:
    """Return how long the queued mails are, on average."""
    with session_scope(engine) as session:
        return float(session.scalars(select(func.avg(func.length(MessageBody.content)))).one())
