"""What a ranking is worth: the measures of ``ir-measures``, query by query, and their spread."""

from collections.abc import Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from numpy.typing import NDArray

from matcher.evaluation.benchmark import Task
from matcher.evaluation.ranking import Scores

MEASURES = {"nDCG@10": nDCG @ 10, "recall@10": R @ 10, "recall@50": R @ 50, "MRR": RR}

Values = NDArray[np.float64]
"""(queries, measures); of 0..1."""


@dataclass(frozen=True, slots=True)
class Draws:
    """How often a bootstrap draws, and from which seed on."""

    resamples: int = 2_000
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the interval that holds 95 % of the bootstrap's draws."""

    value: float
    low: float
    high: float


def measured(task: Task, scores: Scores) -> Values:
    """Return the measures of each query of ``task``; of equal scores the lower id stands first."""
    ids = [document.id for document in task.documents]
    order = np.argsort(-scores, axis=1, kind="stable")
    run = {
        query.id: {ids[at]: -float(place) for place, at in enumerate(places)}
        for query, places in zip(task.queries, order.tolist(), strict=True)
    }
    rows = {query.id: row for row, query in enumerate(task.queries)}
    columns = {measure: column for column, measure in enumerate(MEASURES.values())}
    values = np.zeros((len(rows), len(columns)))
    judgements = {query.id: dict(task.judgements[query.id]) for query in task.queries}
    for found in ir_measures.iter_calc(columns, judgements, run):
        values[rows[found.query_id], columns[found.measure]] = found.value
    return values


def resampled_means(values: Values, clusters: Sequence[str], draws: Draws) -> Values:
    """Return (resamples, columns): means over clusters, drawn whole and with replacement.

    Args:
        values: A row for each query; columns of one call share their draws, so they are paired.
        clusters: The cluster of each query.
        draws: How often to draw.
    """
    names, members = np.unique(np.asarray(clusters), return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, members, values)
    sizes = np.bincount(members)
    even = np.full(len(names), 1 / len(names))
    times = np.random.default_rng(draws.seed).multinomial(len(names), even, draws.resamples)
    means: Values = (times @ sums) / (times @ sizes)[:, np.newaxis]
    return means


def estimate(value: float, drawn: Values) -> Estimate:
    """Return ``value`` with the middle 95 % of what was ``drawn``."""
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Estimate(float(value), float(low), float(high))
