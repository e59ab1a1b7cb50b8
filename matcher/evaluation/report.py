"""Comparisons as rows for other programs: a value to a line."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from matcher.evaluation.comparison import OURS, Comparison
from matcher.evaluation.measures import Estimate

COLUMNS = (
    "variant", "stratum", "queries", "documents", "measure", "ranking", "value", "low", "high",
)  # fmt: skip
DIGITS = 4


def write_csv(path: Path, comparisons: Sequence[Comparison]) -> None:
    """Write every figure, and the gains over the best baseline as differences and ratios."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for comparison in comparisons:
            about = (
                comparison.variant, comparison.stratum, comparison.queries, comparison.documents,
            )  # fmt: skip
            for measure, ranking, found in _values(comparison):
                cells = [round(value, DIGITS) for value in (found.value, found.low, found.high)]
                writer.writerow((*about, measure, ranking, *cells))


def _values(comparison: Comparison) -> Iterator[tuple[str, str, Estimate]]:
    for figure in comparison.figures:
        yield figure.measure, figure.ranking, figure.estimate
    for gain in comparison.gains:
        yield gain.measure, f"{OURS} minus {gain.over}", gain.difference
        if gain.ratio:
            yield gain.measure, f"{OURS} divided by {gain.over}", gain.ratio
