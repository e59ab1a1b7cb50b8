"""Callwatch beside the baselines: every measure with its interval, and what Callwatch gains."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.evaluation.baselines import baselines
from matcher.evaluation.benchmark import Task
from matcher.evaluation.measures import (
    MEASURES,
    Draws,
    Estimate,
    Values,
    estimate,
    measured,
    resampled_means,
)
from matcher.evaluation.ranking import Reader, as_opportunity, as_profile, cross_ranked

OURS = "Callwatch"
ORACLE = "oracle"
"""For each query the best of the baselines, by a hindsight that no ranking has."""


@dataclass(frozen=True, slots=True)
class Models:
    """Who reads for whom."""

    ours: Sequence[Reader]
    """One, or one for each fold of topics."""
    bare: Reader
    """For the baseline: the model as it was published."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a ranking reaches in a measure."""

    ranking: str
    measure: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Gain:
    """What Callwatch is better by than the best baseline, in a measure."""

    measure: str
    over: str
    """The baseline with the highest mean."""
    difference: Estimate
    ratio: Estimate | None
    """None where the baseline reaches nothing in one of the draws."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rankings on one stratum of one variant."""

    variant: str
    stratum: str
    queries: int
    documents: int
    baselines_read: str
    figures: tuple[Figure, ...]
    gains: tuple[Gain, ...]

    def of(self, ranking: str, measure: str) -> Estimate:
        """Return what ``ranking`` reaches in ``measure``."""
        return next(
            figure.estimate
            for figure in self.figures
            if (figure.ranking, figure.measure) == (ranking, measure)
        )

    @property
    def rankings(self) -> tuple[str, ...]:
        """Return the names of the rankings, ours first."""
        return tuple(dict.fromkeys(figure.ranking for figure in self.figures))


def compared(task: Task, models: Models, draws: Draws) -> tuple[Comparison, ...]:
    """Return the comparison on each stratum of ``task``."""
    opportunities = [as_opportunity(document) for document in task.documents]
    ours = cross_ranked(opportunities, [as_profile(query) for query in task.queries], models.ours)
    scores = {OURS: ours, **baselines(task, models.bare)}
    values = {name: measured(task, found) for name, found in scores.items()}
    values[ORACLE] = np.maximum.reduce([found for name, found in values.items() if name != OURS])
    strata = dict.fromkeys(query.stratum for query in task.queries)
    return tuple(_on_stratum(task, stratum, values, draws) for stratum in strata)


def _on_stratum(task: Task, stratum: str, values: Mapping[str, Values], draws: Draws) -> Comparison:
    rows = [row for row, query in enumerate(task.queries) if query.stratum == stratum]
    # Members of a consortium share their topic, so what they say is said once.
    clusters = [min(task.judgements[task.queries[row].id]) for row in rows]
    table = np.hstack([found[rows] for found in values.values()])
    drawn = resampled_means(table, clusters, draws)
    shape = (len(values), len(MEASURES))
    mean, drawn = table.mean(axis=0).reshape(shape), drawn.reshape(-1, *shape)
    return Comparison(
        variant=task.variant.name,
        stratum=stratum,
        queries=len(rows),
        documents=len(task.documents),
        baselines_read=task.variant.reads,
        figures=tuple(_figures(tuple(values), mean, drawn)),
        gains=tuple(_gains(tuple(values), mean, drawn)),
    )


def _figures(names: Sequence[str], mean: Values, drawn: Values) -> Iterator[Figure]:
    for row, name in enumerate(names):
        for column, measure in enumerate(MEASURES):
            value = estimate(mean[row, column], drawn[:, row, column])
            yield Figure(name, measure, value)


def _gains(names: Sequence[str], mean: Values, drawn: Values) -> Iterator[Gain]:
    for column, measure in enumerate(MEASURES):
        best = 1 + int(mean[1:-1, column].argmax())  # the first is ours, the last the oracle
        we, they = drawn[:, 0, column], drawn[:, best, column]
        yield Gain(
            measure=measure,
            over=names[best],
            difference=estimate(mean[0, column] - mean[best, column], we - they),
            ratio=estimate(mean[0, column] / mean[best, column], we / they) if they.all() else None,
        )
