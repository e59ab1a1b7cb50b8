"""Every recorded scan of the portal, parsed and crawled; skipped where there are none."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import AnyHttpUrl

from config.deadlines import DeadlineRule
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.portal import is_leftover, read_record
from crawler.replica import Faults, PortalReplica, read_records
from crawler.run import crawl
from store.db import open_engine, upgrade

Record = dict[str, Any]

PROGRAMMES = {"horizon_europe": "43108390", "erasmus_plus": "43353764"}


def pages(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("page-*.json.gz")):
        yield json.loads(gzip.decompress(path.read_bytes()))


def references(folder: Path, code: str) -> set[str]:
    return {
        record["reference"]
        for page in pages(folder)
        for record in page["results"]
        if record["metadata"]["frameworkProgramme"] == [code]
    }


def test_no_record_of_any_scan_is_refused(shared: Path, rules: tuple[DeadlineRule, ...]) -> None:
    distinct: dict[str, Record] = {}
    rows = 0
    for page in pages(shared / "portal" / "search"):
        for record in page["results"]:
            rows += 1
            distinct.setdefault(json.dumps(record["metadata"], sort_keys=True), record)
    assert rows == 8272
    for record in distinct.values():
        collected = read_record(record, rules)
        assert collected.title
        if collected.reference.endswith("TOPICSen"):
            assert collected.cutoffs
            assert collected.conditions
            assert collected.budget.shared_by


def test_rows_of_the_stale_index_are_known_for_what_they_are(shared: Path) -> None:
    rows = [r for page in pages(shared / "portal" / "search-mixed-index") for r in page["results"]]
    old = [r for r in rows if r["metadata"]["DATASOURCE"] == ["SEDIA"]]
    assert (len(rows), len(old)) == (200, 100)
    topics = [record for record in old if record["metadata"]["type"] == ["1"]]
    assert len(topics) == 95
    assert all(is_leftover(record) for record in topics)
    assert not any(is_leftover(record) for record in old if record not in topics)


def settings_for(replica: PortalReplica, folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'crawl.db'}",
        portal_search_url=AnyHttpUrl(replica.search_url),
        crawl_delay_seconds=0,
        config_dir=SHIPPED,
        keep_answers_days=0,
    )


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T06:00:00+00:00")


@pytest.mark.parametrize("day", ["2026-05-20"])
def test_a_recorded_scan_served_in_no_order_is_never_called_complete_wrongly(
    shared: Path, tmp_path: Path, day: str
) -> None:
    folder = shared / "portal" / "search" / day
    wanted = references(folder, PROGRAMMES["horizon_europe"])
    with PortalReplica(read_records(folder), faults=Faults(ignore_sort=True)) as replica:
        settings = settings_for(replica, tmp_path)
        upgrade(open_engine(settings.database_url))
        (report,) = crawl([Source("horizon_europe")], settings, at(day))
    assert report.complete == (report.seen == len(wanted))
    assert report.scans > 1
