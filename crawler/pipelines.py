"""Pages of a source → the store, one transaction each."""

import logging
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.base import PortalSpider
from crawler.fields import as_line
from crawler.items import CollectedPage, CrawlJob, CrawlReport
from store.collecting import Outcome, keep_page, mark_missing
from store.db import StoreError, open_engine, session_scope
from store.models import CrawlRun

log = logging.getLogger(__name__)

SHOWN_REFUSALS = 5


class StorePipeline:
    """Keep each page; at the end, write what the run was."""

    def __init__(self, spider: PortalSpider) -> None:
        self.spider = spider
        self.job, self.report = spider.job, spider.report
        self.engine = open_engine(self.job.settings.database_url)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of a crawl.

        Raises:
            TypeError: If the spider is none of ours.
        """
        if not isinstance(crawler.spider, PortalSpider):
            raise TypeError(f"no spider of ours: {crawler.spider!r}")
        return cls(crawler.spider)

    async def process_item(self, page: CollectedPage) -> CollectedPage:
        """Keep ``page``; end the crawl when the store refuses it.

        Raises:
            DropItem: If it could not be stored; what was stored before stays.
        """
        try:
            with session_scope(self.engine) as session:
                run = session.get_one(CrawlRun, self.spider.run_id)
                kept = keep_page(session, run, page.records, self.job.now)
        except Exception as error:
            known = isinstance(error, StoreError)
            self._fail(str(error) if known else f"{type(error).__name__}: {as_line(str(error))}")
            raise DropItem(f"page {page.number} was not stored") from error
        self.report.new += len(kept.references[Outcome.NEW])
        self.report.changed += len(kept.references[Outcome.CHANGED])
        self.report.unchanged += len(kept.references[Outcome.UNCHANGED])
        return page

    def close_spider(self) -> None:
        """Write what the run was; only a complete one may say that something is missing."""
        fill_report(self.report, self.spider)
        try:
            with session_scope(self.engine) as session:
                if self.report.complete and self.spider.coverage.scan.clean:
                    self.report.missing = mark_missing(
                        session, self.job.source.name, self.spider.seen, self.job.now
                    )
                write_run(session.get_one(CrawlRun, self.spider.run_id), self.report, self.job)
        except StoreError as error:
            self._fail(str(error))
        finally:
            self.engine.dispose()

    def _fail(self, reason: str) -> None:
        log.info("run failed", extra={"source": self.job.source.name, "reason": reason})
        self.report.problems = [reason]
        self.report.failed = True
        self.report.complete = self.report.healthy = False
        self.spider.halted = True


def fill_report(report: CrawlReport, spider: PortalSpider) -> None:
    """Write into ``report`` what ``spider`` saw, and judge the run."""
    coverage = spider.coverage
    report.seen, report.refused = len(spider.seen), len(spider.refusals)
    report.pages, report.scans = coverage.pages, len(coverage.scans)
    report.outside = sum(scan.outside for scan in coverage.scans)
    report.announced = coverage.announced
    report.leftovers = len(spider.leftovers)
    if report.failed:
        return
    errors = spider.crawler.stats.get_value("spider_exceptions/count", 0)
    report.complete = coverage.complete and not errors
    report.problems = coverage.problems() + _refused(spider.refusals)
    if errors:
        report.problems.append(
            f"{errors} pages could not be read; CALLWATCH_LOG_LEVEL=debug says why"
        )
    report.failed = coverage.pages == 0
    in_range = report.seen in spider.expected
    if report.complete and not in_range:
        report.problems.append(
            f"{report.seen} opportunities; {spider.expected.start} to {spider.expected.stop - 1}"
            " are expected of a healthy run"
        )
    report.healthy = report.complete and not report.refused and in_range


def _refused(refusals: dict[str, str]) -> list[str]:
    lines = [f"{as_line(reference)} refused: {why}" for reference, why in refusals.items()]
    more = len(lines) - SHOWN_REFUSALS
    return lines[:SHOWN_REFUSALS] + ([f"{more} more records refused"] if more > 0 else [])


def write_run(run: CrawlRun, report: CrawlReport, job: CrawlJob) -> None:
    """Write ``report`` into the run's row."""
    for name in (
        "seen", "new", "changed", "unchanged", "missing", "refused", "outside", "pages", "scans",
        "announced", "complete", "healthy", "problems",
    ):  # fmt: skip
        setattr(run, name, getattr(report, name))
    run.finished_at = job.now
