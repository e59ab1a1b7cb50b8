"""A ranking as a run in TREC's format, which every tool for measuring retrieval reads."""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from matcher.evaluation.benchmark import Document, Query
from matcher.evaluation.lines import PACKED
from matcher.evaluation.ranking import Scores

TAG = "callwatch"


def run_lines(
    queries: Sequence[Query], documents: Sequence[Document], scores: Scores, depth: int
) -> Iterator[str]:
    """Yield ``qid Q0 topic rank score tag`` for the first ``depth`` documents of each query.

    Args:
        queries: One for each row of ``scores``.
        documents: One for each column; of equal scores the earlier one stands first.
        scores: The higher, the better.
        depth: Most lines of a query.
    """
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth].tolist()
    for query, row, places in zip(queries, scores.tolist(), order, strict=True):
        for rank, place in enumerate(places, start=1):
            yield f"{query.id} Q0 {documents[place].id} {rank} {row[place]!r} {TAG}\n"


def write_run(path: Path, lines: Iterator[str]) -> None:
    """Write a run, packed where ``path`` ends in .gz; what stands there is replaced at the end."""
    content = "".join(lines).encode()
    if path.suffix == PACKED:
        content = gzip.compress(content, mtime=0)  # the same run is the same file
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
