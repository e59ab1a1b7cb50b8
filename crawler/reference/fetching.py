"""Downloading grantsTenders.json: seldom, politely, and never over a good copy with a bad one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import urllib3
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from urllib3.exceptions import HTTPError

from config.deadlines import BRUSSELS
from config.settings import Settings
from crawler.middlewares import http_date
from crawler.reference.keeping import FILE_NAME, Folder, KeptFile
from crawler.reference.manners import open_pool, plain_fault, robots_refusal
from crawler.reference.reading import ReferenceFileError, count_live
from crawler.settings import user_agent

PIECE_BYTES = 64 * 1024
TRIES = 2
"""How often a download is begun before it is given up: the portal cuts some off."""
USABLE = timedelta(days=7)
"""Age at which a kept copy says nothing any more that is worth reading."""


@dataclass(frozen=True, slots=True)
class Terms:
    """When a file is asked for, and which one is believed."""

    least_live: int = 100
    """Live grants of a file that is whole; a real one has about a thousand."""
    max_age: timedelta = timedelta(hours=20)
    """Time after which the portal is asked again."""
    largest_bytes: int = 600_000_000
    longest_seconds: float = 1800.0
    """How long one download may take."""


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """A whole copy of the file on this machine."""

    path: Path
    modified_at: datetime
    """When the portal built it."""
    live_grants: int
    trouble: str = ""
    """Why the portal's newest one could not be had; empty where this is it."""


def fetch(
    settings: Settings,
    folder: Path,
    now: datetime,
    terms: Terms | None = None,
    *,
    progress: bool = False,
) -> ReferenceFile:
    """Return the portal's file, downloaded into ``folder`` unless the copy there is fresh.

    A copy of the last days is returned, with the reason, where no newer one can be had.

    Raises:
        ReferenceFileError: If there is neither.
    """
    if settings.data_url is None:
        raise ReferenceFileError("CALLWATCH_PORTAL_DATA_URL is not set beside the search address")
    url = f"{str(settings.data_url).rstrip('/')}/referenceData/{FILE_NAME}"
    place, terms = Folder(folder), terms or Terms()
    kept = place.kept(url)
    trouble = ""
    if kept is None or not timedelta() <= now - kept.checked_at < terms.max_age:
        try:
            kept = _Download(settings, place, url, terms, progress=progress).renewed(kept, now)
        except ReferenceFileError as error:
            trouble = str(error)
            if kept is None or now - kept.modified_at > USABLE:
                raise
    return ReferenceFile(place.file, kept.modified_at, kept.live_grants, trouble)


class _Download:
    """One renewal of the kept copy."""

    def __init__(
        self, settings: Settings, place: Folder, url: str, terms: Terms, *, progress: bool
    ) -> None:
        self.settings = settings
        self.place = place
        self.url = url
        self.terms = terms
        self.progress = progress

    def renewed(self, kept: KeptFile | None, now: datetime) -> KeptFile:
        """Ask the portal for a newer file than ``kept``, and return what is then kept."""
        with open_pool(self.settings) as pool:
            refusal = robots_refusal(pool, self.url, user_agent(self.settings))
            if refusal:
                raise ReferenceFileError(f"{self.url}: {refusal}")
            for attempt in range(1, TRIES + 1):
                try:
                    return self._asked(pool, kept, now)
                except _CutOffError as error:
                    if attempt == TRIES:
                        raise ReferenceFileError(f"{self.url}: {error}") from error
                    time.sleep(self.settings.crawl_delay_seconds)
        raise AssertionError  # the loop returns or raises

    def _asked(self, pool: urllib3.PoolManager, kept: KeptFile | None, now: datetime) -> KeptFile:
        with self._answer(pool, kept) as response:
            if response.status == 304 and kept is not None:
                unchanged = kept.model_copy(update={"checked_at": now})
                self.place.note(unchanged)
                return unchanged
            if response.status != 200:
                raise ReferenceFileError(f"{self.url}: HTTP {response.status}")
            with self.place.new_file(now) as new:
                self._save(response, new)
                about = self._about(response, new, now)
                self.place.replace(new, about)
                return about

    @contextmanager
    def _answer(
        self, pool: urllib3.PoolManager, kept: KeptFile | None
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        conditions = {
            "If-None-Match": kept.etag if kept else "",
            "If-Modified-Since": kept.last_modified if kept else "",
        }
        headers = dict(pool.headers) | {name: value for name, value in conditions.items() if value}
        try:
            with pool.request("GET", self.url, headers=headers, preload_content=False) as response:
                yield response
        except HTTPError as error:
            raise _CutOffError(plain_fault(error)) from error

    def _save(self, response: urllib3.BaseHTTPResponse, path: Path) -> None:
        """Write the body of ``response`` to ``path``, piece by piece."""
        stop_at, size = time.monotonic() + self.terms.longest_seconds, 0
        length = response.headers.get("Content-Length", "")
        with path.open("wb") as file, self._bar() as bar:
            task = bar.add_task(FILE_NAME, total=int(length) if length.isdigit() else None)
            for piece in response.stream(PIECE_BYTES, decode_content=True):
                size += len(piece)
                if size > self.terms.largest_bytes:
                    raise ReferenceFileError(
                        f"{self.url}: larger than {self.terms.largest_bytes:,} bytes"
                    )
                if time.monotonic() > stop_at:
                    raise ReferenceFileError(
                        f"{self.url}: not here after {self.terms.longest_seconds:g} seconds"
                    )
                file.write(piece)
                bar.update(task, completed=response.tell())

    def _bar(self) -> Progress:
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not self.progress,
        )

    def _about(self, response: urllib3.BaseHTTPResponse, path: Path, now: datetime) -> KeptFile:
        """Return what is known of the file at ``path``, once it is proven whole."""
        try:
            live = count_live(path, now.astimezone(BRUSSELS).date())
        except ReferenceFileError as error:
            raise _CutOffError(str(error)) from error
        if live < self.terms.least_live:
            raise ReferenceFileError(
                f"{self.url}: {live} live grants; at least {self.terms.least_live} are expected"
            )
        last_modified = response.headers.get("Last-Modified", "")
        return KeptFile(
            url=self.url,
            size_bytes=path.stat().st_size,
            live_grants=live,
            modified_at=min(http_date(last_modified) or now, now),
            checked_at=now,
            etag=response.headers.get("ETag", ""),
            last_modified=last_modified,
        )


class _CutOffError(Exception):
    """The file did not come whole; another try may bring it."""
