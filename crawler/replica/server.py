"""The portal's addresses on 127.0.0.1, and what was asked of them."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.replica.faults import THROWABLE, Failure, Faults, next_failure, spoilt
from crawler.replica.form import ThrowableError, read_form
from crawler.replica.page import Turn, result_page
from crawler.replica.query import Search, read_search
from crawler.replica.records import Record, topic_details
from crawler.replica.reference_file import Filler, ReplicaFile, latest_ingestion
from crawler.replica.wire import Answer, Incoming, Server

SEARCH_PATH = "/search-api/prod/rest/search"
DATA_PATH = "/info/funding-tenders/opportunities/data"
TOPIC_PATH = f"{DATA_PATH}/topicDetails/"
FILE_PATH = f"{DATA_PATH}/referenceData/grantsTenders.json"
NOT_FOUND = Answer(HTTPStatus.NOT_FOUND, b'{"status":404,"error":"Not Found"}')
ONLY_POST = Answer(
    HTTPStatus.METHOD_NOT_ALLOWED,
    b'{"status":405,"error":"Method Not Allowed"}',
    headers=(("Allow", "POST"),),
)
NOT_REPLICATED = Answer(
    HTTPStatus.NOT_IMPLEMENTED, b'{"error":"the replica knows apiKey=SEDIA and text=*** only"}'
)


@dataclass(frozen=True, slots=True)
class PortalRequest:
    """One request the replica was asked."""

    method: str
    path: str
    page: int | None
    """Page number of a search, None for anything else."""
    user_agent: str
    at: float
    """Monotonic clock at arrival, seconds."""
    status: int
    """Of HTTP, that it was answered with."""


class PortalReplica:
    """Serves records as the portal does, from entering the context until leaving it.

    Args:
        records: What the index holds; may be replaced while it runs.
        faults: What goes wrong; may be replaced while it runs, its counts then start anew.
        port: Port on 127.0.0.1; 0 for a free one.
        seed: Decides the order wherever no sort does.
    """

    def __init__(
        self, records: Iterable[Record], faults: Faults | None = None, port: int = 0, seed: int = 0
    ) -> None:
        self.records: Sequence[Record] = tuple(records)
        self.filler = Filler()
        """What stands in grantsTenders.json beside the records; may be replaced."""
        self.file_modified_at: datetime | None = None
        """When grantsTenders.json was built; None for the day of the youngest record."""
        self._faults = faults or Faults()
        self._seed = seed
        self._lock = threading.Lock()
        self._requests: list[PortalRequest] = []
        self._answered: Counter[tuple[str, int]] = Counter()
        self._failed: Counter[int] = Counter()
        self._file_failed: Counter[int] = Counter()
        self._server = Server(port, self._respond)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base_url(self) -> str:
        """Return the address everything is served under."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def search_url(self) -> str:
        """Return the address of the Search API, without parameters."""
        return self.base_url + SEARCH_PATH

    @property
    def data_url(self) -> str:
        """Return the address of the folder that holds topicDetails."""
        return self.base_url + DATA_PATH

    @property
    def robots_url(self) -> str:
        """Return the address of robots.txt."""
        return f"{self.base_url}/robots.txt"

    @property
    def requests(self) -> list[PortalRequest]:
        """Return what was asked so far."""
        with self._lock:
            return list(self._requests)

    @property
    def faults(self) -> Faults:
        """Return what goes wrong."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        with self._lock:
            self._faults = faults
            self._answered.clear()
            self._failed.clear()
            self._file_failed.clear()

    def _respond(self, incoming: Incoming) -> Answer:
        arrived_at = time.monotonic()
        path = unquote(urlsplit(incoming.target).path)
        if path == SEARCH_PATH:
            page, answer = self._search(incoming)
        elif path == FILE_PATH and incoming.method == "GET":
            page, answer = None, self._file(incoming)
        else:
            page, answer = None, self._document(incoming.method, path)
        with self._lock:
            self._requests.append(
                PortalRequest(
                    incoming.method, path, page, incoming.user_agent, arrived_at, answer.status
                )
            )
        return answer

    def _search(self, incoming: Incoming) -> tuple[int | None, Answer]:
        if incoming.method != "POST":
            return None, ONLY_POST
        parameters = dict(parse_qsl(urlsplit(incoming.target).query))
        if (parameters.get("apiKey"), parameters.get("text")) != ("SEDIA", "***"):
            return None, NOT_REPLICATED
        try:
            search = read_search(parameters, read_form(incoming.content_type, incoming.body))
        except ThrowableError:
            return None, Answer(HTTPStatus.INTERNAL_SERVER_ERROR, THROWABLE)
        return search.page_number, self._page(search)

    def _page(self, search: Search) -> Answer:
        with self._lock:
            records, faults = self.records, self._faults
            failure = self._take_failure(search.page_number)
            turn = self._take_turn(search, failure)
        page = result_page(search, records, faults, turn)
        answer = Answer(HTTPStatus.OK, json.dumps(page, ensure_ascii=False).encode())
        return spoilt(answer, failure) if failure else answer

    def _take_failure(self, page: int) -> Failure | None:
        index = next_failure(self._faults.failures, self._failed, page)
        if index is None:
            return None
        self._failed[index] += 1
        return self._faults.failures[index]

    def _take_turn(self, search: Search, failure: Failure | None) -> Turn:
        """Return the turn of this page; a failed answer is tried again in the same turn."""
        count = self._answered[search.text, search.page_number] + 1
        if failure is None:
            self._answered[search.text, search.page_number] = count
        first_pages = count if search.page_number == 1 else self._answered[search.text, 1]
        return Turn(scan=max(first_pages, 1), count=count, seed=self._seed)

    def _document(self, method: str, path: str) -> Answer:
        if method == "GET" and path == "/robots.txt":
            robots = self._faults.robots_body.encode()
            return Answer(self._faults.robots_status, robots, content_type="text/plain")
        if method != "GET" or not path.startswith(TOPIC_PATH) or not path.endswith(".json"):
            return NOT_FOUND
        details = topic_details(self.records, path[len(TOPIC_PATH) : -len(".json")])
        if details is None:
            return NOT_FOUND
        return Answer(HTTPStatus.OK, json.dumps(details, ensure_ascii=False).encode())

    def _file(self, incoming: Incoming) -> Answer:
        with self._lock:
            records, faults = tuple(self.records), self._faults
            index = next_failure(faults.file_failures, self._file_failed, 0)
            if index is not None:
                self._file_failed[index] += 1
        file = ReplicaFile(records, self.filler, self.file_modified_at or latest_ingestion(records))
        size, etag = file.measure()
        headers = (("Last-Modified", file.last_modified), ("ETag", etag))
        whole = Answer(HTTPStatus.OK, headers=headers, pieces=file.pieces, size=size)
        if index is not None:
            return spoilt(whole, faults.file_failures[index])
        same_file = incoming.if_none_match == etag
        same_date = incoming.if_modified_since == file.last_modified
        if same_file or (same_date and not incoming.if_none_match):
            return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
        return whole
