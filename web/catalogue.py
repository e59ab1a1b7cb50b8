"""What is searched, held in memory: read once after each crawl, and placed in time each minute."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.garbage import leave_in_peace
from config.memory import Memory
from store.db import session_scope
from store.eligibility import Eligibility
from store.facts import Facts
from store.models import Opportunity
from store.opportunities import next_cutoff
from store.search import Stamp, listed_opportunities, stamp, whole_opportunities
from web.facets import FACETS, Facet, Item
from web.library import Library, Shelf

log = logging.getLogger(__name__)

Mask = NDArray[np.bool_]

MOST_TOLD = 10_000
"""Results kept in words; they are told anew each minute."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that was collected, as it stood at a stamp."""

    stamp: Stamp
    opportunities: tuple[Opportunity, ...]
    """Without their texts, and of no session."""
    verdicts: tuple[Eligibility | None, ...]
    shelf: Shelf
    only_titles: bool = False
    """Whether the texts are still being read: nothing is judged, and titles alone are searched."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """Which opportunities have which value of a facet."""

    places: Mapping[str, int]
    """Row of each value that any of them has."""
    holds: Mask
    """(values, opportunities)."""

    def having(self, values: Sequence[str]) -> Mask:
        """Return which opportunities have one of ``values``."""
        rows = [self.places[value] for value in values if value in self.places]
        return np.asarray(self.holds[rows].any(axis=0))

    def counts(self, among: Mask) -> dict[str, int]:
        """Return of how many opportunities ``among`` all each value is."""
        numbers = self.holds @ among.astype(np.float32)
        return {value: int(numbers[row]) for value, row in self.places.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """A catalogue at a moment: what is open then, and what closes soon."""

    catalogue: Catalogue
    at: datetime
    drawers: Mapping[str, Drawer]
    deadlines: NDArray[np.float64]
    """Seconds since 1970 of the next deadline of each; infinite where there is none."""
    found: NDArray[np.float64]
    """Seconds since 1970 at which each was first seen."""
    told: Memory[Facts] = field(default_factory=lambda: Memory(MOST_TOLD))
    """What is said of each that was found, by its place and the language."""


PATIENCE_SECONDS = 1.0
"""How long the first readers wait for texts to be read, before they search titles alone."""


def outline_of(engine: Engine, library: Library) -> Catalogue:
    """Read titles and dates alone; takes about a second for some thousand opportunities."""
    with session_scope(engine) as session:
        listed = listed_opportunities(session)
        session.expunge_all()
    shelf = library.titles(listed)
    return Catalogue((), tuple(listed), (None,) * len(listed), shelf, only_titles=True)


def catalogue_of(engine: Engine, library: Library, now: datetime) -> Catalogue:
    """Read everything; takes some milliseconds for each opportunity that is new."""
    with session_scope(engine) as session:
        mark = stamp(session)
        listed = listed_opportunities(session)
        session.expunge_all()
    with session_scope(engine) as session:
        whole = whole_opportunities(session, [one.id for one in listed])
        verdicts = tuple(library.judge(one, now) for one in whole)
        shelf = library.shelf(session, whole)
    return Catalogue(mark, tuple(listed), verdicts, shelf)


def standing_of(catalogue: Catalogue, now: datetime, before: Standing | None = None) -> Standing:
    """Place a catalogue in time; what time does not change is taken from ``before`` that."""
    known = before.drawers if before is not None and before.catalogue is catalogue else {}
    items = [
        Item(opportunity, verdict, now)
        for opportunity, verdict in zip(catalogue.opportunities, catalogue.verdicts, strict=True)
    ]
    nexts = [next_cutoff(one, now) for one in catalogue.opportunities]
    return Standing(
        catalogue,
        now,
        {
            name: _drawer(facet, items) if facet.passes or name not in known else known[name]
            for name, facet in FACETS.items()
        },
        np.array([one.deadline.timestamp() if one else np.inf for one in nexts]),
        np.array([one.first_seen_at.timestamp() for one in catalogue.opportunities]),
    )


def _drawer(facet: Facet, items: Sequence[Item]) -> Drawer:
    pairs = [(value, place) for place, item in enumerate(items) for value in facet.values(item)]
    places = {value: row for row, value in enumerate(dict.fromkeys(v for v, _ in pairs))}
    holds = np.zeros((len(places), len(items)), np.bool_)
    for value, place in pairs:
        holds[places[value], place] = True
    return Drawer(places, holds)


LATE = timedelta(minutes=2)
"""How long after its minute a catalogue still serves those who come while another moves it on."""

MAKER = "catalogue"
"""Name of the thread that makes one."""


class Shelving:
    """Keeps the catalogue: nobody waits until one is made.

    Readers of an older one go on with it; where there is none yet, they search titles.
    """

    def __init__(self, engine: Engine, library: Library) -> None:
        self._engine = engine
        self._library = library
        self._making = threading.Lock()
        self._outlining = threading.Lock()
        self._placing = threading.Lock()
        self._made = threading.Event()
        self._kept: Catalogue | None = None
        self._outline: Catalogue | None = None
        self._standing: Standing | None = None

    def at(self, session: Session, now: datetime) -> Standing:
        """Return what there is at ``now``."""
        minute = now.replace(second=0, microsecond=0)
        return self._placed(self._catalogue(stamp(session), minute), minute)

    def make_ahead(self, now: datetime) -> None:
        """Make the catalogue in a thread of its own, before anybody asks."""
        if self._making.acquire(blocking=False):
            make = partial(self._make_anew, now)
            threading.Thread(target=make, name=MAKER, daemon=True).start()

    def _placed(self, catalogue: Catalogue, minute: datetime) -> Standing:
        """Return a catalogue at ``minute``; while one moves it on, others go on with it as it was.

        Placing takes long enough that many who do it at once would all wait for each other.
        """
        kept = self._standing
        serves = kept is not None and kept.catalogue is catalogue and minute - kept.at <= LATE
        if kept is not None and serves and self._placing.locked():
            return kept
        with self._placing:
            kept = self._standing
            if kept is None or kept.catalogue is not catalogue or kept.at != minute:
                kept = self._standing = standing_of(catalogue, minute, kept)
            return kept

    def _catalogue(self, mark: Stamp, now: datetime) -> Catalogue:
        if self._kept is None or self._kept.stamp != mark:
            self.make_ahead(now)
        if self._kept is None and not self._made.wait(self._patience()):
            return self._outlined()
        return self._kept or self._outlined()

    def _patience(self) -> float:
        return 0 if self._outline else PATIENCE_SECONDS

    def _outlined(self) -> Catalogue:
        with self._outlining:
            self._outline = self._outline or outline_of(self._engine, self._library)
            return self._outline

    def _make_anew(self, now: datetime) -> None:
        try:
            self._kept = catalogue_of(self._engine, self._library, now)
            self._made.set()
            self._outline = None
            leave_in_peace()
        except Exception as error:  # noqa: BLE001 - the older one serves on, and the next asks anew
            log.error("search not renewed", extra={"error": type(error).__name__})  # noqa: TRY400 - a traceback holds texts
        finally:
            self._making.release()
