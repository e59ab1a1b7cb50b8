"""Comparing what a complete run of the Search API brought with grantsTenders.json."""

from datetime import datetime, timedelta
from pathlib import Path

from config.deadlines import BRUSSELS, deadline_rules
from config.settings import CrossCheck
from crawler.cross_check import Standing, cross_check, standing
from crawler.items import CrawlJob
from crawler.reference.fetching import ReferenceFile, Terms, fetch
from crawler.reference.reading import LiveGrants, ReferenceFileError
from store.confirming import seen_opportunities
from store.db import StoreError, open_engine, session_scope

FRESH = timedelta(days=3)
"""Age at which a file says too little of today to be compared."""


_MONDAY = 0


def is_due(how_often: CrossCheck, now: datetime) -> bool:
    """Return whether a run at ``now`` is to be compared; the weekly comparison is on Mondays."""
    weekday = now.astimezone(BRUSSELS).weekday()
    return how_often == "daily" or (how_often == "weekly" and weekday == _MONDAY)


def compared_with_file(
    job: CrawlJob, programme: str, folder: Path, terms: Terms | None = None
) -> list[str]:
    """Return, as notes to an operator, where the file and what this run returned differ.

    Nothing is compared where the address of the file is not known.

    Args:
        job: A run that has been stored, complete and healthy.
        programme: Its slug in config/programmes.yaml.
        folder: Where the copy of the file is kept.
        terms: When the file is asked for, and which one is believed.
    """
    if job.settings.data_url is None:
        return []
    try:
        file = fetch(job.settings, folder, job.now, terms, progress=job.progress)
        if job.now - file.modified_at > FRESH:
            return [_too_old(file)]
        return _notes(job, programme, file)
    except (ReferenceFileError, StoreError) as error:
        return [f"not compared with grantsTenders.json: {error}"]


def _too_old(file: ReferenceFile) -> str:
    built_on = file.modified_at.astimezone(BRUSSELS).date().isoformat()
    return f"not compared: grantsTenders.json is of {built_on} {file.trouble}".rstrip()


def _notes(job: CrawlJob, programme: str, file: ReferenceFile) -> list[str]:
    rules = deadline_rules(job.settings.configuration)
    day = job.now.astimezone(BRUSSELS).date()
    grants = LiveGrants(file.path, programme, rules, day)
    filed = [standing(grant) for grant in grants]
    check = cross_check(_searched(job, programme), filed)
    notes = check.notes(file.modified_at.astimezone(BRUSSELS).date())
    if grants.refusals:
        name, why = next(iter(grants.refusals.items()))
        notes.append(f"{len(grants.refusals)} entries of the file refused, such as {name}: {why}")
    return notes


def _searched(job: CrawlJob, programme: str) -> list[Standing]:
    """Return how the store shows what this run returned, but for what is over."""
    day = job.now.astimezone(BRUSSELS).date()
    engine = open_engine(job.settings.database_url)
    try:
        with session_scope(engine) as session:
            rows = seen_opportunities(session, programme, job.now)
            standings = [
                Standing(r.reference, r.topic_id, r.status, tuple(c.day for c in r.cutoffs))
                for r in rows
            ]
    finally:
        engine.dispose()
    return [one for one in standings if not one.days or max(one.days) >= day]
