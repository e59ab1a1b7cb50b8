"""A mail as it would be, shown to whom it concerns before it goes out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preview:
    """What a person would read."""

    subject: str
    text: str
    html: str
    """A whole document."""
