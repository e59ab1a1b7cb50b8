"""Topics dealt into folds."""

from collections import Counter
from pathlib import Path

import numpy as np

from matcher.adapter.folds import fold_file, fold_files, fold_of
from matcher.evaluation.ranking import Reader, cross_ranked, ranked
from store.models import Opportunity
from tests.matcher.conftest import CountingEmbedder
from tests.rows import opportunity_row, profile_row


def test_folds_are_of_about_one_size() -> None:
    sizes = Counter(fold_of(f"HORIZON-{number}", 3) for number in range(3000))
    assert set(sizes) == {0, 1, 2}
    assert max(sizes.values()) < 1.2 * min(sizes.values())


def test_files_are_found_in_the_order_of_their_folds(tmp_path: Path) -> None:
    for fold in (2, 0, 1, 4):
        fold_file(tmp_path, fold).touch()
    assert fold_files(tmp_path) == [fold_file(tmp_path, fold) for fold in (0, 1, 2)]


def test_each_topic_is_scored_by_the_reader_of_its_fold(embedder: CountingEmbedder) -> None:
    topics: list[Opportunity] = [
        opportunity_row(f"T-{number}", title=f"Ships at sea {number} grid" * (number % 3 + 1))
        for number in range(12)
    ]
    profiles = [profile_row("a", text="ships"), profile_row("b", text="a grid")]
    one = Reader(embedder.encode, embedder.encode)
    other = Reader(embedder.encode, lambda texts: embedder.encode([f"sea {t}" for t in texts]))
    found = cross_ranked(topics, profiles, [one, other])
    by_reader = [ranked(topics, profiles, reader) for reader in (one, other)]
    for column, topic in enumerate(topics):
        expected = by_reader[fold_of(topic.topic_id, 2)][:, column]
        assert np.array_equal(found[:, column], expected)
