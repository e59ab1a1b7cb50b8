"""A bar of pages on a terminal."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.base import PAGE_SIZE, SourceSpider
from crawler.items import CollectedPage, CrawlJob


class PageProgress:
    """Draws how many pages of a source have come; only where somebody looks."""

    def __init__(self, job: CrawlJob) -> None:
        self.job = job
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("pages"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self.task = self.bar.add_task(job.source.name, total=None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the bar of a crawl.

        Raises:
            NotConfigured: If no bar is wanted.
        """
        spider = crawler.spider
        if not isinstance(spider, SourceSpider) or not spider.job.progress:
            raise NotConfigured
        bar = cls(spider.job)
        crawler.signals.connect(bar.start, signals.spider_opened)
        crawler.signals.connect(bar.advance, signals.item_scraped)
        crawler.signals.connect(bar.stop, signals.spider_closed)
        return bar

    def start(self) -> None:
        """Draw the bar."""
        self.bar.start()

    def advance(self, item: CollectedPage, spider: SourceSpider) -> None:
        """Move the bar by a page; a further scan adds its pages to the whole."""
        announced = spider.coverage.announced or 0
        pages = -(-announced // PAGE_SIZE) * len(spider.coverage.scans)
        self.bar.update(self.task, completed=spider.coverage.pages, total=pages)

    def stop(self) -> None:
        """Take the bar away."""
        self.bar.stop()
