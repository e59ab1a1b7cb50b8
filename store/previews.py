"""A mail as it would be, shown to whom it concerns before it goes out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """An opportunity that a mail tells of."""

    opportunity_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a person would read."""

    subject: str
    text: str
    html: str
    """A whole document."""
    told: Sequence[Named] = ()
    """What it tells of, in reading order."""
