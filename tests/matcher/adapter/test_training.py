import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest

from config.errors import ConfigurationError
from matcher.adapter.folds import fold_files
from matcher.adapter.low_rank import adapter_of, centre_file, read_updates
from matcher.adapter.training import BATCH, Project, Topic, main, project_view, topic_view, train

TOPICS = [
    {
        "id": f"T-{at}",
        "title": title,
        "keywords": ["energy"],
        "destination": "",
        "description": "",
        "stratum": "thematic",
    }
    for at, title in enumerate(("Floating wind", "Rare diseases"))
]


def write(path: Path, records: Sequence[Mapping[str, object]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(record) + "\n" for record in records)


def test_one_command_trains_an_adapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    projects = [
        {"title": "P", "objective": "We moor wind.", "keywords": "wind", "topic_id": f"T-{at % 2}"}
        for at in range(2 * BATCH)
    ]
    write(tmp_path / "docs.jsonl.gz", TOPICS)
    write(tmp_path / "projects-train.jsonl.gz", projects)
    out = tmp_path / "out.safetensors"
    monkeypatch.setattr("sys.argv", ["training", str(tmp_path), str(out), "--epochs", "1"])
    main()
    updates = read_updates(out)
    assert len(updates) == 4 * 6
    assert any(up.any() for _, up in updates.values())
    assert np.load(centre_file(out)).shape == (384,)
    folds = tmp_path / "folds"
    options = [str(tmp_path), str(folds), "--epochs", "1", "--folds", "2"]
    monkeypatch.setattr("sys.argv", ["training", *options])
    main()
    assert [adapter_of(file).centre is not None for file in fold_files(folds)] == [True, True]


def test_too_few_projects_to_learn_from_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="2 projects are fewer than a batch of 48"):
        train({}, [Project("T-1", "P", "We moor.", "")] * 2, 3.0)


@pytest.mark.parametrize("seed", range(8))
def test_a_view_of_a_project_is_never_empty(seed: int) -> None:
    project = Project("T-1", "Floating wind", "We moor turbines.", "")
    assert project_view(project, Random(seed)).strip()  # noqa: S311 - nothing secret


@pytest.mark.parametrize("seed", range(8))
def test_a_view_of_a_topic_holds_words_of_it(seed: int) -> None:
    topic = Topic("T-1", "Floating wind", ("mooring",), "", "")
    assert "Floating wind" in topic_view(topic, Random(seed))  # noqa: S311 - nothing secret
