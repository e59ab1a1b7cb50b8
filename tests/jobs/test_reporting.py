"""callwatch report: the same table as on the page."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobs.cli.main import app

AT = ["--now", "2026-05-20T06:00:00Z"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CALLWATCH_DATABASE_URL", f"sqlite:///{tmp_path / 'callwatch.db'}")
    return tmp_path


def test_a_report_prints_every_department_as_json_with_its_remark(folder: Path) -> None:
    assert folder.is_dir()
    found = CliRunner().invoke(app, ["report", "--json", *AT])
    rows = json.loads(found.stdout)
    assert rows[0]["Remark"] == "no profile yet"
    assert rows[-1]["Department"] == "Total"


def test_a_report_is_written_as_csv(folder: Path) -> None:
    found = CliRunner().invoke(app, ["report", "--by", "month", "--csv", "report.csv", *AT])
    assert "5 rows and their total written to report.csv" in found.stdout
    with (folder / "report.csv").open(encoding="utf-8-sig") as file:
        assert [row[0] for row in csv.reader(file)][1] == "January 2026"


@pytest.mark.parametrize(
    "wrong", [["--by", "planet"], ["--since", "2026-05-02", "--until", "2026-05-01"]]
)
def test_what_cannot_be_reported_is_wrong_use(folder: Path, wrong: list[str]) -> None:
    assert folder.is_dir()
    assert CliRunner().invoke(app, ["report", *wrong, *AT]).exit_code == 2
