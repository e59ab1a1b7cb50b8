"""Pages of a source → the store, one transaction each."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from sqlalchemy.orm import Session

from crawler.answers import AnswerFolder
from crawler.base import SourceSpider
from crawler.fields import as_line
from crawler.health import EarlierRun, Shape
from crawler.items import CollectedPage, CrawlJob, CrawlReport, Look
from crawler.judging import fill_report, proves_absence
from crawler.second_look import trusted_looks
from store.absences import note_absences
from store.collecting import Kept, Outcome, keep_page
from store.crawl_answers import forget_answers
from store.crawl_runs import finished_runs
from store.db import StoreError, in_transaction, open_engine, session_scope
from store.models import CrawlAnswer, CrawlRun, Status

log = logging.getLogger(__name__)

COMPARED_RUNS = 10
"""Earlier runs of a source that say what is usual."""

FOUND: dict[Look, Status | None] = {
    Look.THERE: Status.OPEN,
    Look.CLOSED: Status.CLOSED,
    Look.GONE: None,
}
"""What a direct look says of an opportunity's status; None: there is no such opportunity."""


class StorePipeline:
    """Keep each page; at the end, write what the run was."""

    def __init__(self, spider: SourceSpider) -> None:
        self.spider = spider
        self.job, self.report = spider.job, spider.report
        self.engine = open_engine(self.job.settings.database_url)
        self.looks: dict[str, Look] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of a crawl.

        Raises:
            TypeError: If the spider is none of ours.
        """
        if not isinstance(crawler.spider, SourceSpider):
            raise TypeError(f"no spider of ours: {crawler.spider!r}")
        return cls(crawler.spider)

    async def process_item(self, page: CollectedPage) -> CollectedPage:
        """Keep ``page``; end the crawl when the store refuses it.

        Raises:
            DropItem: If it could not be stored; what was stored before stays.
        """
        answers, self.spider.answers = self.spider.answers, []
        try:
            kept = in_transaction(self.engine, lambda session: self._keep(session, page, answers))
        except Exception as error:
            known = isinstance(error, StoreError)
            self._fail(str(error) if known else f"{type(error).__name__}: {as_line(str(error))}")
            raise DropItem(f"page {page.number} was not stored") from error
        self.report.new += len(kept.references[Outcome.NEW])
        self.report.changed += len(kept.references[Outcome.CHANGED])
        self.report.unchanged += len(kept.references[Outcome.UNCHANGED])
        return page

    def _keep(self, session: Session, page: CollectedPage, answers: Sequence[CrawlAnswer]) -> Kept:
        session.add_all(answers)
        run = session.get_one(CrawlRun, self.spider.run_id)
        return keep_page(session, run, page.records, self.job.now)

    def close_spider(self) -> None:
        """Write what the run was; only a proven one may say that something is missing."""
        spider, source = self.spider, self.job.source.name
        errors = spider.crawler.stats.get_value("spider_exceptions/count", 0)
        try:
            with session_scope(self.engine) as session:
                runs = finished_runs(session, source, spider.endpoint, COMPARED_RUNS)
            fill_report(spider, errors, [_as_earlier(run) for run in runs])
            self.looks = trusted_looks(spider)
            forgotten = in_transaction(self.engine, self._close)
        except StoreError as error:
            self._fail(str(error))
            return
        finally:
            self.engine.dispose()
        for sha256 in forgotten:
            AnswerFolder(self.job.settings.answers_dir).drop(sha256)

    def _close(self, session: Session) -> list[str]:
        """Say what is absent, write the run, and return which bodies nobody refers to any more."""
        spider, report, job = self.spider, self.report, self.job
        if proves_absence(spider):
            looks = {reference: FOUND[look] for reference, look in self.looks.items()}
            gone = note_absences(session, job.source.name, spider.seen, looks, job.now)
            report.closed, report.missing = gone.closed, gone.missing
            report.withdrawn = gone.withdrawn
        write_run(session.get_one(CrawlRun, spider.run_id), report, job)
        session.add_all(spider.answers)
        return forget_answers(session, self._kept_since())

    def _kept_since(self) -> datetime:
        return self.job.now - timedelta(days=self.job.settings.keep_answers_days)

    def _fail(self, reason: str) -> None:
        log.info("run failed", extra={"source": self.job.source.name, "reason": reason})
        self.report.problems = [reason]
        self.report.failed = True
        self.report.complete = self.report.healthy = False
        self.spider.halted = True


def _as_earlier(run: CrawlRun) -> EarlierRun:
    valid = None if run.announced is None else run.announced - run.leftovers
    return EarlierRun(valid, run.fill_rates, Shape.of_json(run.shape))


def write_run(run: CrawlRun, report: CrawlReport, job: CrawlJob) -> None:
    """Write ``report`` into the run's row."""
    for name in (
        "seen", "new", "changed", "unchanged", "closed", "missing", "withdrawn", "refused",
        "outside", "leftovers", "pages", "scans", "announced", "complete", "healthy", "problems",
        "notes", "endpoint", "fill_rates", "shape",
    ):  # fmt: skip
        setattr(run, name, getattr(report, name))
    run.finished_at = job.now


def note_run(job: CrawlJob, run_id: int, report: CrawlReport) -> None:
    """Write ``report`` into the run once more; a store that refuses is told in the report."""
    engine = open_engine(job.settings.database_url)
    try:
        with session_scope(engine) as session:
            write_run(session.get_one(CrawlRun, run_id), report, job)
    except StoreError as error:
        report.failed = True
        report.problems.append(str(error))
    finally:
        engine.dispose()
