"""What the search asks of other packages: the matcher reads texts, the notifier knows the words.

The web knows neither (docs/decisions/0019-search.md); whoever starts the app hands one in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from store.eligibility import Eligibility
from store.facts import Dossier, Facts, Piece, Selection
from store.models import Change, Opportunity

Scores = NDArray[np.float32]


class Shelf(Protocol):
    """Opportunities in an order of their own, ready to be searched."""

    def words(self, query: str) -> Scores:
        """Return how well each fits the words of a query; 0 where one of them is missing."""

    def meaning(self, query: str) -> Scores | None:
        """Return how near each is to a query, 0 where too far; None where no model is at hand."""


class Library(Protocol):
    """Reads opportunities, and tells of them."""

    def shelf(self, session: Session, opportunities: Sequence[Opportunity]) -> Shelf:
        """Return opportunities, with their texts, ready to be searched."""

    def titles(self, opportunities: Sequence[Opportunity]) -> Shelf:
        """Return opportunities, whose texts nobody read yet, searched by their titles alone."""

    def judge(self, opportunity: Opportunity, now: datetime) -> Eligibility:
        """Return who may apply."""

    def facts(
        self,
        opportunity: Opportunity,
        eligibility: Eligibility | None,
        language: str,
        now: datetime,
    ) -> Facts:
        """Return what a list says of an opportunity."""

    def glimpse(self, sections: Sequence[Mapping[str, str]], query: str) -> Sequence[Piece]:
        """Return where an official text has most words of a query, marked; nothing without."""

    def dossier(
        self, opportunity: Opportunity, changes: Sequence[Change], language: str, now: datetime
    ) -> Dossier:
        """Return everything that is said of an opportunity."""

    def file(self, session: Session, kind: str, selection: Selection, now: datetime) -> bytes:
        """Return a selection as a file of a kind: csv, xlsx, ics, atom."""
