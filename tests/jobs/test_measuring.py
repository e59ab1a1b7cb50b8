"""callwatch bench: what is measured beside what, and only what there is."""

from pathlib import Path

from jobs.cli.measuring import FOLDER, benchmarks
from tests.jobs.conftest import Callwatch


def test_every_benchmark_says_beside_what_it_measures(callwatch: Callwatch) -> None:
    found = callwatch("bench", "--json").document
    assert {"crawl", "reference_file", "start_up"} <= {row["name"] for row in found}
    assert "memory" not in {row["name"] for row in found}, "no benchmark, but what some use"
    assert all(" beside " in row["measures"] for row in found)


def test_a_benchmark_that_is_not_there_is_wrong_use(callwatch: Callwatch) -> None:
    found = callwatch("bench", "craw")
    assert found.status == 2
    assert found.complaint.startswith("callwatch: no such benchmark: craw; known: ")


def test_where_there_is_no_checkout_there_are_none(tmp_path: Path) -> None:
    assert FOLDER.is_dir()
    assert benchmarks(tmp_path / "benchmarks") == {}


def test_a_named_benchmark_is_run_with_its_options(callwatch: Callwatch) -> None:
    assert callwatch("bench", "start_up", "--", "--help").status == 0


def test_a_benchmark_that_fails_fails_the_command(callwatch: Callwatch) -> None:
    found = callwatch("bench", "start_up", "--", "--no-such-option")
    assert found.status == 1
    assert found.complaint == "callwatch: failed: start_up"
