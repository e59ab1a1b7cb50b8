"""Asking a host politely where no Scrapy asks: robots.txt, pauses, and a name."""

from typing import Any, Self
from urllib.parse import urlsplit

import urllib3
from protego import Protego
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError

from config.settings import Settings
from crawler.fields import as_line
from crawler.middlewares import LONGEST_WAIT_SECONDS
from crawler.settings import user_agent

RETRIED = (429, 500, 502, 503, 504)
LONGEST_ROBOTS_BYTES = 512 * 1024


class PatientRetry(urllib3.Retry):
    """Wait as long as ``Retry-After`` says; where that is too long, take the answer as it is."""

    def increment(self, *args: Any, **kwargs: Any) -> Self:
        """Return what is left of the retries.

        Raises:
            MaxRetryError: If none is left, or the wait asked for is too long.
        """
        response = kwargs.get("response")
        wait = self.get_retry_after(response) if response is not None else None
        if wait is not None and wait > LONGEST_WAIT_SECONDS:
            raise MaxRetryError(kwargs["_pool"], "", ValueError("asked to wait too long"))
        return super().increment(*args, **kwargs)


def open_pool(settings: Settings) -> urllib3.PoolManager:
    """Return connections that verify certificates, wait between retries and say who asks."""
    timeout = settings.crawl_timeout_seconds
    return urllib3.PoolManager(
        headers={"User-Agent": user_agent(settings), "Accept-Encoding": "gzip"},
        timeout=urllib3.Timeout(connect=timeout, read=timeout),
        retries=PatientRetry(
            total=3,
            redirect=0,
            status_forcelist=RETRIED,
            backoff_factor=settings.crawl_delay_seconds,
            raise_on_status=False,
            raise_on_redirect=False,
        ),
        cert_reqs="CERT_REQUIRED",
    )


def robots_refusal(pool: urllib3.PoolManager, url: str, agent: str) -> str:
    """Return why ``url`` may not be asked for; an empty text where it may.

    As RFC 9309 asks: a missing robots.txt (4xx) allows everything, an unreadable one nothing.
    """
    parts = urlsplit(url)
    try:
        response = pool.request(
            "GET",
            f"{parts.scheme}://{parts.netloc}/robots.txt",
            preload_content=False,
            retries=pool.connection_pool_kw["retries"].new(redirect=5),
        )
        with response:
            body = response.read(LONGEST_ROBOTS_BYTES)
    except HTTPError as error:
        return f"{parts.netloc} cannot be reached: {plain_fault(error)}"
    if 400 <= response.status < 500:
        return ""
    if response.status != 200:
        return f"robots.txt answers {response.status}: its rules are unknown"
    allowed = Protego.parse(body.decode("utf-8", "replace")).can_fetch(url, agent)
    return "" if allowed else "robots.txt forbids it"


def plain_fault(error: BaseException) -> str:
    """Return what went wrong on the way, in one line and without the names of objects."""
    cause = getattr(error, "reason", None) or error
    # a broken connection carries its sentence, and then the error it came from
    text = as_line(str(cause.args[0] if isinstance(cause, ProtocolError) else cause))
    return text.rpartition(">: ")[2].rpartition("): ")[2] or type(error).__name__
