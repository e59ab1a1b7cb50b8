"""What a profile would bring if it were saved as it stands: what a preview shows."""

from dataclasses import dataclass

from store.estimates import Estimate
from store.matches import Reason

COLUMNS = 24
"""Of the picture of scores."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One opportunity that would be matched."""

    reference: str
    topic_id: str
    title: str
    band: str
    percentile: float
    """Share (0..1) of the open opportunities that score lower; 0 where a rule chose it."""
    reason: Reason | None
    """What carried it most."""
    against: tuple[str, ...]
    """What speaks against it, one line each."""


@dataclass(frozen=True, slots=True)
class Column:
    """The open opportunities of one stretch of scores."""

    lower: float
    """In deviations above what is usual, where 0 is."""
    upper: float
    matched: int
    others: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a profile would bring."""

    best: tuple[Expected, ...]
    """Every match, best first."""
    scores: tuple[Column, ...]
    estimate: Estimate
    compared: int
    """Open opportunities that the matcher has read, and that this was compared with."""
    unread: int
    """Those that it has not read yet."""
    is_full: bool
    """Whether more fitted than one profile is given."""
