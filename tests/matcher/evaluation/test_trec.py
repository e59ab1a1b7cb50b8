"""A run is what every tool reads, and the same one is the same file."""

import gzip
from pathlib import Path

import numpy as np

from matcher.evaluation.trec import run_lines, write_run
from tests.matcher.evaluation.tasks import DOCUMENTS, QUERIES

SCORES = np.array([[0.5, 0.25, 0.5, 1.0]] * 3)


def test_lines_stand_best_first_and_by_id_where_scores_are_equal() -> None:
    lines = list(run_lines(QUERIES, DOCUMENTS, SCORES, 3))
    assert lines[:3] == [
        "q1 Q0 D-WIND 1 1.0 callwatch\n",
        "q1 Q0 A-GRID 2 0.5 callwatch\n",
        "q1 Q0 C-SHIP 3 0.5 callwatch\n",
    ]
    assert len(lines) == 9


def test_a_run_is_packed_where_its_name_says_so(tmp_path: Path) -> None:
    for name in ("run", "run.gz", "again.gz"):
        write_run(tmp_path / name, run_lines(QUERIES, DOCUMENTS, SCORES, 4))
    packed = (tmp_path / "run.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "run").read_bytes()
    assert packed == (tmp_path / "again.gz").read_bytes()


def test_an_older_run_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("old", "utf-8")
    write_run(tmp_path / "run", iter(["new\n"]))
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run").read_text("utf-8") == "new\n"
