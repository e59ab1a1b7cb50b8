"""What the search pages need of other packages: an index, verdicts, words, and files."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from config.deadlines import BRUSSELS
from config.settings import Settings
from jobs.opportunity_rows import csv_of, xlsx_of
from matcher.eligibility import Judge, judge_of
from matcher.embedder import TextModel, model_of
from matcher.glimpses import glimpse
from matcher.seeking import Shelf, shelf_of, shelf_of_titles, shelf_of_words
from notifier.dossier import dossier_of
from notifier.facts import facts_of
from notifier.passages import excerpt
from notifier.selections import selection_calendar, selection_feed
from store.eligibility import Eligibility
from store.facts import Dossier, Facts, Piece, Selection
from store.models import Change, Opportunity

log = logging.getLogger(__name__)

GLIMPSE = 220
"""Characters of the official text that are shown of each that a search finds."""

FILES: dict[str, Callable[[Session, Selection, datetime], bytes]] = {
    "csv": lambda _, selection, now: csv_of(selection.opportunities, now),
    "xlsx": lambda _, selection, now: xlsx_of(selection.opportunities, now),
    "ics": selection_calendar,
    "atom": lambda _, selection, now: selection_feed(selection, now),
}


@dataclass(frozen=True, slots=True)
class Library:
    """Reads opportunities, and tells of them."""

    judged_by: Judge
    model: TextModel | None
    """None where opportunities are searched by their words alone."""
    _verdicts: dict[tuple[str, str], Eligibility] = field(default_factory=dict)
    """By reference and content: what did not change is not judged anew."""
    is_read: threading.Event = field(default_factory=threading.Event)
    """Set once there is a first shelf, so that other long work can wait for it."""

    def shelf(self, session: Session, opportunities: Sequence[Opportunity]) -> Shelf:
        """Return opportunities ready to be searched; by words alone where the model fails."""
        if self.model is None:
            return shelf_of_words(opportunities)
        try:
            return shelf_of(session, opportunities, self.model)
        except Exception as error:  # noqa: BLE001 - a model that cannot be loaded ends no search
            log.warning("search by words alone", extra={"error": type(error).__name__})
            return shelf_of_words(opportunities)
        finally:
            self.is_read.set()

    def titles(self, opportunities: Sequence[Opportunity]) -> Shelf:
        """Return opportunities ready to be searched by their titles alone."""
        return shelf_of_titles(opportunities)

    def judge(self, opportunity: Opportunity, now: datetime) -> Eligibility:
        """Return who may apply; a rule that begins or ends is noticed when the content changes."""
        key = (opportunity.reference, opportunity.content_hash)
        if key not in self._verdicts:
            today = now.astimezone(BRUSSELS).date()
            self._verdicts[key] = self.judged_by(opportunity, today)
        return self._verdicts[key]

    def facts(
        self,
        opportunity: Opportunity,
        eligibility: Eligibility | None,
        language: str,
        now: datetime,
    ) -> Facts:
        """Return what a list says of an opportunity."""
        return facts_of(opportunity, eligibility, language, now)

    def glimpse(self, sections: Sequence[Mapping[str, str]], query: str) -> Sequence[Piece]:
        """Return where an official text has most words of a query, marked; nothing without."""
        found = glimpse([section["text"] for section in sections], query)
        return () if found is None else excerpt(found.text, found.terms, GLIMPSE)

    def dossier(
        self, opportunity: Opportunity, changes: Sequence[Change], language: str, now: datetime
    ) -> Dossier:
        """Return everything that is said of an opportunity."""
        return dossier_of(opportunity, self.judge(opportunity, now), changes, language, now)

    def file(self, session: Session, kind: str, selection: Selection, now: datetime) -> bytes:
        """Return a selection as a file of a kind that ``FILES`` names."""
        return FILES[kind](session, selection, now)


def library_of(settings: Settings) -> Library:
    """Return what the search needs; its model is loaded when the first index is made.

    Raises:
        ConfigurationError: If the rules cannot be read, or the model is not installed.
    """
    model = model_of(settings.model, settings.engine_dir)
    return Library(judge_of(settings.configuration), model)
