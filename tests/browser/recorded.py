"""The recorded data that the browser is shown: crawled and matched once, copied by each test."""

import fcntl
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import AnyHttpUrl
from sqlalchemy import Engine, update

from config.profiles import read_profiles
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.replica import PortalReplica, Record, read_records
from crawler.run import crawl
from jobs.demo import SAMPLES, SOURCES
from matcher.embedder import TextModel
from matcher.run import match_profiles, means_of
from store.db import open_engine, session_scope, upgrade
from store.models import Profile, ReviewPolicy
from store.profiles import import_profiles

GROUPS = SHIPPED / "profiles"
WIND = "HORIZON-CL5-2026-09-D3-03"
BEFORE, AFTER = "2026-09-15", "2026-09-08"

Read = Callable[[], Sequence[Record]]


@dataclass(frozen=True, slots=True)
class Recording:
    """What the portal had at two moments, between which the deadline of a topic moved."""

    first: Read
    later: Read
    sources: tuple[Source, ...]
    profiles: tuple[Path, ...]
    """Folders of the groups that there are."""
    moved: str
    """Identifier of the topic."""
    moved_in: Source
    """The programme of the topic: all that is collected at the later moment."""
    deadlines: tuple[str, str]
    """The day before and after, as pages and mails write it."""


def samples() -> Recording:
    """Return what is bundled: a part of what the portal had on a day, and a deadline made up."""
    return Recording(
        partial(read_records, SAMPLES),
        lambda: list(map(_moved, read_records(SAMPLES))),
        SOURCES,
        (GROUPS,),
        WIND,
        SOURCES[0],
        ("15 September 2026", "8 September 2026"),
    )


def _moved(record: Record) -> Record:
    text = json.dumps(record)
    moved: Record = json.loads(text.replace(BEFORE, AFTER)) if WIND in text else record
    return moved


def portal(scans: Path) -> Recording:
    """Return all that the portal had on two days, and a deadline that was put off in between."""
    rights = Source("cerv", (1, 100))
    return Recording(
        partial(read_records, scans / "2026-05-20"),
        partial(read_records, scans / "2026-05-27"),
        (Source("horizon_europe"), Source("erasmus_plus"), Source("erasmus_national"), rights),
        (GROUPS, Path(__file__).parent / "profiles"),
        "CERV-2026-DATA",
        rights,
        ("28 May 2026", "25 June 2026"),
    )


@dataclass(frozen=True, slots=True)
class Recorded:
    """What installations begin with."""

    file: Path
    """A database with every shipped profile, whose matches all wait."""
    recording: Recording
    model: TextModel


def recorded_data(folder: Path, recording: Recording, model: TextModel, now: datetime) -> Recorded:
    """Return what installations begin with, once it is made.

    Processes that share ``folder`` make it once: the others wait for it.
    """
    file = folder / "recorded.db"
    with (folder / "recorded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            _make(folder / "recording.db", recording, model, now).rename(file)
    return Recorded(file, recording, model)


def _make(file: Path, recording: Recording, model: TextModel, now: datetime) -> Path:
    settings = Settings(_env_file=None, database_url=f"sqlite:///{file}")
    engine = open_engine(settings.database_url)
    upgrade(engine)
    collect(recording.first, recording.sources, settings, now)
    _import_profiles(engine, recording.profiles, now)
    match_profiles(engine, means_of(model, SHIPPED), now)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


def collect(read: Read, sources: Sequence[Source], settings: Settings, now: datetime) -> None:
    """Crawl ``sources`` of a replica of the portal that has what ``read`` returns."""
    with PortalReplica(read()) as replica:
        here = {"portal_search_url": AnyHttpUrl(replica.search_url), "crawl_delay_seconds": 0}
        reports = list(crawl(sources, settings.model_copy(update=here), now))
    assert all(report.healthy for report in reports), reports


def _import_profiles(engine: Engine, folders: Sequence[Path], now: datetime) -> None:
    """Import every profile there is; nothing goes out by itself."""
    with session_scope(engine) as session:
        import_profiles(session, read_profiles(folders, SHIPPED), now)
        session.execute(update(Profile).values(review_policy=ReviewPolicy.REVIEW_ALL))
