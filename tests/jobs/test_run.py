"""callwatch run, as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from jobs.initialise import write_configuration
from store.models import JobClaim
from tests.jobs.conftest import AT, until_within

PATIENCE_SECONDS = 30


@pytest.fixture
def running(tmp_path: Path, database: Engine, closed_port: int) -> Iterator[subprocess.Popen[str]]:
    """Yield the scheduler, whose portal is not there."""
    environment = {name: v for name, v in os.environ.items() if not name.startswith("CALLWATCH_")}
    configuration = tmp_path / "config"
    write_configuration(configuration)
    (configuration / "sources.yaml").write_text("sources: {erasmus_plus: {}}\n", "utf-8")
    command = [str(Path(sys.executable).with_name("callwatch")), "run", *AT]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command,
        cwd=tmp_path,
        env=environment
        | {
            "CALLWATCH_DATABASE_URL": str(database.url),
            "CALLWATCH_CONFIG_DIR": str(configuration),
            "CALLWATCH_PORTAL_SEARCH_URL": f"http://127.0.0.1:{closed_port}/search",
            "CALLWATCH_CRAWL_DELAY_SECONDS": "0",
            "CALLWATCH_MAIL_URL": "folder:outbox",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def finished(database: Engine) -> dict[str, str | None]:
    with Session(database) as session:
        claims = session.query(JobClaim).where(JobClaim.finished_at.is_not(None))
        return {claim.job: claim.failure for claim in claims}


def test_the_scheduler_makes_up_what_was_missed_and_ends_when_told(
    running: subprocess.Popen[str], database: Engine
) -> None:
    assert running.stderr is not None
    assert running.stderr.readline() == (
        "callwatch runs: collect, digest, deliver, embed, tidy (Europe/Oslo)\n"
    )
    until_within(PATIENCE_SECONDS, lambda: len(finished(database)) == 5)
    began = time.monotonic()
    running.send_signal(signal.SIGTERM)
    _, rest = running.communicate(timeout=PATIENCE_SECONDS)
    assert time.monotonic() - began < 10
    assert running.returncode == 0
    assert rest.splitlines()[-1] == "callwatch stops after the job in hand"
    assert finished(database) == {
        "collect": "RuntimeError: could not be read: erasmus_plus",
        "digest": None,
        "deliver": None,
        "embed": None,
        "tidy": None,
    }
