"""What the pages of profiles need of the matcher: what a draft would bring."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from config.garbage import leave_in_peace
from config.settings import Settings
from jobs.library import Library
from matcher.embedder import stay_on_one_core
from matcher.results import BestMatch
from matcher.run import Means, means_of
from matcher.trial import Bench, Reader, Trial, bench_of, tried
from store.db import session_scope
from store.estimates import estimate_of
from store.forecasts import COLUMNS, Column, Expected, Forecast
from store.models import Basis, Profile
from store.search import Stamp, stamp

KEPT = timedelta(hours=1)
"""How long a bench serves at most: deadlines pass, and people say what fits."""


MAKER = "forecaster"
"""Name of the thread that reads ahead."""

ANY = "a text"
"""Read ahead, whatever it says: the first text loads the model."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A bench, and what the store held when it was made."""

    mark: Stamp
    at: datetime
    bench: Bench


@dataclass(slots=True)
class Forecaster:
    """Tries drafts of profiles; what they are tried against is read anew when it changed."""

    engine: Engine
    means: Means
    reader: Reader
    after: threading.Event
    """What is waited for before anything is read ahead: the search comes first."""
    _kept: _Kept | None = None
    _making: threading.Lock = field(default_factory=threading.Lock)

    def forecast(self, session: Session, draft: Profile, now: datetime) -> Forecast | None:
        """Return what ``draft`` would bring; None where the model cannot be loaded.

        Nothing is written.
        """
        try:
            bench = self._bench(session, now)
        except ConfigurationError as error:
            log.warning("no forecast", extra={"error": type(error).__name__})
            return None
        trial = tried(draft, bench, now)
        return Forecast(
            best=tuple(map(_expected, trial.best)),
            scores=columns_of(trial.scores, _scores_of(trial)),
            estimate=estimate_of(session, len(trial.best), trial.told, now),
            compared=trial.compared,
            unread=bench.unread,
            is_full=trial.is_full,
        )

    def make_ahead(self, now: datetime) -> None:
        """Read what drafts are tried against in a thread of its own, before anybody asks."""
        make = partial(self._make_ahead, now)
        threading.Thread(target=make, name=MAKER, daemon=True).start()

    def _make_ahead(self, now: datetime) -> None:
        self.after.wait()
        try:
            with session_scope(self.engine) as session:
                stay_on_one_core()
                self.reader.vectors([ANY])
                self._bench(session, now)
        except Exception as error:  # noqa: BLE001 - who asks first then waits, and is told
            log.warning("no forecast", extra={"error": type(error).__name__})

    def _bench(self, session: Session, now: datetime) -> Bench:
        mark = stamp(session)
        with self._making:  # those who come meanwhile find it made
            kept = self._kept
            if kept is None or kept.mark != mark or not kept.at <= now < kept.at + KEPT:
                with session_scope(self.engine) as reading:
                    bench = bench_of(reading, self.means, self.reader, now)
                self._kept = kept = _Kept(mark, now, bench)
                leave_in_peace()
        return kept.bench


def forecaster_of(settings: Settings, engine: Engine, library: Library) -> Forecaster | None:
    """Return what the pages of profiles need, with the model that searches; it is loaded late.

    Raises:
        ConfigurationError: If the rules cannot be read.
    """
    model = library.model
    if model is None:
        return None
    means = means_of(model, settings.configuration)
    return Forecaster(engine, means, Reader(model), library.is_read)


def columns_of(scores: NDArray[np.float64], matched: Sequence[float]) -> tuple[Column, ...]:
    """Return how many of ``scores`` lie in each of some equal stretches, and how many are matched.

    >>> [(one.matched, one.others) for one in columns_of(np.array([0.0, 1.0]), [1.0])][::23]
    [(0, 1), (1, 0)]
    """
    if not len(scores):
        return ()
    low, high = float(scores.min()), float(scores.max())
    every, edges = np.histogram(scores, COLUMNS, (low, max(high, low + 0.01)))
    kept, _ = np.histogram(np.array(matched), edges)
    return tuple(
        Column(round(float(lower), 2), round(float(upper), 2), int(some), int(number - some))
        for lower, upper, number, some in zip(edges[:-1], edges[1:], every, kept, strict=True)
    )


def _scores_of(trial: Trial) -> list[float]:
    return [match.score for match in trial.best if match.basis is Basis.THEME]


def _expected(match: BestMatch) -> Expected:
    return Expected(
        match.reference,
        match.topic_id,
        match.title,
        match.band,
        match.percentile,
        match.reasons[0] if match.reasons else None,
        tuple(one.text for one in match.against),
    )
