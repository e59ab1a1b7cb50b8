"""The pictures of docs/explanation/calibration.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve

from matcher.evaluation.measures import Estimate
from matcher.evaluation.plot import MARKS, STYLE

Key: TypeAlias = tuple[str, str]
"""How was learned, and for whom."""

BINS = 8


@dataclass(frozen=True, slots=True)
class Curve:
    """What a number of judgements of each department is worth."""

    budget: int
    proven: int
    """Runs in which a new order was proven better."""
    runs: int
    gains: Mapping[Key, Estimate]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Probabilities beside what was said."""

    told: NDArray[np.float64]
    said: NDArray[np.bool_]
    brier: float
    base: float
    """Brier score of telling everybody the base rate."""


def write_curves(
    path: Path, curves: Mapping[str, Sequence[Curve]], systems: Sequence[str], group: str
) -> None:
    """Write what profiles of ``group`` gain, a panel for each variant."""
    title = "nDCG@10 gained by learning from feedback"
    with rc_context(STYLE):
        figure = Figure(figsize=(7, 3), layout="constrained")
        FigureCanvasSVG(figure)
        panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
        for axes, (variant, found) in zip(panels, curves.items(), strict=True):
            for place, (system, (shape, colour)) in enumerate(zip(systems, MARKS, strict=False)):
                given = [one.gains[system, group] for one in found]
                axes.errorbar(
                    [at + 0.12 * place for at in range(len(found))],
                    [one.value for one in given],
                    yerr=np.array([(g.value - g.low, g.high - g.value) for g in given]).T,
                    fmt=f"{shape}-", color=colour, label=system, markersize=4,
                )  # fmt: skip
            axes.set_xticks(range(len(found)), [str(one.budget) for one in found])
            _label(axes, variant, "judgements of each department")
        panels[0].set_ylabel("nDCG@10 gained")
        panels[0].legend(frameon=False)
        figure.savefig(path, format="svg", metadata={"Title": title, "Date": None})


def write_reliability(path: Path, forecasts: Mapping[Key, Forecast]) -> None:
    """Write how often people said yes where a probability was told."""
    title = "How often readers say yes, by the probability told"
    with rc_context(STYLE):
        figure = Figure(figsize=(4.5, 4), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        axes.plot([0, 0.4], [0, 0.4], color="#999999", linewidth=1)
        for ((variant, name), found), (shape, colour) in zip(
            forecasts.items(), MARKS, strict=False
        ):
            yes, told = calibration_curve(found.said, found.told, n_bins=BINS, strategy="quantile")
            label = f"{variant}, {name} readers"
            axes.plot(told, yes, f"{shape}-", color=colour, label=label, markersize=4)
        axes.set_xlim(0, 0.4)
        axes.set_ylim(0, 0.4)
        axes.set_ylabel("share that said yes")
        _label(axes, "", "probability told")
        axes.legend(frameon=False)
        figure.savefig(path, format="svg", metadata={"Title": title, "Date": None})


def _label(axes: Axes, title: str, below: str) -> None:
    axes.axhline(0, color="#999999", linewidth=1)
    axes.set_title(title)
    axes.set_xlabel(below)
    axes.spines[["top", "right"]].set_visible(False)
