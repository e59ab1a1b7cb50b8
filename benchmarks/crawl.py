"""How fast a full scan is parsed and stored, beside a bare Scrapy run that only downloads it.

Both read the same pages from the same replica in turn, each run in a process of its own; start-up
is left out. Then the memory of a crawl by its number of pages, beside the limit of 400 MB.
Usage: python benchmarks/crawl.py [FOLDER OF A RECORDED SCAN] [--runs 3]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scrapy
from pydantic import AnyHttpUrl
from rich.console import Console
from rich.table import Table
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from benchmarks.memory import peak_memory_mib
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.items import CrawlJob, CrawlReport
from crawler.replica import PortalReplica, read_records
from crawler.run import crawl_here
from crawler.settings import scrapy_settings
from crawler.spiders.horizon_europe import HorizonEuropeSpider
from jobs.demo import SAMPLES
from store.db import open_engine, upgrade

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
SCAN = Path(os.environ.get("CALLWATCH_SHARED", Path(__file__).parents[2] / "shared")) / (
    "portal/search/2026-05-20"
)


class BareSpider(scrapy.Spider):
    """Asks for the pages that the real spider asks for, and looks at nothing in them."""

    name = "bare"

    def __init__(self, job: CrawlJob, pages: int) -> None:
        super().__init__()
        self.requests = HorizonEuropeSpider(job, CrawlReport("bare"), run_id=0)
        self.pages = pages
        self.bytes = 0

    async def start(self) -> AsyncIterator[Request]:
        """Ask for page 1."""
        yield self.page(1)

    def page(self, number: int) -> Request:
        """Return the request for a page."""
        request = self.requests.page_request(number)
        return request.replace(callback=self.parse_nothing, errback=None)

    def parse_nothing(self, response: Response, number: int) -> Any:
        """Count the bytes, and ask for the next page."""
        self.bytes += len(response.body)
        if number < self.pages:
            yield self.page(number + 1)


def job_for(url: str, folder: str) -> CrawlJob:
    """Return the job of a run."""
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/bench.db",
        portal_search_url=AnyHttpUrl(url),
        crawl_delay_seconds=0,
        config_dir=SHIPPED,
        answers_dir=Path(folder) / "answers",
    )
    return CrawlJob(Source("horizon_europe", (1, 10_000)), settings, NOW)


def run_child(what: str, url: str, folder: str) -> None:
    """Do one run in this process and print its seconds, peak memory and number of topics."""
    job = job_for(url, folder)
    began = time.perf_counter()
    if what == "bare":
        settings = scrapy_settings(job.settings) | {"ITEM_PIPELINES": {}, "EXTENSIONS": {}}
        process = AsyncCrawlerProcess(settings)
        process.crawl(BareSpider, job=job, pages=int(os.environ["BENCH_PAGES"]))
        process.start()
        topics = int(os.environ["BENCH_TOPICS"])
    else:
        topics = crawl_here(job).seen
    seconds = time.perf_counter() - began
    peak_mib = peak_memory_mib()
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib, "topics": topics}))


def measured(what: str, url: str, folder: str, size: tuple[int, int]) -> dict[str, float]:
    """Return what one run in a child process printed."""
    done = subprocess.run(
        [sys.executable, __file__, "--child", what, url, folder],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"BENCH_TOPICS": str(size[0]), "BENCH_PAGES": str(size[1])},
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=SCAN if SCAN.is_dir() else SAMPLES)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "URL", "FOLDER"))
    options = parser.parse_args()
    if options.child:
        run_child(*options.child)
        return
    kinds = ("bare", "first", "again")
    results: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    with PortalReplica(read_records(options.folder)) as replica:
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory() as folder:
                upgrade(open_engine(f"sqlite:///{folder}/bench.db"))
                first = measured("first", replica.search_url, folder, (0, 0))
                size = (int(first["topics"]), -(-int(first["topics"]) // 100))
                results["first"].append(first)
                results["again"].append(measured("again", replica.search_url, folder, size))
                results["bare"].append(measured("bare", replica.search_url, folder, size))
    print_table(options.folder, results)
    print_memory(options.folder)


def repeated(folder: Path, times: int) -> list[dict[str, Any]]:
    """Return the topics of a scan several times over, each under a number of its own."""
    topics = [dict(record) for record in read_records(folder)]
    return [
        topic
        | {
            "reference": f"{number}TOPICSen",
            "metadata": topic["metadata"] | {"identifier": [f"HORIZON-BENCH-{number:06}"]},
        }
        for number, topic in enumerate(topics * times)
    ]


def print_memory(folder: Path) -> None:
    """Print the peak of a first and of a second crawl, by the number of pages."""
    table = Table("topics", "pages", "first crawl MiB", "again MiB", "× limit of 400 MB", box=None)
    for times in (1, 4, 12):
        with (
            PortalReplica(repeated(folder, times)) as replica,
            tempfile.TemporaryDirectory() as work,
        ):
            upgrade(open_engine(f"sqlite:///{work}/bench.db"))
            runs = [measured(what, replica.search_url, work, (0, 0)) for what in ("first", "again")]
        topics, peaks = int(runs[0]["topics"]), [run["peak_mib"] for run in runs]
        pages = -(-topics // 100)
        ratio = max(peaks) * 1024**2 / 400e6
        table.add_row(str(topics), str(pages), f"{peaks[0]:.0f}", f"{peaks[1]:.0f}", f"{ratio:.2f}")
    Console().print(table)


NAMES = {
    "bare": "bare Scrapy, download only",
    "first": "Callwatch, everything new",
    "again": "Callwatch, nothing changed",
}


def print_table(folder: Path, results: dict[str, list[dict[str, float]]]) -> None:
    """Print the medians, and each beside the bare run."""
    topics = int(results["first"][0]["topics"])
    table = Table("run", "seconds", "topics/s", "× bare", "peak MiB", box=None)
    bare = statistics.median(run["seconds"] for run in results["bare"])
    for kind, runs in results.items():
        seconds = statistics.median(run["seconds"] for run in runs)
        peak = max(run["peak_mib"] for run in runs)
        rate, ratio = topics / seconds, seconds / bare
        table.add_row(NAMES[kind], f"{seconds:.2f}", f"{rate:.0f}", f"{ratio:.2f}", f"{peak:.0f}")
    console = Console()
    console.print(f"{topics} topics of {folder.name}, median of {len(results['bare'])} runs")
    console.print(table)


if __name__ == "__main__":
    main()
