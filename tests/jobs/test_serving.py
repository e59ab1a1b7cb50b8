"""callwatch serve, as a process of its own, and as several."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from jobs.initialise import write_configuration
from tests.jobs.conftest import AT, until_within

PATIENCE_SECONDS = 60
GREETING = "Sign in as administrator, once and within 15 minutes: http://127.0.0.1:"

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    write_configuration(tmp_path / "config")
    return tmp_path / "config"


@pytest.fixture
def start(configuration: Path, closed_port: int) -> Iterator[Start]:
    """Yield what starts the pages on ``closed_port``, with a store of their own."""
    begun: list[subprocess.Popen[str]] = []
    kept = {name: v for name, v in os.environ.items() if not name.startswith("CALLWATCH_")}

    def serve(*options: str) -> subprocess.Popen[str]:
        command = [str(Path(sys.executable).with_name("callwatch")), "serve", *AT]
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--port", str(closed_port), *options],
            cwd=configuration.parent,
            env=kept | {"CALLWATCH_CONFIG_DIR": str(configuration)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return process

    yield serve
    for process in begun:
        if process.poll() is not None:
            continue
        for one in (*psutil.Process(process.pid).children(recursive=True), process):
            one.kill()
        process.communicate()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/login", timeout=PATIENCE_SECONDS) as answer:
            return b"<h1>" in answer.read()
    except (URLError, ConnectionError):
        return False


def workers(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the processes that serve: those that hold the pages, not what keeps count of them."""
    children = psutil.Process(process.pid).children()
    alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in alive if "spawn_main" in " ".join(child.cmdline())]


@pytest.mark.parametrize("number", ["1", "2"])
def test_the_pages_are_served_until_told_to_end(
    start: Start, closed_port: int, number: str
) -> None:
    process = start("--workers", number)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(GREETING)
    until_within(PATIENCE_SECONDS, lambda: answers(closed_port))
    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=PATIENCE_SECONDS)
    assert complaints == ""
    assert not answers(closed_port)


def test_a_process_that_dies_is_replaced(start: Start, closed_port: int) -> None:
    process = start("--workers", "2")
    until_within(PATIENCE_SECONDS, lambda: answers(closed_port))
    until_within(PATIENCE_SECONDS, lambda: len(workers(process)) == 2)
    first, second = workers(process)
    first.kill()
    until_within(
        PATIENCE_SECONDS,
        lambda: len({one.pid for one in workers(process)} - {first.pid, second.pid}) == 1,
    )
    assert answers(closed_port)


def test_a_wrong_configuration_is_told_before_any_process_begins(
    start: Start, configuration: Path
) -> None:
    (configuration / "accounts.yaml").write_text("accounts: {a@ntnu.example: {role: king}}\n")
    process = start("--workers", "2")
    said, complaints = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode != 0
    assert said == ""
    assert len(complaints.splitlines()) == 1
    assert "accounts.yaml" in complaints
