"""The picture of a policy: bars of what was approved, rejected and left undecided. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.policies import Bin

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 640, 220, 40, 20, 30, 14
"""Of the drawing, in its own units."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of one column."""

    kind: str
    """``approved``, ``rejected`` or ``undecided``: what it is painted as."""
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing."""

    width: int
    height: int
    base: int
    """Where the columns stand."""
    left: int
    right: int
    """Where the columns begin and end."""
    bars: tuple[Bar, ...]
    line: float
    """Where the threshold stands."""
    marks: tuple[tuple[float, str], ...]
    """Numbers under the columns."""
    most: int
    """Matches of the highest column."""


def chart_of(bins: Sequence[Bin], threshold: float) -> Chart:
    """Return the drawing of some bins, with a line at ``threshold``."""
    most = max((one.total for one in bins), default=0)
    base = HEIGHT - BOTTOM
    bars = [bar for place, one in enumerate(bins) for bar in _column(one, place, len(bins), most)]
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        base=base,
        left=LEFT,
        right=WIDTH - RIGHT,
        bars=tuple(bars),
        line=_x(threshold),
        marks=tuple((_x(percent / 100), str(percent)) for percent in range(0, 101, 20)),
        most=most,
    )


def _column(one: Bin, place: int, columns: int, most: int) -> list[Bar]:
    """Return the bars of a column, one on top of the other."""
    width = (WIDTH - LEFT - RIGHT) / columns
    bars, y = [], float(HEIGHT - BOTTOM)
    parts = {"approved": one.approved, "rejected": one.rejected, "undecided": one.undecided}
    for kind, number in parts.items():
        height = (HEIGHT - BOTTOM - TOP) * number / most if most else 0.0
        y -= height
        if number:
            x = LEFT + place * width + 1
            bars.append(Bar(kind, *(round(v, 2) for v in (x, y, width - 2, height))))
    return bars


def _x(share: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * share, 2)
