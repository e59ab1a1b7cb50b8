"""What every spider of the portal's Search API does."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from functools import partial
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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
from crawler.base import PAGE_SIZE, Record, SourceSpider
from crawler.items import CollectedPage, CrawlJob, CrawlReport, Doubt
from crawler.middlewares import LONGEST_WAIT_SECONDS, plain_reason, retry_after
from crawler.portal import STATUS, is_leftover, read_record
from crawler.records import Answer, FieldError, has_reference, read_answer
from crawler.second_look import (
    details_request,
    has_file,
    note_failure,
    note_found,
    record_query,
)
from store.models import Endpoint, Status


class PortalSpider(SourceSpider):
    """Read the open and forthcoming opportunities of one programme through the Search API."""

    programme: str | None
    """Slug in config/programmes.yaml; None for every programme."""
    types: tuple[str, ...] = ("1", "2")
    """Kinds of records: topics of calls, and calls for proposals of the external action."""
    statuses: tuple[Status, ...] = (Status.FORTHCOMING, Status.OPEN)

    sort_field: ClassVar[str] = "identifier"
    """A key that is unique and that every record of these types has: without it pages overlap."""
    endpoint = Endpoint.SEARCH_API

    def __init__(
        self, job: CrawlJob, report: CrawlReport, run_id: int, doubts: Iterable[Doubt] = ()
    ) -> None:
        super().__init__(job, report, run_id, doubts)
        self.rules = deadline_rules(job.settings.configuration)

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the first page."""
        yield self.page_request(1)

    def query(self) -> dict[str, Any]:
        """Return what is asked for, in the portal's query language."""
        clauses = {
            "type": list(self.types),
            "status": sorted(self._asked),
            **({"frameworkProgramme": [self._code]} if self._code else {}),
            "DATASOURCE": ["SEDIA"],  # the other one stopped in 2023 and still says "open"
            "language": ["en"],
        }
        terms: list[dict[str, Any]] = [
            {"terms": {name: values}} for name, values in clauses.items()
        ]
        return {"bool": {"must": terms}}

    @property
    def _asked(self) -> set[str]:
        """Codes of the statuses asked for; a code nobody knows is refused where it is read."""
        return {code for code, status in STATUS.items() if status in self.statuses}

    @property
    def _code(self) -> str | None:
        return programmes()[self.programme].code if self.programme else None

    def page_request(self, number: int) -> Request:
        """Return the request for page ``number``, from 1."""
        return self._search(self.query(), number).replace(
            callback=self.parse_search_page,
            errback=partial(self.note_failed_page, number=number),
            cb_kwargs={"number": number},
        )

    def _search(self, query: dict[str, Any], number: int) -> Request:
        body, content_type = encode_multipart_formdata(
            [
                _json_part("query", query),
                _json_part("languages", ["en"]),
                _json_part("sort", {"field": self.sort_field, "order": "ASC"}),
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
        if not isinstance(metadata, dict) or not has_reference(record):
            return False
        return (
            record.get("language") == "en"
            and metadata.get("status") not in [[code] for code in STATUS.keys() - self._asked]
            and metadata.get("DATASOURCE") == ["SEDIA"]
            and metadata.get("type") in [[kind] for kind in self.types]
            and (self._code is None or metadata.get("frameworkProgramme") == [self._code])
        )

    def _collected(self, number: int, answer: Answer, asked: list[Record]) -> CollectedPage:
        keys = [self._key(record) for record in asked]
        outside = len(answer.results) - len(asked)
        fresh = self.coverage.take(answer.total, keys, outside, answer.version) - self.leftovers
        wanted: dict[str, Record] = {}
        for key, record in zip(keys, asked, strict=True):
            if key in fresh and (key not in wanted or _ingested(record) > _ingested(wanted[key])):
                wanted[key] = record
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
        self.coverage.fail(number, plain_reason(failure.value))
        if may_go_on(failure.value):
            yield from self._page_after(number)

    def _page_after(self, number: int) -> Iterator[Request]:
        following = self.coverage.page_after(number)
        if self.halted:
            return
        if following is not None:
            yield self.page_request(following)
        elif self.coverage.scan.clean:  # else absence from it means nothing
            yield from self._looks()

    def _looks(self) -> Iterator[Request]:
        """Yield a direct look at each doubted opportunity that this run did not return either."""
        base_url = self.job.settings.data_url
        doubts = [doubt for doubt in self.doubts if doubt.reference not in self.seen]
        filed = [doubt for doubt in doubts if has_file(doubt)] if base_url else []
        if filed and self.control:
            filed.append(self.control)
        yield from (details_request(self, doubt, str(base_url)) for doubt in filed)
        for doubt in doubts:
            if not has_file(doubt):
                yield self._search(record_query(doubt, self.types), 1).replace(
                    callback=note_found,
                    errback=note_failure,
                    cb_kwargs={"spider": self, "doubt": doubt},
                )


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


def _ingested(record: Record) -> str:
    """Return when the index last took a record in; of two copies the later one counts."""
    return str(record["metadata"].get("esDA_IngestDate"))


def may_go_on(error: BaseException | None) -> bool:
    """Return whether a source that failed a page may be asked for the next one."""
    if isinstance(error, HttpError):  # which Scrapy derives from IgnoreRequest
        wait = retry_after(error.response)
        return wait is None or wait <= LONGEST_WAIT_SECONDS
    return not isinstance(error, IgnoreRequest)
