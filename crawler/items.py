"""What goes from a spider to the pipeline, and what a crawl is asked to do and tells."""

import enum
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.settings import Settings
from config.sources import Source
from store.collected import Collected
from store.models import Endpoint


@dataclass(frozen=True, slots=True)
class CollectedPage:
    """A page of a source, to be stored in one transaction."""

    number: int
    records: tuple[Collected, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An opportunity that has been missing for so long that it is looked for directly."""

    reference: str
    topic_id: str


class Look(enum.StrEnum):
    """What a direct look at one opportunity found; no answer is no finding."""

    THERE = "there"
    CLOSED = "closed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What one crawl is to do."""

    source: Source
    settings: Settings
    now: datetime
    progress: bool = False
    """Whether to draw a bar on stderr."""


@dataclass(slots=True)
class CrawlReport:
    """What one run of one source did; the numbers mean what they mean in ``CrawlRun``."""

    source: str
    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    missing: int = 0
    withdrawn: int = 0
    refused: int = 0
    outside: int = 0
    leftovers: int = 0
    """Old copies that the index still carries: announced, and not kept."""
    pages: int = 0
    scans: int = 0
    announced: int | None = None
    complete: bool = False
    healthy: bool = False
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What an operator should know of a run that is healthy all the same."""
    endpoint: Endpoint = Endpoint.SEARCH_API
    fill_rates: dict[str, float] = field(default_factory=dict)
    shape: dict[str, Any] = field(default_factory=dict)
    unread: bool = False
    """Whether some page of the source could not be had, all retries counted."""
    failed: bool = False
    """Whether nothing could be collected or stored."""
