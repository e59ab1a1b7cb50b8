"""What stands around every page, whoever made it: who is signed in, and the choice of a language.

It belongs to the request that is answered, and is set once (``web.visits``): so no page can forget
to pass it on, and no page has to.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


class Visitor(Protocol):
    """Somebody who is signed in."""

    @property
    def address(self) -> str:
        """Return their mail address."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a page is surrounded by."""

    person: Visitor | None = None
    """Who is signed in at the browser that asks."""
    language: str = ""
    """What the reader chose; empty where they left it to us."""
    back: str = ""
    """Where the page can be looked at again; empty where it answers a form."""


AROUND: ContextVar[Around] = ContextVar("AROUND", default=Around())  # noqa: B039 - it is frozen
