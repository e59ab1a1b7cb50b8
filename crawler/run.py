"""Crawling from anywhere: each source in a process of its own, since Scrapy's reactor runs once."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from config.errors import ConfigurationError
from config.programmes import programmes
from config.settings import Settings
from config.sources import Source, configured_sources
from crawler.base import SourceSpider
from crawler.comparison import compared_with_file, is_due
from crawler.fall_back import FallBack, fall_back
from crawler.items import CrawlJob, CrawlReport, Doubt
from crawler.pipelines import note_run
from crawler.search_api import PortalSpider
from crawler.settings import SPIDER_MODULES, scrapy_settings
from store.absences import long_missing
from store.crawl_runs import start_run
from store.db import StoreError, open_engine, session_scope
from store.models import Endpoint


def chosen_sources(settings: Settings, names: Iterable[str]) -> list[Source]:
    """Return the sources to crawl: those named, or every configured one.

    Raises:
        ConfigurationError: If a name is neither configured, nor a spider, nor a programme.
    """
    configured = configured_sources(settings.configuration)
    sources = [configured.get(name, Source(name)) for name in names] or list(configured.values())
    for source in sources:
        spider_for(source)
    return sources


def spider_for(source: Source) -> type[SourceSpider]:
    """Return the spider of ``source``: its own, or the portal's for a programme without one.

    Raises:
        ConfigurationError: If there is neither.
    """
    loader = SpiderLoader.from_settings(ScrapySettings({"SPIDER_MODULES": SPIDER_MODULES}))
    if source.name in loader.list():
        spider: type[SourceSpider] = loader.load(source.name)  # type: ignore[assignment]  # all of ours are
        return spider
    if source.name not in programmes():
        known = sorted({*loader.list(), *programmes()})
        raise ConfigurationError(f"no source {source.name!r}; known are: {', '.join(known)}")
    return type(
        "ProgrammeSpider",
        (PortalSpider,),
        {"name": source.name, "programme": source.name, "expected": range(1, 10_000)},
    )


def crawl(
    sources: Iterable[Source], settings: Settings, now: datetime, *, progress: bool = False
) -> Iterator[CrawlReport]:
    """Crawl one source after the other, and yield what each run did.

    A source that fails does not keep the next one from being crawled.
    """
    for source in sources:
        yield _crawl_apart(CrawlJob(source, settings, now, progress))


def _crawl_apart(job: CrawlJob) -> CrawlReport:
    """Run one crawl in a child process; what it is asked travels on its standard input."""
    child = subprocess.run(
        [sys.executable, "-m", "crawler"],
        input=as_json(job),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    try:
        return read_report(child.stdout)
    except (ValueError, TypeError):
        ended = f"the crawl ended with status {child.returncode} and told nothing"
        return CrawlReport(job.source.name, problems=[ended], failed=True)


def as_json(job: CrawlJob) -> str:
    """Return ``job`` as a line for the child process, secrets included."""
    settings = job.settings.model_dump(mode="json", exclude_unset=True)
    if job.settings.secret_key:
        settings["secret_key"] = job.settings.secret_key.get_secret_value()
    return json.dumps(
        {
            "source": asdict(job.source),
            "settings": settings,
            "now": job.now.isoformat(),
            "progress": job.progress,
        }
    )


def read_job(text: str) -> CrawlJob:
    """Return the job written by ``as_json``."""
    document = json.loads(text)
    expected = document["source"]["expected"]
    return CrawlJob(
        source=Source(document["source"]["name"], tuple(expected) if expected else None),
        settings=Settings(**document["settings"]),
        now=datetime.fromisoformat(document["now"]),
        progress=document["progress"],
    )


def read_report(text: str) -> CrawlReport:
    """Return the report that the child process printed.

    Raises:
        ValueError: If it is none.
    """
    document = json.loads(text)
    return CrawlReport(**document | {"endpoint": Endpoint(document["endpoint"])})


def crawl_here(job: CrawlJob) -> CrawlReport:
    """Run one crawl in this process; possible once, for the reactor cannot be started again."""
    report, spider = CrawlReport(job.source.name), spider_for(job.source)
    grace = timedelta(days=job.settings.withdrawn_after_days)
    engine = open_engine(job.settings.database_url)
    try:
        with session_scope(engine) as session:
            run_id = start_run(session, job.source.name, job.now, spider.endpoint).id
            rows = long_missing(session, job.source.name, job.now, grace)
            doubts = [Doubt(row.reference, row.topic_id) for row in rows]
    except StoreError as error:
        report.problems, report.failed = [str(error)], True
        return report
    finally:
        engine.dispose()
    process = AsyncCrawlerProcess(scrapy_settings(job.settings))
    process.crawl(spider, job=job, report=report, run_id=run_id, doubts=doubts)
    process.start()
    _ask_second_source(job, spider, run_id, report)
    return report


def _ask_second_source(
    job: CrawlJob, spider: type[SourceSpider], run_id: int, report: CrawlReport
) -> None:
    """Read grantsTenders.json where the Search API failed, or compare with it where it did not."""
    programme = getattr(spider, "programme", None)
    if spider.endpoint is not Endpoint.SEARCH_API or programme is None:
        return
    folder = job.settings.answers_dir.with_name("reference")
    if report.unread:
        fall_back(FallBack(job, run_id, programme, folder), report)
    elif report.healthy and is_due(job.settings.cross_check, job.now):
        report.notes += compared_with_file(job, programme, folder)
        note_run(job, run_id, report)
