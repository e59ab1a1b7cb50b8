"""Every answer of a source as it came, kept by its hash before anything is made of it."""

import gzip
import hashlib
import logging
from contextlib import suppress
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.base import SourceSpider
from crawler.fields import as_line
from store.models import CrawlAnswer

log = logging.getLogger(__name__)


class AnswerFolder:
    """A folder of answers: each body once, compressed, named by its SHA-256."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the body with this hash lies."""
        return self.folder / sha256[:2] / f"{sha256}.gz"

    def keep(self, body: bytes) -> str:
        """Write ``body`` where it is not there yet, and return its hash.

        Raises:
            OSError: If it cannot be written.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        path = self.path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(gzip.compress(body, 6, mtime=0))
        unfinished.replace(path)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the body with this hash.

        Raises:
            OSError: If it is not there.
        """
        return gzip.decompress(self.path(sha256).read_bytes())

    def drop(self, sha256: str) -> None:
        """Delete the body with this hash; one that is gone already is no matter."""
        with suppress(OSError):
            self.path(sha256).unlink()
            self.path(sha256).parent.rmdir()  # fails while others lie there


class KeptAnswersMiddleware:
    """Keeps each answer before a spider reads it, so that no error of ours costs a crawl."""

    def __init__(self, spider: SourceSpider) -> None:
        self.spider = spider
        self.folder = AnswerFolder(spider.job.settings.answers_dir)
        self.failed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawl.

        Raises:
            NotConfigured: If answers are not to be kept.
        """
        spider = crawler.spider
        if not isinstance(spider, SourceSpider) or not spider.job.settings.keep_answers_days:
            raise NotConfigured
        return cls(spider)

    def process_spider_input(self, response: Response) -> None:
        """Keep ``response``; a full disk is told once and stops nothing."""
        if self.failed:
            return
        try:
            sha256 = self.folder.keep(response.body)
        except OSError as error:
            self.failed = True
            self.spider.report.notes.append(
                f"answers cannot be kept in {str(self.folder.folder)!r}: {error.strerror}"
            )
            return
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        self.spider.answers.append(
            CrawlAnswer(
                crawl_run_id=self.spider.run_id,
                url=as_line(response.url),
                status=response.status,
                content_type=as_line(kind),
                sha256=sha256,
                size_bytes=len(response.body),
                received_at=self.spider.job.now,
            )
        )
