import json
import logging
from collections.abc import Iterator

import pytest

from config.logging import set_up_logging


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], _ = before
    root.setLevel(before[1])


def fail() -> None:
    try:
        int("what was wrong")
    except ValueError:
        logging.getLogger("ours").exception("job failed", extra={"job": "collect"})


def test_an_error_is_one_line_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("text", "warning")
    fail()
    (line,) = capsys.readouterr().err.splitlines()
    assert "error job failed" in line
    assert "job='collect'" in line
    assert "ValueError: " in line


def test_debugging_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("text", "debug")
    fail()
    assert "Traceback" in capsys.readouterr().err


def test_lines_for_machines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("json", "info")
    logging.getLogger("ours").info("digest sent", extra={"subscriber_id": 3})
    document = json.loads(capsys.readouterr().err)
    assert (document["message"], document["subscriber_id"]) == ("digest sent", 3)


def test_libraries_are_heard_from_errors_on(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("text", "info")
    logging.getLogger("scrapy.core").warning("chatter")
    logging.getLogger("urllib3.connectionpool").warning("chatter")
    logging.getLogger("scrapy.core").error("trouble")
    assert "trouble" in (err := capsys.readouterr().err)
    assert "chatter" not in err
