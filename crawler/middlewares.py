"""Manners that Scrapy lacks: waiting as long as a source asks, and stopping where it cannot say."""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.web.client import ResponseFailed, ResponseNeverReceived

LONGEST_WAIT_SECONDS = 300.0


class PatientRetryMiddleware(RetryMiddleware):
    """Wait before a retry: as long as ``Retry-After`` says, or longer each time."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]  # Scrapy awaits what is a coroutine
        """Return the request again after the wait, or the response when no retry is left."""
        again = super().process_response(request, response)
        if isinstance(again, Request):
            wait = retry_after(response)
            if wait is not None and wait > LONGEST_WAIT_SECONDS:
                return response
            await asyncio.sleep(_backoff(again) if wait is None else wait)
        return again

    async def process_exception(  # type: ignore[override]  # Scrapy awaits what is a coroutine
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Return the request again after a wait, or None when no retry is left."""
        again = super().process_exception(request, exception)
        if isinstance(again, Request):
            await asyncio.sleep(_backoff(again))
        return again


def _backoff(request: Request) -> float:
    """Return 1, 2, 4 … times the pause of the spider, in seconds."""
    tries: int = request.meta.get("retry_times", 1)
    pause: float = request.meta.get("retry_pause_seconds", 1.0)
    return pause * 2.0 ** (tries - 1)


def retry_after(response: Response) -> float | None:
    """Return the seconds a response asks to wait; None where it does not say.

    A date is read against the response's own ``Date``, so that no clock is needed here.
    """
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until, since = http_date(value), http_date(_header(response, "Date"))
    if until is None or since is None:
        return None
    return max(0.0, (until - since).total_seconds())


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def http_date(text: str) -> datetime | None:
    """Return the moment a header states, in UTC where it names no zone; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class UnreadableRobotsMiddleware:
    """Stop at a host whose robots.txt cannot be read, as RFC 9309 asks; Scrapy would go on.

    A missing robots.txt (4xx) allows everything; an answer of 5xx, or none, allows nothing.
    """

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def process_request(self, request: Request) -> None:
        """Refuse a request to a host whose robots.txt was not readable.

        Raises:
            IgnoreRequest: With the reason.
        """
        reason = self.reasons.get(urlsplit(request.url).netloc)
        if reason and not request.meta.get("dont_obey_robotstxt"):
            raise IgnoreRequest(reason)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note an answer of 5xx to a request for robots.txt."""
        if _is_robots(request) and response.status >= 500:
            self._note(request, f"robots.txt answers {response.status}: its rules are unknown")
        return response

    def process_exception(self, request: Request, exception: Exception) -> Response | None:
        """Note a robots.txt that could not be fetched."""
        if not _is_robots(request) or isinstance(exception, IgnoreRequest):
            return None
        self._note(request, f"cannot be reached: {plain_reason(exception)}")
        return TextResponse(request.url)  # an empty file; the note above has the last word

    def _note(self, request: Request, reason: str) -> None:
        self.reasons.setdefault(urlsplit(request.url).netloc, reason)


def _is_robots(request: Request) -> bool:
    return urlsplit(request.url).path == "/robots.txt" and bool(
        request.meta.get("dont_obey_robotstxt")
    )


_PLAIN: dict[type[BaseException], str] = {
    ResponseDataLossError: "the answer was cut off",
    ResponseNeverReceived: "the connection broke",
    ResponseFailed: "the connection broke",
}
"""What a download failed of, where the exception says it in no words."""


def plain_reason(error: BaseException | None) -> str:
    """Return why a download failed, in one line."""
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    for kind, words in _PLAIN.items():
        if isinstance(error, kind):
            return words
    text = " ".join(str(error or "").split())
    return text.rstrip(".") or (type(error).__name__ if error else "no reason given")
