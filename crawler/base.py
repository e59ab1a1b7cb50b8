"""What every spider does, and what every spider of the portal's Search API does."""

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import scrapy
from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure
from urllib3 import encode_multipart_formdata
from urllib3.fields import RequestField

from config.deadlines import deadline_rules
from config.programmes import programmes
from crawler.coverage import Coverage
from crawler.fields import as_line
from crawler.items import CollectedPage, CrawlJob, CrawlReport
from crawler.middlewares import plain_reason
from crawler.portal import STATUS, is_leftover, read_record
from crawler.records import Answer, FieldError, read_answer
from store.collected import Collected
from store.models import Status

log = logging.getLogger(__name__)

PAGE_SIZE = 100
"""The portal never returns more, whatever is asked."""

Record = dict[str, Any]


class SourceSpider(scrapy.Spider):
    """A source: what is expected of it, and the one place that catches a refused record."""

    expected: range
    """Number of opportunities of a healthy run; outside it the run is an alarm."""

    def __init__(self, job: CrawlJob, report: CrawlReport, run_id: int) -> None:
        super().__init__()
        self.job = job
        self.report = report
        """Filled by the pipeline at the end."""
        self.run_id = run_id
        self.seen: set[str] = set()
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
            try:
                yield read(record)
            except FieldError as error:
                self._refuse(reference, str(error))
            except Exception as error:  # noqa: BLE001 - one strange record must not cost its page
                self._refuse(reference, f"{type(error).__name__}: {as_line(str(error)):.120}")

    def _refuse(self, reference: str, reason: str) -> None:
        self.refusals[reference] = reason
        log.info("record refused", extra={"reference": reference, "reason": reason})


class PortalSpider(SourceSpider):
    """Read the open and forthcoming opportunities of one programme through the Search API."""

    programme: str
    """Slug in config/programmes.yaml."""
    types: tuple[str, ...] = ("1", "2")
    """Kinds of records: topics of calls, and calls for proposals of the external action."""
    statuses: tuple[Status, ...] = (Status.FORTHCOMING, Status.OPEN)

    def __init__(self, job: CrawlJob, report: CrawlReport, run_id: int) -> None:
        super().__init__(job, report, run_id)
        self.rules = deadline_rules(job.settings.configuration)
        self.coverage = Coverage(PAGE_SIZE, job.settings.crawl_rescans)
        self.leftovers: set[str] = set()
        """Rows of the stale index: counted towards what was announced, and not kept."""

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first page."""
        yield self.page_request(1)

    def query(self) -> dict[str, Any]:
        """Return what is asked for, in the portal's query language."""
        codes = [code for code, status in STATUS.items() if status in self.statuses]
        clauses = {
            "type": list(self.types),
            "status": codes,
            "frameworkProgramme": [programmes()[self.programme].code],
            "DATASOURCE": ["SEDIA"],  # the other one stopped in 2023 and still says "open"
            "language": ["en"],
        }
        terms: list[dict[str, Any]] = [
            {"terms": {name: values}} for name, values in clauses.items()
        ]
        return {"bool": {"must": terms}}

    def page_request(self, number: int) -> Request:
        """Return the request for page ``number``, from 1."""
        body, content_type = encode_multipart_formdata(
            [
                _json_part("query", self.query()),
                _json_part("languages", ["en"]),
                # a unique key that every record has: without one the pages overlap
                _json_part("sort", {"field": "identifier", "order": "ASC"}),
            ]
        )
        return Request(
            _with_parameters(
                str(self.job.settings.portal_search_url),
                {"apiKey": "SEDIA", "text": "***", "pageSize": PAGE_SIZE, "pageNumber": number},
            ),
            method="POST",
            body=body,
            headers={"Content-Type": content_type, "Accept": "application/json"},
            callback=self.parse_search_page,
            errback=partial(self.note_failed_page, number=number),
            cb_kwargs={"number": number},
            meta={"retry_pause_seconds": self.job.settings.crawl_delay_seconds},
            dont_filter=True,
        )

    def parse_search_page(
        self, response: Response, number: int
    ) -> Iterator[CollectedPage | Request]:
        """Yield the opportunities of a page that are new to this run, then ask for the next."""
        try:
            answer = read_answer(json.loads(response.body.decode("utf-8-sig")))
        except (FieldError, ValueError) as error:
            yield from self._again(response, number, _fault(response, error))
            return
        asked = [record for record in answer.results if self.is_asked_for(record)]
        yield self._collected(number, answer, asked)
        yield from self._page_after(number)

    def is_asked_for(self, record: Record) -> bool:
        """Return whether a row fits the query; when the portal ignores it, everything comes."""
        metadata = record.get("metadata")
        if not isinstance(metadata, dict):
            return False
        return (
            record.get("language") == "en"
            and metadata.get("DATASOURCE") == ["SEDIA"]
            and metadata.get("type") in [[kind] for kind in self.types]
            and metadata.get("frameworkProgramme") == [programmes()[self.programme].code]
        )

    def _collected(self, number: int, answer: Answer, asked: list[Record]) -> CollectedPage:
        keys = [self._key(record) for record in asked]
        outside = len(answer.results) - len(asked)
        fresh = self.coverage.take(answer.total, keys, outside) - self.leftovers
        wanted = {key: record for key, record in zip(keys, asked, strict=True) if key in fresh}
        read = self.read_each(wanted.values(), lambda record: read_record(record, self.rules))
        return CollectedPage(number, tuple(read))

    def _key(self, record: Record) -> str:
        """Return what tells a row apart; a leftover is a row beside the record it is a copy of."""
        reference = str(record.get("reference"))
        if not _is_leftover(record):
            return reference
        key = f"{reference} {record['metadata'].get('esDA_IngestDate')}"
        self.leftovers.add(key)
        return key

    def _again(self, response: Response, number: int, reason: str) -> Iterator[Request]:
        if response.request is None:  # only a hand-made response has none
            return
        again = get_retry_request(response.request, spider=self, reason=reason)
        if again:
            yield again
            return
        self.coverage.fail(number, reason)
        yield from self._page_after(number)

    def note_failed_page(self, failure: Failure, number: int) -> Iterator[Request]:
        """Note a page that no retry could bring, and go on with the next one."""
        self.coverage.fail(number, _reason(failure.value))
        may_go_on = isinstance(failure.value, HttpError)  # which Scrapy derives from IgnoreRequest
        if may_go_on or not isinstance(failure.value, IgnoreRequest):
            yield from self._page_after(number)

    def _page_after(self, number: int) -> Iterator[Request]:
        following = self.coverage.page_after(number)
        if following is not None and not self.halted:
            yield self.page_request(following)


def _json_part(name: str, value: object) -> RequestField:
    """Return a form part that the portal takes: with a file name and the type of JSON."""
    part = RequestField(name, json.dumps(value), filename="blob")
    part.make_multipart(content_type="application/json")
    return part


def _with_parameters(url: str, parameters: dict[str, object]) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | {name: str(value) for name, value in parameters.items()}
    return urlunsplit(parts._replace(query=urlencode(query, safe="*")))


def _is_leftover(record: Record) -> bool:
    try:
        return is_leftover(record)
    except FieldError:
        return False


def _fault(response: Response, error: Exception) -> str:
    if isinstance(error, FieldError):
        return str(error)
    kind = (response.headers.get("Content-Type") or b"no type").decode("latin-1").split(";")[0]
    return f"the answer is no JSON ({kind}, {len(response.body)} bytes)"


def _reason(error: BaseException | None) -> str:
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    return plain_reason(error) if error else "no reason given"
