"""A benchmark is read, or refused with the place that is wrong."""

import gzip
import json
from pathlib import Path

import pytest

from config.errors import ConfigurationError
from matcher.evaluation.benchmark import (
    VARIANTS,
    everything,
    heading,
    pooled,
    read_documents,
    read_judgements,
    read_queries,
    read_tasks,
    title,
)

DOCUMENT = {"id": "T-1", "title": "Grids", "pools": ["open"]}
QUERY = {"qid": "q1", "text": "power grids"}


def write(path: Path, *lines: object) -> Path:
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    path.write_text(text, "utf-8")
    return path


def write_benchmark(folder: Path) -> Path:
    write(folder / "docs.jsonl", DOCUMENT, {"id": "T-0", "title": "Ships", "pools": ["all"]})
    write(folder / "queries-b-open.jsonl", QUERY)
    write(folder / "qrels-b-open.txt", "q1 0 T-1 1\nq1 0 T-0 0\n")
    return folder


def test_what_a_document_does_not_say_is_empty(tmp_path: Path) -> None:
    bare = {"id": "T-1", "title": "Grids", "destination": None, "opens": None, "year": 2024}
    (found,) = read_documents(write(tmp_path / "docs.jsonl", bare))
    assert (found.destination, found.keywords, found.description) == ("", (), "")
    assert found.pools == frozenset()


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "docs.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(DOCUMENT) + "\n")
    plain = read_documents(write(tmp_path / "docs.jsonl", DOCUMENT))
    assert read_documents(tmp_path / "docs.jsonl.gz") == plain


def test_documents_stand_by_id_whatever_the_order_of_lines(tmp_path: Path) -> None:
    lines = [{"id": name, "title": "x"} for name in ("B", "C", "A")]
    found = read_documents(write(tmp_path / "docs.jsonl", *lines))
    assert [document.id for document in found] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", ":2: Invalid JSON: EOF while parsing an object at line 2 column 0"),
        ("[]", ":2: Input should be an object"),
        ({"title": "x"}, ":2: id: is missing"),
        ({"id": "T-2"}, ":2: title: is missing"),
        ({"id": "T 2", "title": "x"}, ":2: id: String should match pattern '^\\S+$'"),
        ({"id": "T-2", "title": "x", "keywords": 3}, ":2: keywords: Input should be a valid array"),
        (DOCUMENT, ":2: T-1 stands twice"),
    ],
)
def test_a_wrong_document_is_named_with_its_line(tmp_path: Path, line: object, says: str) -> None:
    path = write(tmp_path / "docs.jsonl", DOCUMENT, f"{line}\n" if isinstance(line, str) else line)
    with pytest.raises(ConfigurationError) as refused:
        read_documents(path)
    assert str(refused.value) == f"{path}{says}"


@pytest.mark.parametrize("asks", [{}, {"text": " "}, {"text": None}, {"profile": []}])
def test_a_query_that_asks_nothing_is_refused(tmp_path: Path, asks: dict[str, object]) -> None:
    path = write(tmp_path / "queries.jsonl", QUERY, {"qid": "q2", **asks})
    with pytest.raises(ConfigurationError, match=r":2: has neither a text nor a profile$"):
        read_queries(path)


@pytest.mark.parametrize("line", ["q1 0 T-1", "q1 0 T-1 yes", "q1 0 T-1 1 1"])
def test_a_wrong_judgement_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "qrels.txt", f"q1 0 T-1 1\n{line}\n")
    with pytest.raises(ConfigurationError, match=rf":2: no judgement like .*: '{line}'$"):
        read_judgements(path)


def test_what_is_judged_wrong_is_not_right(tmp_path: Path) -> None:
    path = write(tmp_path / "qrels.txt", "q1 0 T-1 2\nq1 0 T-2 0\n\n")
    assert read_judgements(path) == {"q1": {"T-1": 2}}


def test_a_file_that_is_missing_empty_or_cut_off_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b"{}" * 1000)[:-20])
    (tmp_path / "plain.jsonl.gz").write_bytes(b"{}")
    (tmp_path / "latin.jsonl").write_bytes("{é}".encode("latin-1"))
    for name, says in {
        "none.jsonl": "cannot be read: No such file or directory",
        "cut.jsonl.gz": "cannot be read: Compressed file ended before the end-of-stream marker",
        "plain.jsonl.gz": "cannot be read: Not a gzipped file",
        "latin.jsonl": "is not UTF-8 text",
        "empty.jsonl": "is empty",
    }.items():
        (tmp_path / "empty.jsonl").touch()
        with pytest.raises(ConfigurationError) as refused:
            read_documents(tmp_path / name)
        assert str(refused.value).startswith(f"{tmp_path / name}: {says}")


def test_a_task_ranks_the_documents_of_its_pool(tmp_path: Path) -> None:
    (task,) = read_tasks(write_benchmark(tmp_path), [])
    assert task.variant.name == "b-open"
    assert [document.id for document in task.documents] == ["T-1"]
    assert task.judgements == {"q1": {"T-1": 1}}


def test_what_cannot_be_evaluated_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no benchmark here"):
        read_tasks(tmp_path, [])
    write_benchmark(tmp_path)
    with pytest.raises(ConfigurationError, match=r"'z': no such variant; known are b-open, "):
        read_tasks(tmp_path, ["z"])
    with pytest.raises(ConfigurationError, match=r"queries-a-open.jsonl.gz: cannot be read"):
        read_tasks(tmp_path, ["a-open"])
    write(tmp_path / "queries-b-open.jsonl", QUERY, QUERY | {"qid": "q2"})
    with pytest.raises(ConfigurationError, match="no document is right for q2"):
        read_tasks(tmp_path, ["b-open"])
    with pytest.raises(ConfigurationError, match="no document has 'x' among its pools"):
        pooled(read_documents(tmp_path / "docs.jsonl"), "x")


def test_baselines_read_what_the_authors_let_theirs_read(tmp_path: Path) -> None:
    whole = DOCUMENT | {"keywords": ["a", "b"], "destination": "c", "description": "d"}
    (found,) = read_documents(write(tmp_path / "docs.jsonl", whole))
    assert title(found) == "Grids"
    assert heading(found).split() == ["Grids", "a", "b", "c"]
    assert everything(found).split() == ["Grids", "a", "b", "c", "d"]
    read = {name: variant.text_of for name, variant in VARIANTS.items()}
    assert read["b-history"] is heading
    assert read["b-open"] is read["a-open"] is everything


def test_the_benchmark_that_lies_with_the_recorded_data_is_read(shared: Path) -> None:
    sizes = {
        task.variant.name: (len(task.documents), len(task.queries))
        for task in read_tasks(shared / "benchmark", [])
    }
    assert sizes == {
        "b-open": (246, 300),
        "b-history": (237, 300),
        "a-objective": (1309, 1050),
        "c-keywords": (1309, 921),
        "d-publications": (1309, 500),
        "a-open": (246, 164),
    }
