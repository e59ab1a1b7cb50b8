"""Random kills of a sender, a small course of benchmarks/kill_matrix.py."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from benchmarks.kill_matrix import Course, run_course


@pytest.mark.timeout(120)
def test_a_sender_that_is_killed_at_random_loses_nothing_and_repeats_little(
    tmp_path: Path,
) -> None:
    course = Course(mails=80, connections=4, kills=3, seed=7)
    found = run_course("Callwatch", course, f"sqlite:///{tmp_path / 'kill.db'}")
    assert (found.lost, found.not_sent, found.altered) == (0, 0, 0)
    assert found.copies <= found.kills * course.connections
    assert found.most_copies <= 1 + found.kills


@pytest.mark.timeout(120)
def test_on_postgresql_too(empty_postgres: Engine) -> None:
    course = Course(mails=60, connections=4, kills=2, seed=8)
    url = empty_postgres.url.render_as_string(hide_password=False)
    found = run_course("Callwatch", course, url)
    assert (found.lost, found.not_sent, found.altered) == (0, 0, 0)
    assert found.copies <= found.kills * course.connections
