"""What runs when: APScheduler wakes each job, a claim in the store lets one process run it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from config.settings import Settings
from store.db import session_scope
from store.job_claims import claim_period, finish_period

log = logging.getLogger(__name__)

GRACE = timedelta(hours=12)
"""How late a job may still start: the machine may have been off at its hour."""

Clock = Callable[[], datetime]
Work = Callable[[datetime], None]


class Daily(BaseTrigger):  # type: ignore[misc]  # APScheduler carries no types
    """Once a day at an hour of a zone, also on the two nights when its clocks change.

    Where the clock jumps over the hour, it is the moment of the jump; where the hour comes twice,
    the first of the two. (CronTrigger of APScheduler 3.11.3 runs the second too, and, when its
    hour is 0, leaves out the day after the jump.)
    """

    def __init__(self, hour: int, zone: ZoneInfo) -> None:
        self._hour = time(hour)
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the first moment after the previous one, or from ``now`` on for the first."""
        start = now.astimezone(UTC)
        if previous_fire_time is not None:
            start = previous_fire_time.astimezone(UTC) + timedelta(microseconds=1)
        day = start.astimezone(self._zone).date()
        while (moment := self._on(day)) < start:
            day += timedelta(days=1)
        return moment

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self._hour, self._zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Job:
    """Something done at set times."""

    name: str
    trigger: BaseTrigger
    work: Work


def triggers(settings: Settings) -> dict[str, BaseTrigger]:
    """Return when each job is due.

    The digest job wakes twice an hour, since readers have zones of their own; whose turn it is, is
    decided by their windows.
    """
    zone = ZoneInfo(settings.time_zone)
    return {
        "collect": Daily(settings.crawl_hour, zone),
        "digest": CronTrigger(minute="0,30", timezone=UTC),
        "deliver": CronTrigger(minute="*/10", timezone=UTC),
        "embed": CronTrigger(minute=25, timezone=UTC),
        "tidy": CronTrigger(minute=45, timezone=UTC),
    }


def period_at(trigger: BaseTrigger, now: datetime) -> datetime | None:
    """Return when ``trigger`` was last due in the day up to ``now``; None where it was not."""
    due = None
    start = now - timedelta(hours=26)  # the longest day has 25 hours
    while (following := trigger.get_next_fire_time(None, start)) and following <= now:
        due = following.astimezone(UTC)
        start = due + timedelta(microseconds=1)  # in a zone with summer time it could go backwards
    return due


def run_once(job: Job, engine: Engine, clock: Clock) -> bool:
    """Run ``job`` for its period unless a process has; what it raises is logged, not passed on.

    Returns:
        Whether it ran here.
    """
    now = clock()
    period = period_at(job.trigger, now)
    if period is None or now - period > GRACE:
        return False
    with session_scope(engine) as session:
        if not claim_period(session, job.name, period, now):
            return False
    failure = _attempt(job, now)
    with session_scope(engine) as session:
        finish_period(session, job.name, period, clock(), failure)
    return True


def _attempt(job: Job, now: datetime) -> str | None:
    try:
        job.work(now)
    except Exception as error:
        log.exception("job failed", extra={"job": job.name})
        return f"{type(error).__name__}: {error}"
    return None


def build_scheduler(jobs: list[Job], engine: Engine, clock: Clock) -> BackgroundScheduler:
    """Return a scheduler of ``jobs``, not started; one runs at a time.

    Each runs at its times. At the start and once an hour, what was missed is made up, and what a
    process that died had left open is taken over.
    """
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},  # a shared store would run jobs twice
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": int(GRACE.total_seconds()),  # the default of 1 s skips a day
        },
    )
    for job in jobs:
        scheduler.add_job(
            guarded, job.trigger, args=(job, engine, clock), id=job.name, replace_existing=True
        )
    hourly = CronTrigger(minute=5, timezone=UTC)
    scheduler.add_job(sweep, args=(jobs, engine, clock), id="sweep at start")
    scheduler.add_job(sweep, hourly, args=(jobs, engine, clock), id="sweep")
    return scheduler


def sweep(jobs: list[Job], engine: Engine, clock: Clock) -> None:
    """Run whatever is due and nobody has run."""
    for job in jobs:
        guarded(job, engine, clock)


def guarded(job: Job, engine: Engine, clock: Clock) -> None:
    """Run ``job`` once; even a store that cannot be reached does not end the scheduler."""
    try:
        run_once(job, engine, clock)
    except Exception:
        log.exception("job could not be claimed", extra={"job": job.name})
