"""The whole job on each kind of database: crawl, match, review, digest, and all of it again."""

import copy
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AnyHttpUrl
from sqlalchemy import Engine

from config.profiles import read_profiles
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.replica import PortalReplica, read_records
from crawler.run import crawl
from jobs.demo import SAMPLES, SOURCES
from matcher.run import match_profiles, means_of
from notifier.channels import open_channel
from notifier.outbox import compose_due
from notifier.send import deliver
from store.db import session_scope
from store.models import Cadence
from store.profiles import import_profiles
from store.reviews import approve_all
from store.subscribers import Signup, subscribe
from tests.word_hashes import word_hashes

WIND = "HORIZON-CL5-2026-09-D3-03"
CHANGING = SOURCES[:1]
"""What is crawled where the others would bring what they brought before."""


def settings_for(engine: Engine, replica: PortalReplica, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        database_url=engine.url.render_as_string(hide_password=False),
        portal_search_url=AnyHttpUrl(replica.search_url),
        mail_url=f"folder:{folder / 'outbox'}",
        crawl_delay_seconds=0,
        config_dir=SHIPPED,
    )


def whole_job(
    engine: Engine, settings: Settings, now: datetime, sources: Sequence[Source] = SOURCES
) -> list[int]:
    """Crawl, match, approve, compose and deliver; return how many items each mail has."""
    assert all(report.healthy for report in crawl(sources, settings, now))
    match_profiles(engine, means_of(word_hashes(), SHIPPED), now)
    with session_scope(engine) as session:
        approve_all(session, "an adviser", now)
    composed = compose_due(engine, settings, now)
    delivery = deliver(engine, open_channel(settings), lambda: now)
    assert len(delivery.delivered) == len(composed)
    return [len(one.items) for one in composed]


def test_nothing_is_told_twice_unless_it_changed(
    any_engine: Engine, tmp_path: Path, now: datetime
) -> None:
    with session_scope(any_engine) as session:
        import_profiles(session, read_profiles([SHIPPED / "profiles"], SHIPPED), now)
        signup = Signup(
            "group@example.org", "ocean-structures", Cadence.WEEKLY, "en", "Europe/Oslo", "a test"
        )
        subscribe(session, signup, now)
    records = [dict(record) for record in read_records(SAMPLES)]
    with PortalReplica(records) as replica:
        settings = settings_for(any_engine, replica, tmp_path)
        (first,) = whole_job(any_engine, settings, now)
        assert first > 1
        assert whole_job(any_engine, settings, now) == []
        following = now + timedelta(days=7)
        assert whole_job(any_engine, settings, following, CHANGING) == []
        replica.records = [moved(record) for record in records]
        assert whole_job(any_engine, settings, following, CHANGING) == [1]
    mails = sorted((tmp_path / "outbox").glob("*.eml"))
    assert len(mails) == 2
    assert "1 deadline moved" in mails[1].read_text().splitlines()[2]


def moved(record: dict[str, object]) -> dict[str, object]:
    """Return the record, the deadline of one topic a week later."""
    if WIND not in json.dumps(record["metadata"]):
        return record
    text = json.dumps(copy.deepcopy(record)).replace("2026-09-15", "2026-09-22")
    changed: dict[str, object] = json.loads(text)
    return changed
