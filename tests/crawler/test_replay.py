"""Every recorded scan, crawled in the order of its days; skipped where there are none."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.items import CrawlReport
from crawler.replica import PortalReplica, read_records
from crawler.run import crawl
from store.db import open_engine, upgrade
from store.models import Change, ChangeKind, Opportunity, Severity

Record = dict[str, Any]

CODES = {"horizon_europe": "43108390", "erasmus_plus": "43353764"}
WHOLE = (
    ("2026-05-20", "2026-05-21"),
    ("2026-05-21", "2026-05-22"),
    ("2026-05-22", "2026-05-26"),
    ("2026-05-26", "2026-05-27"),
    ("2026-05-27", "2026-05-28"),
)
"""Days that follow each other and of which every record is there."""


@dataclass(frozen=True)
class Replay:
    """All scans, crawled one after the other into one database."""

    engine: Engine
    reports: dict[str, list[CrawlReport]]
    """Day → the runs of that day."""

    def events(self, day: str | None = None) -> list[tuple[str, Change]]:
        """Return the events of a day, or of all days, with the references they speak of."""
        with Session(self.engine) as session:
            rows = session.execute(
                select(Opportunity.reference, Change).join(Opportunity).order_by(Change.id)
            )
            return [
                (reference, change)
                for reference, change in rows
                if day is None or change.detected_at.date().isoformat() == day
            ]

    def references(self, day: str, *kinds: ChangeKind) -> set[str]:
        """Return what had an event of these kinds on ``day``."""
        return {reference for reference, change in self.events(day) if change.kind in kinds}


def moment(folder: Path) -> datetime:
    return datetime.fromisoformat(f"{folder.name}T06:00:00+00:00")


@pytest.fixture(scope="module")
def replay(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    folder = tmp_path_factory.mktemp("replay")
    url = f"sqlite:///{folder / 'replay.db'}"
    engine = open_engine(url)
    upgrade(engine)
    reports = {}
    for scan in sorted((shared / "portal" / "search").iterdir()):
        with PortalReplica(read_records(scan)) as replica:
            settings = Settings(
                database_url=url,
                portal_search_url=AnyHttpUrl(replica.search_url),
                crawl_delay_seconds=0,
                config_dir=SHIPPED,
                answers_dir=folder / "answers",
            )
            reports[scan.name] = list(crawl(map(Source, CODES), settings, moment(scan)))
    yield Replay(engine, reports)
    engine.dispose()


@dataclass(frozen=True)
class Raw:
    """What a scan says of one record, read without any code of ours."""

    status: str
    days: tuple[str, ...]


def raw(folder: Path) -> dict[str, Raw]:
    rows: dict[str, Raw] = {}
    for path in sorted(folder.glob("page-*.json.gz")):
        for row in json.loads(gzip.decompress(path.read_bytes()))["results"]:
            metadata = row["metadata"]
            if metadata["frameworkProgramme"][0] in CODES.values():
                days = sorted({text[:10] for text in metadata.get("deadlineDate", [])})
                rows[row["reference"]] = Raw(metadata["status"][0], tuple(days))
    return rows


def test_every_run_is_complete_and_healthy(replay: Replay, shared: Path) -> None:
    for day, reports in replay.reports.items():
        wanted = len(raw(shared / "portal" / "search" / day))
        assert sum(report.seen for report in reports) == wanted
        for report in reports:
            assert (day, report.source, report.problems, report.healthy) == (
                day, report.source, [], True,
            )  # fmt: skip


def test_no_topic_is_reported_new_twice(replay: Replay) -> None:
    new = Counter(r for r, change in replay.events() if change.kind is ChangeKind.NEW)
    assert set(new.values()) == {1}


def test_nothing_is_called_withdrawn_that_a_scan_forgot(replay: Replay) -> None:
    assert not [r for r, change in replay.events() if change.kind is ChangeKind.WITHDRAWN]


def test_what_is_missing_or_back_is_silence(replay: Replay) -> None:
    for _, change in replay.events():
        if change.kind in {ChangeKind.MISSING, ChangeKind.RETURNED}:
            assert change.severity is Severity.NOISE


def test_nothing_is_closed_before_its_day_is_over(replay: Replay, shared: Path) -> None:
    seen: dict[str, Raw] = {}
    for scan in sorted((shared / "portal" / "search").iterdir()):
        for reference in replay.references(scan.name, ChangeKind.CLOSED):
            model_days = seen[reference].days
            assert date.fromisoformat(model_days[0]) < moment(scan).date(), reference
        seen |= raw(scan)


@pytest.mark.parametrize(("before", "after"), WHOLE)
def test_the_events_between_two_whole_scans_are_those_of_the_raw_records(
    before: str, after: str, replay: Replay, shared: Path
) -> None:
    old, new = (raw(shared / "portal" / "search" / day) for day in (before, after))
    both = old.keys() & new.keys()
    moved = {reference for reference in both if old[reference].days != new[reference].days}
    other_status = {
        reference for reference in both if old[reference].status != new[reference].status
    }
    assert replay.references(after, ChangeKind.NEW) == new.keys() - old.keys() - _known(
        replay, after
    )
    assert replay.references(after, ChangeKind.CLOSED) == old.keys() - new.keys()
    assert replay.references(after, ChangeKind.OPENED, ChangeKind.REOPENED) == other_status
    assert (
        replay.references(
            after,
            ChangeKind.DEADLINE_EARLIER,
            ChangeKind.DEADLINE_LATER,
            ChangeKind.DEADLINE_ADDED,
            ChangeKind.DEADLINE_REMOVED,
        )
        == moved
    )


def _known(replay: Replay, day: str) -> set[str]:
    """Return what was new on an earlier day."""
    return {
        reference
        for reference, change in replay.events()
        if change.kind is ChangeKind.NEW and change.detected_at.date().isoformat() < day
    }


def test_a_notice_of_the_portal_is_an_event_people_can_read(replay: Replay) -> None:
    news = [change.after for _, change in replay.events() if change.kind is ChangeKind.NEWS]
    assert len(news) > 50
    for text in news:
        assert text is not None
        assert text[:10].count("-") == 2
        assert "<" not in text
        assert "\n" not in text
