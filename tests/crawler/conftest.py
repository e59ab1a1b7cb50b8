"""Records as the portal writes them, and crawls against a replica of it."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import Engine

from config.deadlines import DeadlineRule, deadline_rules
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.items import CrawlReport
from crawler.replica import Faults, PortalReplica, read_records
from crawler.run import crawl
from jobs.demo import SAMPLES
from store.db import open_engine, upgrade

Record = dict[str, Any]


@pytest.fixture(scope="session")
def rules() -> tuple[DeadlineRule, ...]:
    return deadline_rules(SHIPPED)


@pytest.fixture(scope="session")
def samples() -> list[Record]:
    return [dict(record) for record in read_records(SAMPLES)]


@pytest.fixture
def topic(samples: list[Record]) -> Callable[..., Record]:
    """Return a sample topic by identifier, with metadata replaced."""
    by_id = {record["metadata"]["identifier"][0]: record for record in samples}

    def make(identifier: str = "HORIZON-CL5-2026-09-D3-03", **metadata: list[str]) -> Record:
        record = copy.deepcopy(by_id[identifier])
        record["metadata"] |= metadata
        return record

    return make


@dataclass
class Crawl:
    """A database and a replica, and crawls of the one into the other."""

    replica: PortalReplica
    settings: Settings
    engine: Engine
    now: datetime

    def run(self, *sources: Source, faults: Faults | None = None) -> list[CrawlReport]:
        """Crawl ``sources`` with ``faults`` switched on."""
        self.replica.faults = faults or Faults()
        return list(
            crawl(sources or (Source("horizon_europe", (1, 9999)),), self.settings, self.now)
        )

    def one(self, faults: Faults | None = None) -> CrawlReport:
        """Crawl Horizon Europe."""
        return self.run(faults=faults)[0]


@pytest.fixture
def crawling(tmp_path: Path, samples: list[Record], now: datetime) -> Iterator[Crawl]:
    """Yield a crawl of the bundled samples into an empty database."""
    with PortalReplica(samples) as replica:
        settings = Settings(
            database_url=f"sqlite:///{tmp_path / 'crawl.db'}",
            portal_search_url=AnyHttpUrl(replica.search_url),
            crawl_delay_seconds=0,
            config_dir=SHIPPED,
            answers_dir=tmp_path / "answers",
        )
        engine = open_engine(settings.database_url)
        upgrade(engine)
        yield Crawl(replica, settings, engine, now)
        engine.dispose()
