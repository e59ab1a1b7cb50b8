"""Baselines rank as their names say."""

import numpy as np

from matcher.evaluation.baselines import (
    baselines,
    bm25_scores,
    joined,
    model_scores,
    parts,
    tfidf_scores,
)
from tests.matcher.evaluation.tasks import DOCUMENTS, QUERIES, TASK, counting_reader, titles

TEXTS = titles(DOCUMENTS)


def test_a_history_is_one_text_for_counting_words_and_many_for_the_model() -> None:
    assert joined(QUERIES[1]) == "Batteries For the grid storage Wind power"
    assert parts(QUERIES[1]) == ["Batteries. For the grid", "Wind power. "]
    assert (joined(QUERIES[0]), parts(QUERIES[0])) == (QUERIES[0].text, [QUERIES[0].text])


def test_words_are_counted_by_their_stems() -> None:
    scores = bm25_scores(TEXTS, ["sailing ship", "the", "unheard"])
    assert scores[0].argmax() == 2
    assert scores[1:].tolist() == [[0.0] * len(TEXTS)] * 2


def test_a_text_is_nearest_to_itself_by_tfidf() -> None:
    assert tfidf_scores(TEXTS, TEXTS).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_the_model_reads_a_history_project_by_project() -> None:
    reader = counting_reader()
    both = model_scores(TEXTS, [["grid", "sea"]], reader)
    each = model_scores(TEXTS, [["grid"], ["sea"]], reader)
    assert np.allclose(both, each.mean(axis=0))


def test_every_baseline_scores_every_document_for_every_query() -> None:
    found = baselines(TASK, counting_reader())
    assert list(found) == ["BM25", "TF-IDF", "bare model", "RRF"]
    assert {scores.shape for scores in found.values()} == {(len(QUERIES), len(DOCUMENTS))}
    assert all(np.isfinite(scores).all() for scores in found.values())
