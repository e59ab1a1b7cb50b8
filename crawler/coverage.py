"""Whether a source has been read completely: what was announced against what came. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

WINDOW = 10_000
"""Rows that the Search API pages through at most."""


@dataclass(slots=True)
class Scan:
    """One reading of a source, page by page."""

    announced: int | None = None
    """Total that its first page announced."""
    totals: set[int] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    """Of the servers that answered."""
    keys: set[str] = field(default_factory=set)
    repeats: int = 0
    outside: int = 0
    failures: dict[int, str] = field(default_factory=dict)
    """Page number → why it could not be read."""
    ended: bool = False
    """Whether a page came without a row: what follows it is empty as well."""

    @property
    def clean(self) -> bool:
        """Whether it alone is proof of everything announced."""
        return (
            self.totals == {len(self.keys)}
            and len(self.versions) <= 1
            and not self.repeats
            and not self.outside
            and not self.failures
        )


class Coverage:
    """Keeps count over the scans of one run, and decides which page to ask for next.

    Rows move under the paging of the portal: a page may repeat rows of the one before, and as many
    others are then never shown. A scan that was not clean is followed by another, up to a limit;
    rows are collected over all of them.

    Args:
        page_size: Rows of a full page.
        rescans: How many further scans may follow the first.
    """

    def __init__(self, page_size: int, rescans: int) -> None:
        self.page_size = page_size
        self.scans_left = rescans
        self.scans = [Scan()]
        self.pages = 0
        self.collected: set[str] = set()

    @property
    def scan(self) -> Scan:
        """The scan that is under way."""
        return self.scans[-1]

    def take(self, total: int, keys: Iterable[str], outside: int, version: str = "") -> set[str]:
        """Note a page that came, and return which of its rows are new to this run.

        Args:
            total: How many rows the page says there are.
            keys: What identifies each of its rows that the query asked for.
            outside: How many further rows the query did not ask for.
            version: What the server that answered calls itself.
        """
        scan, keys = self.scan, list(keys)
        self.pages += 1
        scan.totals.add(total)
        scan.versions.add(version)
        scan.announced = total if scan.announced is None else scan.announced
        scan.outside += outside
        scan.ended = scan.ended or not (keys or outside)
        scan.repeats += len(keys) - len(set(keys) - scan.keys)
        scan.keys.update(keys)
        fresh = set(keys) - self.collected
        self.collected.update(keys)
        return fresh

    def fail(self, number: int, reason: str) -> None:
        """Note a page that could not be read after all retries."""
        self.scan.failures[number] = reason

    def page_after(self, number: int) -> int | None:
        """Return the page to ask for after ``number``; 1 begins another scan, None ends the run."""
        if self.scan.announced is None:
            return None
        total = max(self.scan.totals)
        if number * self.page_size < total <= WINDOW and not self.scan.ended:
            return number + 1
        if self.complete or not self.scans_left:
            return None
        self.scans_left -= 1
        self.scans.append(Scan())
        return 1

    @property
    def announced(self) -> int | None:
        """What the source last said it has."""
        return next((s.announced for s in reversed(self.scans) if s.announced is not None), None)

    @property
    def complete(self) -> bool:
        """Whether everything announced was collected.

        Either one scan was clean; or several, all answered by one server, announced the same and
        together brought exactly that many.
        """
        if self.scan.clean:
            return True
        totals = set().union(*(scan.totals for scan in self.scans))
        versions = set().union(*(scan.versions for scan in self.scans))
        outside = any(scan.outside for scan in self.scans)
        alike = len(self.scans) > 1 and len(versions) == 1 and not outside
        return alike and totals == {len(self.collected)}

    def problems(self) -> list[str]:
        """Return why the run is not complete, a sentence for each reason; empty when it is."""
        if self.complete:
            return []
        reasons = [f"page {page}: {why}" for page, why in sorted(self.scan.failures.items())]
        if self.announced is None:
            return reasons
        totals = sorted(set().union(*(scan.totals for scan in self.scans)))
        if len(totals) > 1:
            reasons.append(f"the announced total changed while it was read: {_listed(totals)}")
        if outside := sum(scan.outside for scan in self.scans):
            reasons.append(f"{outside} rows came that were not asked for, or name no record")
        if len(set().union(*(scan.versions for scan in self.scans))) > 1:
            reasons.append("servers of different versions answered")
        if self.announced > WINDOW:
            reasons.append(f"{self.announced} announced; at most {WINDOW} can be paged through")
        if len(self.collected) != self.announced:
            reasons.append(
                f"{self.announced} announced, {len(self.collected)} distinct collected"
                f" in {len(self.scans)} scan{'s' if len(self.scans) > 1 else ''}"
            )
        return reasons or ["rows moved while it was read"]


def _listed(totals: list[int]) -> str:
    return ", ".join(map(str, totals))
