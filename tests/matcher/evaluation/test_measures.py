"""Measures are those of the benchmark's own scorer, and intervals respect who shares a topic."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from matcher.evaluation.benchmark import read_tasks
from matcher.evaluation.measures import MEASURES, Draws, estimate, measured, resampled_means
from tests.matcher.evaluation.tasks import TASK


@pytest.fixture
def scorer(shared: Path) -> ModuleType:
    """Return the scorer that lies with the benchmark."""
    spec = spec_from_file_location("scorer", shared / "benchmark" / "score_retrieval.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_measures_are_those_of_the_scorer_even_where_scores_are_equal(
    shared: Path, scorer: ModuleType
) -> None:
    (task,) = read_tasks(shared / "benchmark", ["b-open"])
    shape = (len(task.queries), len(task.documents))
    scores = np.random.default_rng(1).integers(0, 40, shape).astype(np.float64)
    ids = [document.id for document in task.documents]
    expected = []
    for query, row in zip(task.queries, scores, strict=True):
        ranking = [name for _, name in sorted(zip(-row, ids, strict=True))]
        expected.append(scorer.measures_of(ranking, task.judgements[query.id]))
    assert tuple(MEASURES) == scorer.MEASURES
    assert np.allclose(measured(task, scores), expected)


def test_intervals_are_those_of_the_scorer(scorer: ModuleType) -> None:
    rng = np.random.default_rng(2)
    values, clusters = rng.random((300, 2)), [f"T-{n}" for n in rng.integers(0, 120, 300)]
    expected = scorer.interval(values, clusters, 4_000, 7)
    drawn = resampled_means(values, clusters, Draws(4_000, 7))
    assert np.allclose(np.percentile(drawn, (2.5, 97.5), axis=0), expected, atol=0.004)


def test_a_perfect_ranking_reaches_one_in_every_measure() -> None:
    scores = np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.9], [0.0, 1.0, 0.0, 0.0]])
    assert measured(TASK, scores).tolist() == [[1.0] * len(MEASURES)] * 3


def test_a_right_document_outside_the_pool_counts_as_missed() -> None:
    judged = dict(TASK.judgements) | {"q1": {"C-SHIP": 1, "ELSEWHERE": 1}}
    task = type(TASK)(TASK.variant, TASK.documents, TASK.queries, judged)
    scores = np.array([[0.0, 0.0, 1.0, 0.0]] * 3)
    assert measured(task, scores)[0, 1] == 0.5


def test_queries_of_one_topic_are_drawn_together() -> None:
    values = np.repeat(np.random.default_rng(3).random((20, 1)), 10, axis=0)
    alone = resampled_means(values, [str(n) for n in range(200)], Draws())
    together = resampled_means(values, [str(n // 10) for n in range(200)], Draws())
    assert together.std() > 2 * alone.std()


def test_the_same_seed_draws_the_same() -> None:
    values, clusters = np.arange(6.0).reshape(3, 2), ["a", "b", "b"]
    first = resampled_means(values, clusters, Draws(50, 1))
    assert np.array_equal(first, resampled_means(values, clusters, Draws(50, 1)))
    assert not np.array_equal(first, resampled_means(values, clusters, Draws(50, 2)))


def test_an_estimate_holds_the_middle_of_what_was_drawn() -> None:
    found = estimate(0.5, np.linspace(0, 1, 101))
    assert (found.value, found.low, found.high) == (0.5, 0.025, 0.975)
