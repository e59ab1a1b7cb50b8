"""callwatch evaluate and callwatch rank, on a benchmark of four topics."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from matcher.adapter.folds import fold_file
from matcher.adapter.low_rank import SHIPPED
from tests.jobs.conftest import Callwatch

TITLES = {
    "A-GRID": "Batteries for the power grid",
    "B-SCHOOL": "Teachers and schools",
    "C-SHIP": "Zero-emission ships",
    "D-WIND": "Offshore wind farms",
}
QUERIES: list[dict[str, Any]] = [
    {"qid": "q1", "text": "Electric ferries that sail without emissions"},
    {"qid": "q2", "profile": [{"title": "Storage of electricity", "objective": "Batteries."}]},
]


def write(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a benchmark."""
    folder = tmp_path / "benchmark"
    folder.mkdir()
    pools = {"D-WIND": ["all"]}
    documents: list[dict[str, Any]] = [
        {"id": name, "title": title, "pools": pools.get(name, ["open"])}
        for name, title in TITLES.items()
    ]
    write(folder / "docs.jsonl", documents)
    write(folder / "queries-b-open.jsonl", QUERIES)
    (folder / "qrels-b-open.txt").write_text("q1 0 C-SHIP 1\nq2 0 A-GRID 1\n", "utf-8")
    return folder


def files_of(folder: Path) -> tuple[str, ...]:
    queries, documents = folder / "queries-b-open.jsonl", folder / "docs.jsonl"
    return ("--queries", str(queries), "--documents", str(documents), "--run", "out/run.txt")


def test_every_document_is_ranked_for_every_query(
    callwatch: Callwatch, folder: Path, tmp_path: Path
) -> None:
    assert callwatch("rank", *files_of(folder)).status == 0
    run = (tmp_path / "out/run.txt").read_text("utf-8")
    rows = [line.split() for line in run.splitlines()]
    assert [(row[0], row[3]) for row in rows] == [(q, r) for q in ("q1", "q2") for r in "1234"]
    assert {row[0]: row[2] for row in rows if row[3] == "1"} == {"q1": "C-SHIP", "q2": "A-GRID"}
    assert {row[5] for row in rows} == {"callwatch"}
    assert (tmp_path / "var/evaluation.db").is_file()
    assert callwatch("rank", *files_of(folder)).status == 0
    assert (tmp_path / "out/run.txt").read_text("utf-8") == run, "the same again"
    assert callwatch("rank", *files_of(folder), "--pool", "open", "--depth", "2").status == 0
    kept = (tmp_path / "out/run.txt").read_text("utf-8")
    assert len(kept.splitlines()) == 4
    assert "D-WIND" not in kept


def test_the_matcher_is_measured_beside_the_baselines(
    callwatch: Callwatch, folder: Path, tmp_path: Path
) -> None:
    files = ("--csv", "figures.csv", "--svg", "figures.svg", "--resamples", "50")
    found = callwatch("evaluate", str(folder), *files)
    assert found.status == 0
    assert "b-open – 2 queries, 3 topics; baselines read everything" in found.out
    for name in ("Callwatch", "BM25", "TF-IDF", "bare model", "RRF", "gain on it"):
        assert f"\n{name} " in found.out
    assert "95 % intervals: 50 draws, seed 7" in found.out
    assert (tmp_path / "figures.csv").read_text("utf-8").startswith("variant,stratum,")
    assert "<title>nDCG@10" in (tmp_path / "figures.svg").read_text("utf-8")
    (document,) = callwatch("evaluate", str(folder), "--json", "--resamples", "50").document
    assert (document["variant"], document["queries"], document["documents"]) == ("b-open", 2, 3)
    assert document["figures"][0] == {
        "ranking": "Callwatch",
        "measure": "nDCG@10",
        "estimate": {"value": 1.0, "low": 1.0, "high": 1.0},
    }


def test_folds_without_adapters_say_how_they_are_made(callwatch: Callwatch, folder: Path) -> None:
    found = callwatch("evaluate", str(folder), "--folds", "nowhere")
    assert found.status == 2
    assert "no adapter fold-0.safetensors there; make them with: python -m" in found.complaint


def test_each_topic_can_be_ranked_by_an_adapter_of_its_fold(
    callwatch: Callwatch, folder: Path, tmp_path: Path
) -> None:
    for fold in (0, 1):
        shutil.copy(SHIPPED, fold_file(tmp_path, fold))
    options = ("--json", "--resamples", "50")
    (plain,) = callwatch("evaluate", str(folder), *options).document
    (found,) = callwatch("evaluate", str(folder), "--folds", str(tmp_path), *options).document
    assert found["figures"] == plain["figures"]


@pytest.mark.parametrize("command", ["evaluate", "rank"])
def test_a_wrong_line_is_wrong_use_and_named(
    callwatch: Callwatch, folder: Path, command: str
) -> None:
    with (folder / "docs.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "E"}\n')
    arguments = {"evaluate": (str(folder),), "rank": files_of(folder)}
    found = callwatch(command, *arguments[command])
    place = folder / "docs.jsonl"
    assert (found.status, found.complaint) == (2, f"callwatch: {place}:5: title: is missing")


def test_a_folder_without_a_benchmark_is_wrong_use(callwatch: Callwatch, tmp_path: Path) -> None:
    found = callwatch("evaluate", str(tmp_path))
    assert found.status == 2
    assert "no benchmark here" in found.complaint


def test_a_run_that_cannot_be_written_is_one_line(callwatch: Callwatch, folder: Path) -> None:
    (folder.parent / "out").touch()
    found = callwatch("rank", *files_of(folder))
    assert found.status == 2
    assert found.complaint.startswith("callwatch: out/run.txt: cannot be written: ")


def test_without_what_measuring_needs_one_line_says_how_to_get_it(
    callwatch: Callwatch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.startswith("matcher.evaluation.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    found = callwatch("evaluate", str(folder))
    assert (found.status, found.complaint) == (
        2,
        "callwatch: the package ir_measures is missing; "
        "install it with: pip install 'callwatch[evaluate]'",
    )
