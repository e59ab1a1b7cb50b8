"""Reading grantsTenders.json where the Search API failed: less than it tells, and some days old."""

import enum
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.deadlines import BRUSSELS, deadline_rules
from crawler.base import PAGE_SIZE
from crawler.cross_check import topic_number
from crawler.items import CrawlJob, CrawlReport
from crawler.pipelines import note_run
from crawler.reference.entries import staged
from crawler.reference.fetching import ReferenceFile, Terms, fetch
from crawler.reference.reading import LiveGrants, ReferenceFileError
from store.collected import Collected
from store.collecting import Outcome, keep_page
from store.confirming import confirm, earlier_revisions, references_of, stored_opportunities
from store.db import StoreError, open_engine, session_scope
from store.models import CrawlRun, Endpoint, Opportunity, Revision

log = logging.getLogger(__name__)

LAG = timedelta(days=3)
"""How far the file may be behind: its own date says when it was built, and not from what."""
NUMBERED_SINCE = date(2023, 1, 1)
"""Opening from which on a topic's reference follows from its number; older ones cannot be told."""


class Use(enum.Enum):
    """What an entry of the file is good for."""

    ADD = enum.auto()
    """Nothing is stored of it."""
    CONFIRM = enum.auto()
    """It is younger than what is stored, and the same."""
    APPLY = enum.auto()
    """It is clearly younger than what is stored, and different."""
    LEAVE = enum.auto()
    """It may well be older than what is stored."""


@dataclass(frozen=True, slots=True)
class FallBack:
    """A programme to be read from the file, for a run that the Search API failed."""

    job: CrawlJob
    run_id: int
    programme: str
    """Slug in config/programmes.yaml."""
    folder: Path
    """Where the copy of the file is kept."""
    terms: Terms | None = None


def fall_back(asked: FallBack, report: CrawlReport) -> None:
    """Keep what the file says of a programme, and write into ``report`` and the run what that was.

    Such a run is neither complete nor healthy: it adds, confirms, and changes what is clearly
    older, and never says that something is missing. Without a file, ``report`` stays as it is,
    with the reason added. Nothing is done where the address of the file is not known.
    """
    job, reason = asked.job, "; ".join(report.problems[:1]) or "it returned nothing"
    if job.settings.data_url is None:
        log.info("no reference file for this search address", extra={"source": job.source.name})
        return
    report.complete = report.healthy = False
    engine = open_engine(job.settings.database_url)
    try:
        file = fetch(job.settings, asked.folder, job.now, asked.terms, progress=job.progress)
        _Keeping(asked, report, file, engine).keep_all(reason)
    except (ReferenceFileError, StoreError) as error:
        report.problems.append(f"grantsTenders.json could not be used either: {error}")
    finally:
        engine.dispose()
        note_run(job, asked.run_id, report)


class _Keeping:
    """Keeps the entries of one programme, page by page."""

    def __init__(
        self, asked: FallBack, report: CrawlReport, file: ReferenceFile, engine: Engine
    ) -> None:
        self.asked = asked
        self.report = report
        self.file = file
        self.engine = engine
        self.read = 0

    def keep_all(self, reason: str) -> None:
        """Keep every live entry of the programme, and say in the report what was read and why."""
        job = self.asked.job
        rules = deadline_rules(job.settings.configuration)
        day = job.now.astimezone(BRUSSELS).date()
        grants = LiveGrants(self.file.path, self.asked.programme, rules, day)
        with session_scope(self.engine) as session:
            known = _known_references(references_of(session, self.asked.programme))
        for page in _pages(_identified(grants, known), PAGE_SIZE):
            self._keep(page)
        self.report.refused += len(grants.refusals)
        self.report.failed = self.report.failed and not self.read
        self._tell(reason, grants.refusals)

    def _keep(self, page: Sequence[Collected]) -> None:
        """Keep a page in one transaction."""
        now = self.asked.job.now
        with session_scope(self.engine) as session:
            run = session.get_one(CrawlRun, self.asked.run_id)
            run.endpoint = Endpoint.REFERENCE_FILE
            used = self._sorted(session, page)
            kept = keep_page(session, run, used[Use.ADD] + used[Use.APPLY], now)
            confirmed = [record.reference for record in used[Use.CONFIRM]]
            confirm(session, confirmed, Endpoint.REFERENCE_FILE, now)
        read = sum(map(len, used.values()))
        self.read += read
        self.report.endpoint = Endpoint.REFERENCE_FILE
        self.report.seen += read
        self.report.new += len(kept.references[Outcome.NEW])
        self.report.changed += len(kept.references[Outcome.CHANGED])
        self.report.unchanged += len(kept.references[Outcome.UNCHANGED])
        self.report.unchanged += len(used[Use.CONFIRM]) + len(used[Use.LEAVE])

    def _sorted(self, session: Session, page: Sequence[Collected]) -> dict[Use, list[Collected]]:
        """Return the records of a page by their use, but for those that this run saw already."""
        used: dict[Use, list[Collected]] = {use: [] for use in Use}
        rows = stored_opportunities(session, [record.reference for record in page])
        for record in page:
            row = rows.get(record.reference)
            if row is None or row.last_seen_at != self.asked.job.now:
                fitted = _fitted(record, row)
                used[self._use(session, fitted, row)].append(fitted)
        return used

    def _use(self, session: Session, record: Collected, row: Opportunity | None) -> Use:
        if row is None:
            return Use.ADD if record.opens_on >= NUMBERED_SINCE else Use.LEAVE
        use = use_of(record, row, self.file.modified_at)
        if use is Use.APPLY and is_past(record, earlier_revisions(session, row)):
            return Use.LEAVE
        return use

    def _tell(self, reason: str, refusals: dict[str, str]) -> None:
        built_on = self.file.modified_at.astimezone(BRUSSELS).date()
        self.report.problems.insert(
            0,
            f"the Search API failed ({reason}); {self.read} opportunities were read from"
            f" grantsTenders.json of {built_on.isoformat()}, without descriptions or budgets",
        )
        if self.file.trouble:
            self.report.problems.append(f"no newer file: {self.file.trouble}")
        self.report.problems += [
            f"{name} in the file refused: {why}" for name, why in islice(refusals.items(), 5)
        ]


def use_of(record: Collected, row: Opportunity, built_at: datetime) -> Use:
    """Return what an entry of a file built at a moment is good for, beside what is stored.

    The file is behind the Search API: it neither brings back what a look found withdrawn, nor
    contradicts what the Search API showed less than ``LAG`` before it was built.
    """
    if row.withdrawn_at is not None or built_at <= row.last_seen_at:
        return Use.LEAVE
    if row.missing_since is not None and built_at <= row.missing_since + LAG:
        return Use.LEAVE
    if _shown(record) == _shown(row):
        return Use.CONFIRM
    lag = timedelta() if row.confirmed_by is Endpoint.REFERENCE_FILE else LAG
    return Use.APPLY if built_at > row.last_seen_at + lag else Use.LEAVE


def is_past(record: Collected, revisions: Iterable[Revision]) -> bool:
    """Return whether one of ``revisions`` shows what ``record`` shows: a picture of the past."""
    shown = _shown(record)
    return any(
        revision.fields.get("status") == shown.status
        and revision.fields.get("opens_on") == shown.opens_on
        and [cutoff["day"] for cutoff in revision.fields.get("cutoffs", [])] == shown.days
        for revision in revisions
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """What both sources tell of where an opportunity stands."""

    status: str
    opens_on: str
    days: list[str]


def _shown(said: Collected | Opportunity) -> _Shown:
    days = [cutoff.day.isoformat() for cutoff in said.cutoffs]
    return _Shown(said.status.value, said.opens_on.isoformat(), days)


def _fitted(record: Collected, row: Opportunity | None) -> Collected:
    """Return ``record`` with its dates read by the stored model, which the file does not tell."""
    if row is None or not row.deadline_model:
        return record
    return replace(record, cutoffs=staged(record.cutoffs, row.deadline_model))


def _known_references(references: Iterable[str]) -> dict[str, str]:
    """Return stored references by the number of their topic; some are of an older pattern."""
    numbered = ((topic_number(reference), reference) for reference in references)
    return {number: reference for number, reference in numbered if number is not None}


def _identified(grants: Iterable[Collected], known: dict[str, str]) -> Iterator[Collected]:
    """Yield ``grants`` under the references by which they are stored already."""
    for grant in grants:
        number = topic_number(grant.reference) or ""
        yield replace(grant, reference=known.get(number, grant.reference))


def _pages(records: Iterable[Collected], size: int) -> Iterator[list[Collected]]:
    rest = iter(records)
    while page := list(islice(rest, size)):
        yield page
