"""Vectors are made once."""

from collections.abc import Sequence

import numpy as np
import pytest
from sqlalchemy import Engine

from matcher.embedder import Vectors
from matcher.vectors import BATCH, embedded


class Counting:
    """Gives each text a direction by its length, and counts what it is asked."""

    dimension = 2

    def __init__(self, model_id: str = "m", most: int = 10_000) -> None:
        self.model_id = model_id
        self.most = most
        self.batches: list[int] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        if sum(self.batches) + len(texts) > self.most:
            raise KeyboardInterrupt
        self.batches.append(len(texts))
        angles = np.array([len(text) for text in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_vectors_come_in_the_order_of_texts(engine: Engine) -> None:
    texts = ["aaa", "b", "cc", "b"]
    model = Counting()
    found = embedded(engine, model, texts)
    assert np.allclose(found.vectors, model.encode(texts))
    assert (found.made, model.batches[0]) == (3, 3)


def test_a_second_time_nothing_is_made(engine: Engine) -> None:
    first = embedded(engine, Counting(), ["a", "bb"])
    model = Counting()
    second = embedded(engine, model, ["bb", "a", "ccc"])
    assert (second.made, model.batches) == (1, [1])
    assert np.array_equal(second.vectors[:2], first.vectors[::-1])


def test_another_model_has_its_own_vectors(engine: Engine) -> None:
    embedded(engine, Counting("one"), ["a"])
    assert embedded(engine, Counting("two"), ["a"]).made == 1


def test_a_run_that_is_killed_loses_one_batch_at_most(engine: Engine) -> None:
    texts = ["x" * n for n in range(2 * BATCH + 10)]
    with pytest.raises(KeyboardInterrupt):
        embedded(engine, Counting(most=2 * BATCH), texts)
    assert embedded(engine, Counting(), texts).made == 10


def test_progress_counts_what_has_to_be_made(engine: Engine) -> None:
    told: list[tuple[int, int]] = []
    texts = ["x" * n for n in range(BATCH + 1)]
    embedded(engine, Counting(), texts, lambda done, total: told.append((done, total)))
    assert told == [(BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]


def test_no_texts_have_no_vectors(engine: Engine) -> None:
    assert embedded(engine, Counting(), []).vectors.shape == (0, 2)
