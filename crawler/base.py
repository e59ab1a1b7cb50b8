"""What every spider does: read each record, count what it refused, know what to expect."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

import scrapy

from crawler.coverage import Coverage
from crawler.fields import as_line
from crawler.health import Gauge
from crawler.items import CrawlJob, CrawlReport, Doubt, Look
from crawler.records import FieldError
from store.collected import Collected
from store.models import CrawlAnswer, Endpoint, Kind

log = logging.getLogger(__name__)

PAGE_SIZE = 100
"""The portal never returns more, whatever is asked."""

Record = dict[str, Any]


class SourceSpider(scrapy.Spider):
    """A source: what is expected of it, and the one place that catches a refused record."""

    endpoint: ClassVar[Endpoint]
    """What confirms the opportunities it collects."""
    expected: range
    """Number of opportunities of a healthy run: below it the run is an alarm, above it a note."""
    fill_rates: ClassVar[Mapping[str, float]] = {}
    """Least share (0..1) of a healthy run's opportunities in which a field says something."""

    def __init__(
        self, job: CrawlJob, report: CrawlReport, run_id: int, doubts: Iterable[Doubt] = ()
    ) -> None:
        super().__init__()
        self.job = job
        self.report = report
        """Filled by the pipeline at the end."""
        self.run_id = run_id
        self.doubts = tuple(doubts)
        """What has been missing for so long that it is looked for directly."""
        self.looks: dict[str, Look] = {}
        """Reference → what the direct look found."""
        self.control: Doubt | None = None
        """A topic that was returned: its file must be there where others' are said to be gone."""
        self.coverage = Coverage(PAGE_SIZE, job.settings.crawl_rescans)
        self.gauge = Gauge()
        self.answers: list[CrawlAnswer] = []
        """What was received and kept, not yet told to the store."""
        self.seen: set[str] = set()
        self.leftovers: set[str] = set()
        """Rows of the stale index: counted towards what was announced, and not kept."""
        self.refusals: dict[str, str] = {}
        """Reference → why the record could not be read."""
        self.halted = False
        """Set when the store refuses: nothing more is asked of the source."""
        if job.source.expected:
            self.expected = range(job.source.expected[0], job.source.expected[1] + 1)

    def read_each(
        self, records: Iterable[Record], read: Callable[[Record], Collected]
    ) -> Iterator[Collected]:
        """Yield what ``read`` makes of each record; log and count those it refuses."""
        for record in records:
            reference = str(record.get("reference"))
            self.seen.add(reference)
            self.gauge.take_raw(record)
            try:
                collected = read(record)
            except FieldError as error:
                self._refuse(reference, str(error))
            except Exception as error:  # noqa: BLE001 - one strange record must not cost its page
                self._refuse(reference, f"{type(error).__name__}: {as_line(str(error)):.120}")
            else:
                self.gauge.take(collected)
                if collected.kind is Kind.TOPIC:
                    self.control = Doubt(collected.reference, collected.topic_id)
                yield collected

    def _refuse(self, reference: str, reason: str) -> None:
        self.refusals[reference] = reason
        log.info("record refused", extra={"reference": reference, "reason": reason})
