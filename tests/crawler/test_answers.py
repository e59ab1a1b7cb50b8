"""Answers of a source, kept as they came."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.sources import Source
from crawler.answers import AnswerFolder
from crawler.items import CrawlJob
from crawler.replica import Faults, read_records
from crawler.run import as_json
from store.crawl_answers import answers_of
from store.models import Change, ChangeKind, CrawlAnswer, CrawlRun, Opportunity
from tests.crawler.conftest import Crawl


def bodies(crawling: Crawl) -> list[Path]:
    return sorted(crawling.settings.answers_dir.rglob("*.gz"))


def test_every_answer_is_kept_before_it_is_read(crawling: Crawl) -> None:
    crawling.one()
    with Session(crawling.engine) as session:
        run_id = session.scalars(select(CrawlRun.id)).one()
        (answer,) = answers_of(session, run_id)
    assert (answer.status, answer.content_type[:16]) == (200, "application/json")
    body = AnswerFolder(crawling.settings.answers_dir).read(answer.sha256)
    assert len(body) == answer.size_bytes
    assert json.loads(body)["totalResults"] == 44


def test_a_folder_of_answers_can_be_served_again(crawling: Crawl, tmp_path: Path) -> None:
    crawling.one()
    (body,) = bodies(crawling)
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "page-01.json").write_bytes(gzip.decompress(body.read_bytes()))
    assert len(read_records(tmp_path / "again")) == 44


def test_the_same_body_is_kept_once(tmp_path: Path) -> None:
    folder = AnswerFolder(tmp_path)
    assert folder.keep(b"body") == folder.keep(b"body")
    assert len(list(tmp_path.rglob("*.gz"))) == 1


def test_answers_are_forgotten_after_their_time(crawling: Crawl) -> None:
    crawling.one()
    crawling.now += timedelta(days=31)
    crawling.one()
    with Session(crawling.engine) as session:
        (kept,) = session.scalars(select(CrawlAnswer))
    assert [path.name for path in bodies(crawling)] == [f"{kept.sha256}.gz"]


def test_nothing_is_kept_where_nothing_is_wanted(crawling: Crawl) -> None:
    crawling.settings = crawling.settings.model_copy(update={"keep_answers_days": 0})
    assert crawling.one().healthy
    assert bodies(crawling) == []


def test_a_folder_that_cannot_be_written_stops_no_crawl(crawling: Crawl, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    crawling.settings = crawling.settings.model_copy(
        update={"answers_dir": tmp_path / "file" / "answers"}
    )
    report = crawling.one()
    assert (report.healthy, report.new) == (True, 44)
    (note,) = report.notes
    assert note.startswith("answers cannot be kept in ")


@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_a_killed_crawl_starts_again_without_harm(crawling: Crawl) -> None:
    """Kill a crawl while a page is under way, then crawl again."""
    crawling.replica.records = [
        {**record, "reference": f"{number}TOPICSen"}
        for number, record in enumerate([*crawling.replica.records] * 6)
    ]
    settings = crawling.settings.model_copy(update={"crawl_delay_seconds": 0.7})
    job = CrawlJob(Source("horizon_europe", (1, 999)), settings, crawling.now)
    child = subprocess.Popen(
        [sys.executable, "-m", "crawler"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert child.stdin is not None
    child.stdin.write(as_json(job).encode())
    child.stdin.close()
    while count(crawling) == 0:
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    partly = count(crawling)
    report = crawling.one()
    assert report.problems == []
    assert 0 < partly == report.unchanged
    assert report.new + report.unchanged == report.announced == count(crawling)
    with Session(crawling.engine) as session:
        told = select(func.count(Change.id)).where(Change.kind == ChangeKind.NEW)
        assert session.scalar(told) == report.announced
        killed, whole = session.scalars(select(CrawlRun).order_by(CrawlRun.id))
    assert (killed.finished_at, killed.complete, whole.complete) == (None, False, True)


def count(crawling: Crawl) -> int:
    with Session(crawling.engine) as session:
        return session.scalar(select(func.count(Opportunity.id))) or 0


def test_pages_of_two_servers_are_never_called_complete(crawling: Crawl) -> None:
    crawling.replica.records = [
        {**record, "reference": f"{number}TOPICSen"}
        for number, record in enumerate([*crawling.replica.records] * 3)
    ]
    report = crawling.one(Faults(other_version=(2, "2.146")))
    assert (report.complete, report.scans) == (False, 5)
    assert "servers of different versions answered" in report.problems
