"""Each job of each period is run by one process, and a failure ends nothing."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from jobs.cli.context import shifted_clock
from jobs.pipeline import Pipeline
from jobs.schedule import GRACE, Job, build_scheduler, guarded, run_once, sweep, triggers
from store.db import open_engine, session_scope
from store.job_claims import ABANDONED_AFTER, claim_period, finish_period
from store.models import JobClaim

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
PERIOD = datetime(2026, 5, 20, 4, tzinfo=UTC)
"""When collecting was due on that day."""


class Work:
    """Counts how often it was done, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.moments: list[datetime] = []
        self.failures = failures

    def __call__(self, now: datetime) -> None:
        self.moments.append(now)
        if len(self.moments) <= self.failures:
            raise RuntimeError("the portal is down")


@pytest.fixture
def work() -> Work:
    return Work()


def clock(moment: datetime = NOW) -> Callable[[], datetime]:
    return lambda: moment


def job(work: Callable[[datetime], None], name: str = "collect") -> Job:
    return Job(name, triggers(Settings(_env_file=None))[name], work)


def second_process(engine: Engine) -> Engine:
    return open_engine(engine.url.render_as_string(hide_password=False))


def claims(engine: Engine) -> list[JobClaim]:
    with session_scope(engine) as session:
        return list(session.query(JobClaim).order_by(JobClaim.period))


def test_a_period_is_run_once_and_recorded(any_engine: Engine, work: Work) -> None:
    assert run_once(job(work), any_engine, clock())
    assert not run_once(job(work), any_engine, clock(NOW + timedelta(hours=1)))
    assert work.moments == [NOW]
    [claim] = claims(any_engine)
    assert (claim.job, claim.period) == ("collect", PERIOD.isoformat())
    assert (claim.claimed_at, claim.finished_at, claim.failure) == (NOW, NOW, None)


def test_the_next_day_is_another_period(any_engine: Engine, work: Work) -> None:
    run_once(job(work), any_engine, clock())
    assert run_once(job(work), any_engine, clock(NOW + timedelta(days=1)))
    assert len(claims(any_engine)) == 2


def test_a_second_process_does_not_run_the_same_period(any_engine: Engine, work: Work) -> None:
    other = second_process(any_engine)
    assert run_once(job(work), any_engine, clock())
    assert not run_once(job(work), other, clock(NOW + timedelta(seconds=1)))
    assert len(work.moments) == 1
    other.dispose()


def test_of_many_at_once_exactly_one_runs(any_engine: Engine, work: Work) -> None:
    engines = [second_process(any_engine) for _ in range(6)]
    gate = threading.Barrier(len(engines))
    ran: list[bool] = []

    def compete(engine: Engine) -> None:
        gate.wait(timeout=10)
        ran.append(run_once(job(work), engine, clock()))
        engine.dispose()

    threads = [threading.Thread(target=compete, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(ran) == [False] * 5 + [True]
    assert len(work.moments) == 1


def test_of_many_who_would_take_over_exactly_one_does(any_engine: Engine) -> None:
    with session_scope(any_engine) as session:
        claim_period(session, "collect", PERIOD, NOW)
    engines = [second_process(any_engine) for _ in range(4)]
    gate = threading.Barrier(len(engines))
    taken: list[bool] = []

    def compete(engine: Engine) -> None:
        gate.wait(timeout=10)
        with session_scope(engine) as session:
            taken.append(claim_period(session, "collect", PERIOD, NOW + timedelta(hours=7)))
        engine.dispose()

    threads = [threading.Thread(target=compete, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(taken) == [False, False, False, True]


@pytest.mark.parametrize(
    ("waited", "taken"),
    [
        (timedelta(), False),
        (ABANDONED_AFTER, False),
        (ABANDONED_AFTER + timedelta(seconds=1), True),
    ],
)
def test_a_claim_that_a_dead_process_left_open_is_taken_over_in_time(
    any_engine: Engine, work: Work, waited: timedelta, taken: bool
) -> None:
    with session_scope(any_engine) as session:
        claim_period(session, "collect", PERIOD, PERIOD)
    assert run_once(job(work), any_engine, clock(PERIOD + waited)) is taken
    assert len(work.moments) == taken


def test_a_finished_claim_is_never_taken_over(any_engine: Engine, work: Work) -> None:
    with session_scope(any_engine) as session:
        claim_period(session, "collect", PERIOD, PERIOD)
    with session_scope(any_engine) as session:
        finish_period(session, "collect", PERIOD, PERIOD, None)
    assert not run_once(job(work), any_engine, clock(PERIOD + timedelta(hours=11)))


def test_a_period_that_failed_is_tried_again_after_a_while(any_engine: Engine) -> None:
    work = Work(failures=1)
    assert run_once(job(work), any_engine, clock(PERIOD))
    assert not run_once(job(work), any_engine, clock(PERIOD + timedelta(minutes=30)))
    assert run_once(job(work), any_engine, clock(PERIOD + timedelta(hours=1)))
    assert [claim.failure for claim in claims(any_engine)] == [None]
    assert not run_once(job(work), any_engine, clock(PERIOD + timedelta(hours=3)))


@pytest.mark.parametrize(("late", "runs"), [(GRACE, True), (GRACE + timedelta(seconds=1), False)])
def test_beyond_the_grace_nothing_is_run(
    engine: Engine, work: Work, late: timedelta, runs: bool
) -> None:
    assert run_once(job(work), engine, clock(PERIOD + late)) is runs
    assert len(claims(engine)) == runs


def test_a_job_that_raises_is_recorded_logged_and_over(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    work = Work(failures=1)
    assert run_once(job(work), engine, clock())
    [claim] = claims(engine)
    assert claim.failure == "RuntimeError: the portal is down"
    assert claim.finished_at == NOW
    [record] = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert (record.message, record.__dict__["job"]) == ("job failed", "collect")
    assert record.exc_info is not None
    assert not run_once(job(work), engine, clock(NOW + timedelta(minutes=10)))


def test_a_job_that_raises_does_not_stop_the_next(engine: Engine, work: Work) -> None:
    sweep([job(Work(failures=1)), job(work, "digest")], engine, clock())
    assert len(work.moments) == 1
    assert [bool(claim.failure) for claim in claims(engine)] == [True, False]


def test_a_store_that_cannot_be_reached_ends_nothing(
    engine: Engine, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    JobClaim.__table__.drop(engine)  # type: ignore[attr-defined]  # a table has it
    guarded(job(work), engine, clock())
    assert work.moments == []
    assert [record.message for record in caplog.records] == ["job could not be claimed"]


def test_a_job_is_told_the_moment_and_its_end_is_read_anew(engine: Engine, work: Work) -> None:
    moments = iter([NOW, NOW + timedelta(minutes=20)])
    run_once(job(work), engine, lambda: next(moments))
    assert work.moments == [NOW]
    assert claims(engine)[0].finished_at == NOW + timedelta(minutes=20)


def test_the_scheduler_forgives_lateness_and_keeps_nothing_of_its_own(
    engine: Engine, now: datetime
) -> None:
    jobs = Pipeline(Settings(_env_file=None), engine, clock(now)).jobs()
    scheduler = build_scheduler(jobs, engine, clock(now))
    scheduler.start(paused=True)
    try:
        stores, executors = scheduler._jobstores, scheduler._executors  # noqa: SLF001 - no getter
        assert isinstance(stores["default"], MemoryJobStore)
        assert isinstance(executors["default"], ThreadPoolExecutor)
        assert executors["default"]._pool._max_workers == 1  # noqa: SLF001 - no getter
        planned = scheduler.get_jobs()
    finally:
        scheduler.shutdown()
    assert {one.id for one in planned} == {
        "collect", "digest", "deliver", "embed", "tidy", "sweep", "sweep at start",
    }  # fmt: skip
    assert all(one.coalesce and one.max_instances == 1 for one in planned)
    assert {one.misfire_grace_time for one in planned} == {12 * 3600}


def test_a_running_scheduler_survives_a_job_that_raises(engine: Engine) -> None:
    worked = threading.Event()
    work = Work(failures=1)

    def attempt(now: datetime) -> None:
        work(now)
        worked.set()

    every_second = Job("restless", CronTrigger(second="*", timezone=UTC), attempt)
    scheduler = build_scheduler([every_second], engine, shifted_clock(NOW))
    scheduler.start()
    try:
        assert worked.wait(timeout=8)
    finally:
        scheduler.shutdown(wait=True)
    failures = [claim.failure for claim in claims(engine)]
    assert failures[0] == "RuntimeError: the portal is down"
    assert None in failures


def test_a_claim_names_its_period_in_utc(session: Session) -> None:
    claim_period(session, "collect", PERIOD, NOW)
    session.flush()
    assert session.query(JobClaim).one().period == "2026-05-20T04:00:00+00:00"
