"""What a run was worth: complete, healthy, and what an operator should know of it."""

from collections.abc import Iterator, Mapping, Sequence

from crawler.base import SourceSpider
from crawler.fields import as_line
from crawler.health import EarlierRun, drift, is_too_few, thin_fields, usual_total
from crawler.items import CrawlReport

SHOWN = 5
"""Refusals that are named; of the rest the number is told."""


def fill_report(spider: SourceSpider, errors: int, earlier: Sequence[EarlierRun]) -> CrawlReport:
    """Write into the report of ``spider`` what it saw, and judge the run.

    Args:
        spider: After its last page.
        errors: Pages on which it failed by itself.
        earlier: The last runs of the same source, to compare with.
    """
    report, coverage = spider.report, spider.coverage
    _count(report, spider)
    if report.failed:
        return report
    problems = [*coverage.problems(), *_unbelieved(spider, earlier)]
    if errors:
        problems.append(f"{errors} pages could not be read; CALLWATCH_LOG_LEVEL=debug says why")
    report.complete = coverage.complete and not problems
    report.problems = problems + _refused(spider.refusals) + list(_thin(spider))
    report.failed = coverage.pages == 0
    report.unread = report.failed or (bool(coverage.scan.failures) and not coverage.complete)
    report.healthy = report.complete and not report.problems
    report.notes += [*_left_over(report), *_many(spider), *drift(spider.gauge, earlier)]
    return report


def proves_absence(spider: SourceSpider) -> bool:
    """Return whether what this run did not return was really not there.

    One scan must have been clean, and what came must look like a healthy run; a record that could
    not be read was there all the same.
    """
    return spider.report.complete and spider.coverage.scan.clean and not any(_thin(spider))


def _count(report: CrawlReport, spider: SourceSpider) -> None:
    coverage = spider.coverage
    report.endpoint = spider.endpoint
    report.seen, report.refused = len(spider.seen), len(spider.refusals)
    report.pages, report.scans = coverage.pages, len(coverage.scans)
    report.outside = sum(scan.outside for scan in coverage.scans)
    report.announced = coverage.announced
    report.leftovers = len(spider.leftovers)
    report.fill_rates = spider.gauge.fill_rates()
    report.shape = spider.gauge.shape().as_json()


def _unbelieved(spider: SourceSpider, earlier: Sequence[EarlierRun]) -> Iterator[str]:
    """Yield why a total is not believed, though everything it announced has come."""
    least = spider.expected.start
    if spider.report.announced is None:
        return
    announced = spider.report.announced - spider.report.leftovers
    if is_too_few(announced, earlier):
        yield (
            f"{announced} announced, where {usual_total(earlier):.0f} are usual: not believed"
            " until it has stayed so for some runs"
        )
    elif spider.coverage.complete and spider.report.seen < least:
        yield f"{spider.report.seen} opportunities; a healthy run has at least {least}"


def _refused(refusals: Mapping[str, str]) -> list[str]:
    lines = [f"{as_line(reference)} refused: {why}" for reference, why in refusals.items()]
    more = len(lines) - SHOWN
    return lines[:SHOWN] + ([f"{more} more records refused"] if more > 0 else [])


def _thin(spider: SourceSpider) -> Iterator[str]:
    """Yield which fields say too little for a run to be healthy."""
    if spider.report.complete and spider.report.seen:
        yield from thin_fields(spider.report.fill_rates, spider.fill_rates)


def _many(spider: SourceSpider) -> Iterator[str]:
    most = spider.expected.stop - 1
    if spider.report.seen > most:
        yield f"{spider.report.seen} opportunities; more than {most} are not expected"


def _left_over(report: CrawlReport) -> Iterator[str]:
    if report.leftovers:
        yield f"{report.leftovers} rows of the stale index were left out"
