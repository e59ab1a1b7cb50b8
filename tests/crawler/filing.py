"""A replica that serves grantsTenders.json, and a crawler that reads it."""

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import AnyHttpUrl
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from config.deadlines import DeadlineRule, deadline_rules
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.comparison import compared_with_file
from crawler.fall_back import FallBack, fall_back
from crawler.items import CrawlJob, CrawlReport
from crawler.portal import read_record
from crawler.reference.fetching import ReferenceFile, Terms, fetch
from crawler.replica import Faults, PortalReplica
from store.collecting import keep_page
from store.crawl_runs import start_run
from store.db import open_engine, session_scope, upgrade
from store.models import Change, ChangeKind, CrawlRun, Opportunity

Record = dict[str, Any]

FILE = "grantsTenders.json"
MOVED = "HORIZON-CL5-2026-09-D3-03"
"""The topic whose deadline ``moved`` moves."""


def settings_for(replica: PortalReplica, folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'callwatch.db'}",
        portal_search_url=AnyHttpUrl(replica.search_url),
        portal_data_url=AnyHttpUrl(replica.data_url),
        crawl_delay_seconds=0,
        config_dir=SHIPPED,
    )


@dataclass
class Fetching:
    """Asks a replica for the file, at moments."""

    replica: PortalReplica
    settings: Settings
    folder: Path

    def at(self, now: datetime, faults: Faults | None = None, **terms: float) -> ReferenceFile:
        self.replica.faults = faults or Faults()
        return fetch(self.settings, self.folder, now, Terms(**terms) if terms else None)  # type: ignore[arg-type]  # each test knows its term

    @property
    def answers(self) -> list[int]:
        """What the replica answered to requests for the file."""
        return [r.status for r in self.replica.requests if r.path.endswith(FILE)]

    @property
    def content(self) -> bytes:
        return (self.folder / FILE).read_bytes()

    @property
    def pieces(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.suffix == ".part")


@dataclass
class Failing:
    """A database, a replica that serves the file, and a Search API that fails."""

    replica: PortalReplica
    settings: Settings
    engine: Engine
    folder: Path
    rules: tuple[DeadlineRule, ...]

    def searched(self, records: Sequence[Record], now: datetime) -> None:
        """Store ``records`` as a run of the Search API does."""
        page = [read_record(record, self.rules) for record in records]
        with session_scope(self.engine) as session:
            keep_page(session, start_run(session, "horizon_europe", now), page, now)

    def file_of(self, records: Sequence[Record], built_at: datetime) -> None:
        self.replica.records = records
        self.replica.file_modified_at = built_at

    def job(self, now: datetime) -> CrawlJob:
        return CrawlJob(Source("horizon_europe"), self.settings, now)

    def fall_back(self, now: datetime) -> CrawlReport:
        """Fall back on the file after a run of which no page came."""
        report = CrawlReport("horizon_europe", problems=["page 1: HTTP 503"], failed=True)
        with session_scope(self.engine) as session:
            run_id = start_run(session, "horizon_europe", now).id
        fall_back(FallBack(self.job(now), run_id, "horizon_europe", self.folder), report)
        return report

    def compare(self, now: datetime) -> list[str]:
        return compared_with_file(self.job(now), "horizon_europe", self.folder)

    def stored(self, topic_id: str = MOVED) -> Opportunity:
        with Session(self.engine) as session:
            return session.scalars(
                select(Opportunity)
                .where(Opportunity.topic_id == topic_id)
                .options(selectinload(Opportunity.cutoffs))
            ).one()

    def withdraw(self, topic_id: str, at: datetime) -> None:
        with session_scope(self.engine) as session:
            row = session.scalars(select(Opportunity).where(Opportunity.topic_id == topic_id)).one()
            row.missing_since = row.withdrawn_at = at

    def changes(self) -> list[tuple[ChangeKind, str | None, str | None]]:
        with Session(self.engine) as session:
            rows = session.scalars(select(Change).where(Change.kind != ChangeKind.NEW))
            return [(row.kind, row.before, row.after) for row in rows.all()]

    def last_run(self) -> CrawlRun:
        with Session(self.engine) as session:
            return session.scalars(select(CrawlRun).order_by(CrawlRun.id.desc())).all()[0]


@contextmanager
def failing_search(folder: Path, samples: list[Record], now: datetime) -> Iterator[Failing]:
    """Yield a replica that serves ``samples`` in a file built three hours ago."""
    with PortalReplica(samples) as replica:
        replica.file_modified_at = now - timedelta(hours=3)
        settings = settings_for(replica, folder)
        engine = open_engine(settings.database_url)
        upgrade(engine)
        yield Failing(replica, settings, engine, folder / "file", deadline_rules(SHIPPED))
        engine.dispose()


def moved(samples: list[Record], day: str) -> list[Record]:
    """Return the samples with one deadline moved from 15 September to ``day``."""
    copied = copy.deepcopy(samples)
    for record in copied:
        if record["metadata"]["identifier"] == [MOVED]:
            record.update(json.loads(json.dumps(record).replace("2026-09-15", day)))
    return copied
