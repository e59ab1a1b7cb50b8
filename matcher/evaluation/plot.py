"""The comparison as a picture: a dot with its interval for each ranking on each variant."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from matcher.evaluation.comparison import Comparison
from matcher.evaluation.measures import Estimate

MEASURE = "nDCG@10"
TITLE = f"{MEASURE} of each ranking, with 95 % intervals"

MARKS = (
    ("o", "#000000"),
    ("s", "#0072B2"),
    ("^", "#D55E00"),
    ("D", "#009E73"),
    ("v", "#CC79A7"),
    ("|", "#888888"),
)
"""Shape and colour of each ranking; the colour-blind tell those of Okabe and Ito apart."""

STYLE: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "callwatch", "font.size": 9}
"""Text stays text, and the same figures make the same file; the keys' own type lists them all."""


def write_plot(path: Path, comparisons: Sequence[Comparison]) -> None:
    """Write ``comparisons`` as an SVG picture that also says in words what it shows."""
    drawn = StringIO()
    with rc_context(STYLE):
        figure = Figure(figsize=(7, 0.8 + 0.9 * len(comparisons)), layout="constrained")
        FigureCanvasSVG(figure)
        _draw(figure.subplots(), comparisons)
        figure.savefig(drawn, format="svg", metadata={"Title": TITLE, "Date": None})
    words = f"</title>\n <desc>{escape(described(comparisons))}</desc>"
    path.write_text(drawn.getvalue().replace("</title>", words, 1), encoding="utf-8")


def described(comparisons: Sequence[Comparison]) -> str:
    """Return what the picture shows, for those who do not see it."""
    lines = []
    for found in comparisons:
        values = (f"{name} {_said(found.of(name, MEASURE))}" for name in found.rankings)
        lines.append(f"{found.variant}: {', '.join(values)}.")
    return " ".join(lines)


def _said(value: Estimate) -> str:
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"


def _draw(axes: Axes, comparisons: Sequence[Comparison]) -> None:
    names = comparisons[0].rankings
    for row, (name, (shape, colour)) in enumerate(zip(names, MARKS, strict=True)):
        found = [comparison.of(name, MEASURE) for comparison in comparisons]
        values = [value.value for value in found]
        below = [value.value - value.low for value in found]
        above = [value.high - value.value for value in found]
        heights = [at + (row - len(names) // 2) * 0.13 for at in range(len(found))]
        axes.errorbar(
            values, heights, xerr=(below, above), fmt=shape, color=colour, label=name, markersize=5
        )
    axes.set_yticks(range(len(comparisons)), [_label(found) for found in comparisons])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel(MEASURE)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(names), frameon=False)


def _label(found: Comparison) -> str:
    return f"{found.variant}\n{found.queries} queries"
