"""The recorded data that the browser is shown: crawled and matched once, copied by each test."""

import fcntl
from datetime import datetime
from pathlib import Path

from pydantic import AnyHttpUrl
from sqlalchemy import update

from config.profiles import read_profiles
from config.settings import SHIPPED, Settings
from crawler.replica import PortalReplica, read_records
from crawler.run import crawl
from jobs.demo import SAMPLES, SOURCES
from matcher.embedder import model_of
from matcher.run import match_profiles, means_of
from store.db import open_engine, session_scope, upgrade
from store.models import Profile, ReviewPolicy
from store.profiles import import_profiles


def recorded_data(folder: Path, now: datetime) -> Path:
    """Return a database with every sample and every shipped profile, whose matches all wait.

    Processes that share ``folder`` make it once: the others wait for it.
    """
    file = folder / "recorded.db"
    with (folder / "recorded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _make(folder / "recording.db", now).rename(file)
    return file


def _make(file: Path, now: datetime) -> Path:
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    with PortalReplica(read_records(SAMPLES)) as replica:
        settings = Settings(
            _env_file=None,
            database_url=f"sqlite:///{file}",
            portal_search_url=AnyHttpUrl(replica.search_url),
            crawl_delay_seconds=0,
        )
        assert all(report.healthy for report in crawl(SOURCES, settings, now))
    with session_scope(engine) as session:
        import_profiles(session, read_profiles([SHIPPED / "profiles"], SHIPPED), now)
        session.execute(update(Profile).values(review_policy=ReviewPolicy.REVIEW_ALL))
    match_profiles(engine, means_of(model_of(""), SHIPPED), now)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file
