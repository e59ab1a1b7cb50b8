"""What learning from feedback does to the ranking, beside the production order without it.

Half of the benchmark's profiles judge the top of their lists; the other half judges nothing. The
figures of docs/explanation/calibration.md come from here.
Usage: python benchmarks/feedback.py [BENCHMARK FOLDER] [--cache FILE] [--svg FOLDER]
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.metrics import brier_score_loss

from benchmarks.feedback_plots import Curve, Forecast, Key, write_curves, write_reliability
from benchmarks.feedback_setting import PRIORS, Setting, read_setting
from benchmarks.simulated_readers import (
    ORACLE,
    PERSON,
    Bools,
    Ground,
    Numbers,
    Reading,
    Taste,
    read,
)
from config.errors import ConfigurationError
from matcher.calibration import Calibration, is_enough, reordering, sample_of
from matcher.evaluation.measures import Draws, Estimate, estimate, measured, resampled_means
from store.db import StoreError

SHARED = Path(os.environ.get("CALLWATCH_SHARED", Path(__file__).parents[2] / "shared"))
BUDGETS = (0, 5, 20, 50)
"""Judgements of one department."""
SEEDS = range(3)
SHOWN = 10
"""Matches of a profile whose probabilities are checked."""
REMOVED = -1e9
"""Score of what was judged: it is looked for no more."""

GUARDED, ALWAYS = "with the safeguard", "without it"
COLD, JUDGES = "others", "judges, unseen topics"
"""Profiles that judged nothing; and those that did, without what they judged."""


def blind(setting: Setting, ignored: Collection[str]) -> Setting:
    """Return ``setting`` as if production gave no weight to what is ``ignored``."""
    prior = {name: 0.0 if name in ignored else w for name, w in setting.prior.items()}
    return replace(setting, prior=prior)


def readings(setting: Setting, budget: int, taste: Taste) -> Iterator[tuple[Bools, Reading]]:
    """Yield who judged and what, for each half of the profiles and each seed."""
    ground = setting.ground
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        half = rng.permutation(len(ground.slugs)) % 2 == 0
        rolls = ground.chances(taste) - rng.random(ground.right.shape)
        for readers in (half, ~half):
            yield readers, read(ground, readers, setting.scores, budget, rolls)


def unguarded(reading: Reading, guarded: Calibration, prior: Mapping[str, float]) -> Calibration:
    """Return what is learned if a new order need not be proven better."""
    if not is_enough(reading.judgements):
        return guarded
    sample = sample_of(reading.judgements, guarded.names, np.array(list(prior.values())))
    return replace(guarded, shown=reordering(sample), is_reordered=True)


def ndcg(setting: Setting, scores: Numbers, removed: Bools) -> Numbers:
    """Return nDCG@10 of each query without the ``removed`` topics; nan where none is left."""
    ids = [document.id for document in setting.task.documents]
    left = setting.ground.right & ~removed
    kept = np.flatnonzero(left.any(axis=1))
    queries = tuple(setting.task.queries[row] for row in kept)
    grades = {
        q.id: {ids[at]: 1 for at in np.flatnonzero(left[row])}
        for q, row in zip(queries, kept, strict=True)
    }
    task = replace(setting.task, queries=queries, judgements=grades)
    values = np.full(len(left), np.nan)
    values[kept] = measured(task, np.where(removed, REMOVED, scores)[kept])[:, 0]
    return values


def gains(setting: Setting, budget: int) -> tuple[dict[Key, Numbers], int]:
    """Return what each query gains, by system and group; and how often a new order was proven."""
    found: dict[Key, list[Numbers]] = defaultdict(list)
    nothing, proven = np.zeros_like(setting.ground.right), 0
    before_all = ndcg(setting, setting.scores, nothing)
    for readers, reading in readings(setting, budget, PERSON):
        before = ndcg(setting, setting.scores, reading.seen)
        guarded = Calibration.of(reading.judgements, setting.prior)
        proven += guarded.is_reordered
        for system, learned in (
            (GUARDED, guarded),
            (ALWAYS, unguarded(reading, guarded, setting.prior)),
        ):
            scores = setting.scores_by(learned)
            cold = ndcg(setting, scores, nothing) - before_all
            own = ndcg(setting, scores, reading.seen) - before
            found[system, COLD].append(np.where(readers, np.nan, cold))
            found[system, JUDGES].append(np.where(readers, own, np.nan))
    return {key: _means(values) for key, values in found.items()}, proven


def _means(values: Sequence[Numbers]) -> Numbers:
    """Return the mean of each query where it has one, else nan."""
    rows = np.ma.masked_invalid(np.array(values))
    return np.asarray(rows.mean(axis=0).filled(np.nan), np.float64)


def estimates(setting: Setting, by_key: Mapping[Key, Numbers]) -> dict[Key, Estimate]:
    """Return the mean gains, with intervals clustered by topic."""
    clusters = np.array([min(setting.task.judgements[query.id]) for query in setting.task.queries])
    found = {}
    for key, values in by_key.items():
        known = ~np.isnan(values)
        drawn = resampled_means(values[known, None], clusters[known].tolist(), Draws())
        found[key] = estimate(values[known].mean(), drawn)
    return found


def curve(setting: Setting) -> Iterator[Curve]:
    """Yield what each number of judgements is worth."""
    for budget in BUDGETS:
        by_key, proven = gains(setting, budget)
        yield Curve(budget, proven, 2 * len(SEEDS), estimates(setting, by_key))


def forecast(setting: Setting, budget: int, taste: Taste) -> Forecast | None:
    """Return how well probabilities foretell what those say who were not learned from."""
    told, said, rates = [], [], []
    top = np.argsort(-setting.scores, axis=1, kind="stable")[:, :SHOWN]
    others = read_all(setting, taste)
    for (readers, reading), answers in zip(readings(setting, budget, taste), others, strict=True):
        learned = Calibration.of(reading.judgements, setting.prior)
        if learned.shown is None:
            return None
        for row in np.flatnonzero(~readers).tolist():
            for topic in top[row].tolist():
                told.append(probability(setting.ground, learned, row, topic))
                said.append(bool(answers[row, topic]))
                rates.append(np.mean([one.fits for one in reading.judgements]))
    base = brier_score_loss(said, rates)
    return Forecast(np.array(told), np.array(said), brier_score_loss(said, told), base)


def probability(ground: Ground, learned: Calibration, row: int, topic: int) -> float:
    """Return the probability of a topic for a profile."""
    features = dict(zip(ground.names, ground.features[row, topic].tolist(), strict=True))
    found = learned.probability(ground.slugs[row], ground.departments[row], features)
    if found is None:
        raise ValueError("too little was judged for a probability")
    return found


def read_all(setting: Setting, taste: Taste) -> Iterator[Bools]:
    """Yield what everybody would say of everything, in the order of ``readings``."""
    chances = setting.ground.chances(taste)
    for seed in SEEDS:
        answers = chances > np.random.default_rng(1_000 + seed).random(chances.shape)
        yield from (answers, answers)


def curves_table(found: Sequence[Curve]) -> Table:
    """Return the gains, a row for each number of judgements."""
    keys = [(system, group) for system in (GUARDED, ALWAYS) for group in (COLD, JUDGES)]
    table = Table("judgements", "proven", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for system, group in keys:
        table.add_column(f"{system}:\n{group}")
    for one in found:
        table.add_row(
            str(one.budget),
            f"{one.proven}/{one.runs}",
            *(_interval(one.gains[key]) for key in keys),
        )
    return table


def _interval(found: Estimate) -> str:
    return f"{found.value:+.4f} ({found.low:+.4f} {found.high:+.4f})"


def report(settings: Iterable[Setting], pictures: Path | None) -> None:
    """Simulate, print, and draw where a folder for ``pictures`` is named."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    curves, forecasts = {}, {}
    for setting in settings:
        variant = setting.task.variant.name
        usual = ndcg(setting, setting.scores, np.zeros_like(setting.ground.right)).mean()
        console.print(f"\n{variant}: nDCG@10 {usual:.3f} without feedback; what it gains")
        curves[variant] = list(curve(setting))
        console.print(curves_table(curves[variant]))
        for name, taste in (("simulated", PERSON), ("benchmark", ORACLE)):
            for budget in BUDGETS[1:]:
                found = forecast(setting, budget, taste)
                console.print(f"{name} readers, {budget} judgements: {_brier(found)}")
                if found is not None:
                    forecasts[variant, name] = found
    if pictures is not None:
        write_curves(pictures / "feedback.svg", curves, (GUARDED, ALWAYS), COLD)
        write_reliability(pictures / "reliability.svg", forecasts)


def _brier(found: Forecast | None) -> str:
    if found is None:
        return "too few for a probability"
    return f"Brier score {found.brier:.4f}, of the base rate {found.base:.4f}"


def main() -> None:
    """Read the options and report; what is missing is one line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = SHARED / "benchmark"
    parser.add_argument("folder", nargs="?", type=Path, default=usual, help=f"default: {usual}")
    parser.add_argument("--variants", nargs="+", choices=PRIORS, default=list(PRIORS))
    parser.add_argument("--cache", type=Path, default=Path("var/evaluation.db"), metavar="FILE")
    parser.add_argument(
        "--without", nargs="+", default=[], metavar="FEATURE", help="as if production ignored it"
    )
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="draw two pictures there")
    options = parser.parse_args()
    try:
        settings = (read_setting(options.folder, name, options.cache) for name in options.variants)
        report((blind(setting, options.without) for setting in settings), options.svg)
    except (ConfigurationError, StoreError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
