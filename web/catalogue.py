"""What is searched, held in memory: read once after each crawl, and placed in time each minute."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.db import session_scope
from store.eligibility import Eligibility
from store.models import Opportunity
from store.opportunities import next_cutoff
from store.search import Stamp, listed_opportunities, stamp, whole_opportunities
from web.facets import FACETS, Facet, Item
from web.library import Library, Shelf

log = logging.getLogger(__name__)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that was collected, as it stood at a stamp."""

    stamp: Stamp
    opportunities: tuple[Opportunity, ...]
    """Without their texts, and of no session."""
    verdicts: tuple[Eligibility, ...]
    shelf: Shelf


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


def standing_of(catalogue: Catalogue, now: datetime) -> Standing:
    """Place a catalogue in time."""
    items = [
        Item(opportunity, verdict, now)
        for opportunity, verdict in zip(catalogue.opportunities, catalogue.verdicts, strict=True)
    ]
    nexts = [next_cutoff(one, now) for one in catalogue.opportunities]
    return Standing(
        catalogue,
        now,
        {name: _drawer(facet, items) for name, facet in FACETS.items()},
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


class Shelving:
    """Keeps the catalogue: readers of an older one do not wait until the new one is made."""

    def __init__(self, engine: Engine, library: Library) -> None:
        self._engine = engine
        self._library = library
        self._making = threading.Lock()
        self._kept: Catalogue | None = None
        self._standing: Standing | None = None

    def at(self, session: Session, now: datetime) -> Standing:
        """Return what there is at ``now``; the very first caller waits until it is made."""
        minute = now.replace(second=0, microsecond=0)
        catalogue = self._catalogue(stamp(session), minute)
        standing = self._standing
        if standing is None or standing.catalogue is not catalogue or standing.at != minute:
            standing = self._standing = standing_of(catalogue, minute)
        return standing

    def make_ahead(self, now: datetime) -> None:
        """Make the catalogue in a thread of its own, before anybody asks."""
        if self._making.acquire(blocking=False):
            threading.Thread(target=self._make_anew, args=(now,), daemon=True).start()

    def _catalogue(self, mark: Stamp, now: datetime) -> Catalogue:
        kept = self._kept
        if kept is None:
            with self._making:  # those who came meanwhile find it made
                return self._kept or self._make(now)
        if kept.stamp != mark:
            self.make_ahead(now)
        return kept

    def _make_anew(self, now: datetime) -> None:
        try:
            self._make(now)
        except Exception as error:  # noqa: BLE001 - the older one serves on, and the next asks anew
            log.error("search not renewed", extra={"error": type(error).__name__})  # noqa: TRY400 - a traceback holds texts
        finally:
            self._making.release()

    def _make(self, now: datetime) -> Catalogue:
        self._kept = made = catalogue_of(self._engine, self._library, now)
        return made
