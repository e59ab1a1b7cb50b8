"""A task of the benchmark as profiles of departments, with what the production stages measure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.simulated_readers import Ground, Numbers
from jobs.cli.matching import embedding_bar
from matcher.calibration import Calibration
from matcher.embedder import model_of
from matcher.evaluation.benchmark import THEMATIC, Query, Task, read_tasks
from matcher.evaluation.lines import read_records
from matcher.evaluation.ranking import as_opportunity, as_profile, scored
from matcher.evaluation.reading import kept_vectors, reader_of
from matcher.stages import WEIGHTS, WEIGHTS_OF_TITLES

PRIORS = {"b-open": WEIGHTS, "b-history": WEIGHTS_OF_TITLES}
"""Variants that are simulated, with the production weights of what they rank."""


class Asked(Query):
    """A query with the field of its organisation."""

    field: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A task, as readers and the ranking meet it."""

    task: Task
    ground: Ground
    prior: Mapping[str, float]

    @property
    def scores(self) -> Numbers:
        """Return the production scores, (profiles, topics)."""
        found: Numbers = self.ground.features @ np.array(list(self.prior.values()))
        return found

    def scores_by(self, calibration: Calibration) -> Numbers:
        """Return the scores as learned, (profiles, topics)."""
        rows = zip(self.ground.features, self.ground.departments, strict=True)
        return np.array([topics @ calibration.weights(name) for topics, name in rows])


def features_of(task: Task, weights: Mapping[str, float], cache: Path) -> Numbers:
    """Return what the production stages measure, (queries, documents, features).

    Raises:
        ValueError: If production ranks these documents by other ``weights``.
    """
    opportunities = [as_opportunity(document) for document in task.documents]
    profiles = [as_profile(query) for query in task.queries]
    with kept_vectors(cache) as engine, embedding_bar() as report:
        found = list(scored(opportunities, profiles, reader_of(engine, model_of(""), report)))
    values = np.array([np.stack([c.standing[name] for name in weights], axis=1) for _, c in found])
    scores = np.array([candidates.scores for _, candidates in found])
    if not np.allclose(values @ np.array(list(weights.values())), scores, atol=1e-3):
        raise ValueError(f"{task.variant.name} is ranked by other weights than {dict(weights)}")
    return values


def read_setting(folder: Path, variant: str, cache: Path) -> Setting:
    """Return the thematic queries of ``variant`` with their topics."""
    (task,) = read_tasks(folder, [variant])
    prior = PRIORS[variant]
    (file,) = folder.glob(f"queries-{variant}.jsonl*")
    fields = {query.id: query.field for query in read_records(file, Asked)}
    task = _thematic(task)
    right = np.array(
        [[d.id in task.judgements[q.id] for d in task.documents] for q in task.queries]
    )
    places = [document.destination or document.id for document in task.documents]
    same = np.array([[one == other for other in places] for one in places])
    ground = Ground(
        slugs=tuple(query.id for query in task.queries),
        departments=tuple(fields[query.id] for query in task.queries),
        names=tuple(prior),
        features=features_of(task, prior, cache),
        right=right,
        related=(right.astype(int) @ same.astype(int) > 0) & ~right,
    )
    return Setting(task, ground, prior)


def _thematic(task: Task) -> Task:
    return replace(task, queries=tuple(q for q in task.queries if q.stratum == THEMATIC))
