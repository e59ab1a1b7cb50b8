import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from crawler.replica import (
    PortalReplica,
)
from crawler.replica.__main__ import main
from tests.crawler.asking import Asker, record, save


def test_what_was_asked_is_kept(portal: Asker) -> None:
    before = time.monotonic()
    portal.get(portal.replica.robots_url)
    portal.search(page=2)
    portal.search({"query": {"match": {}}}, page=1)
    asked = portal.replica.requests
    assert [(r.method, r.path, r.page, r.user_agent) for r in asked] == [
        ("GET", "/robots.txt", None, "tests/1"),
        ("POST", "/search-api/prod/rest/search", 2, "tests/1"),
        ("POST", "/search-api/prod/rest/search", None, "tests/1"),
    ]
    assert before <= asked[0].at <= asked[1].at <= time.monotonic()


def test_a_port_in_use_and_a_folder_without_answers_are_one_line_each(
    tmp_path: Path, replica: PortalReplica, capsys: pytest.CaptureFixture[str]
) -> None:
    port = replica.base_url.rpartition(":")[2]
    assert main([str(tmp_path / "absent")]) == 2
    save(tmp_path / "page-01.json", record(1))
    assert main([str(tmp_path), "--port", port]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = printed.err.splitlines()
    assert "no saved search answers" in first
    assert "in use" in second


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Let processes that are started here hear SIGINT: a shell has those behind & ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_the_command_prints_its_two_settings_and_serves_until_interrupted(
    tmp_path: Path, pool: urllib3.PoolManager
) -> None:
    save(tmp_path / "page-01.json", record(1))
    command = [sys.executable, "-m", "crawler.replica", str(tmp_path), "--port", "0"]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(  # noqa: S603 (our own command)
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode().strip() for _ in range(2)]
        settings = dict(line.split("=") for line in lines)
        answer = pool.request(
            "POST", f"{settings['CALLWATCH_PORTAL_SEARCH_URL']}?apiKey=SEDIA&text=***", body=b""
        )
        data_url = settings["CALLWATCH_PORTAL_DATA_URL"]
        details = pool.request("GET", f"{data_url}/topicDetails/horizon-001.json")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()
    assert answer.json()["totalResults"] == 1
    assert details.status == 200
