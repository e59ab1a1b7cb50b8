"""What a profile would be matched to if it were saved: the stages of a run, and nothing is kept."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matcher.bottom_up import Parted, parted, recommended
from matcher.calibration import Calibration
from matcher.corpus import Corpus, corpus_of, offered_texts, wants_of
from matcher.docket import Docket
from matcher.embedder import TextModel, Vectors
from matcher.feedback import judgements
from matcher.measures import measured
from matcher.results import BestMatch, ruled_match
from matcher.run import Means, best_matches
from matcher.stages import SCORING, Context, drop_closed, drop_dissimilar, left_by, weights_of
from matcher.years import current_places
from store.embeddings import hash_of_text, kept_vectors
from store.feedback import everything_said
from store.models import Opportunity, Profile
from store.opportunities import recent_opportunities

REMEMBERED = 500
"""Vectors of texts that are remembered: who types changes one passage at a time."""


class Reader:
    """Reads texts of profiles, and remembers the last ones; nothing is kept in the store."""

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self._known: dict[str, Vectors] = {}
        self._lock = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each of ``texts``."""
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if text not in self._known]
            rows = self._model.queries.encode(missing) if missing else ()
            self._known |= dict(zip(missing, rows, strict=True))
            found = [self._known[text] for text in texts]
            for text in list(self._known)[:-REMEMBERED]:
                del self._known[text]
        return np.stack(found) if found else np.zeros((0, 0), np.float32)


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything that profiles are tried against, read once."""

    corpus: Corpus
    offer: Parted
    docket: Docket
    taught: Calibration
    reader: Reader
    unread: int
    """Opportunities on offer that no run of the matcher has read yet: they are not compared."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run would make of a profile."""

    best: tuple[BestMatch, ...]
    """What it would keep, best first."""
    scores: NDArray[np.float64]
    """(n,) of everything on offer that the profile may want."""
    told: tuple[Opportunity, ...]
    """Whatever of a year is near enough, closed or not: how much there is to tell of."""
    is_full: bool
    """Whether more is near enough than one profile is given."""
    compared: int


def bench_of(session: Session, means: Means, reader: Reader, now: datetime) -> Bench:
    """Return what to try profiles against; takes some milliseconds for each opportunity."""
    every = recent_opportunities(session, now)
    offer = parted(every, means.open_kinds, now)
    kept = _kept_rows(session, means.model, offer.themed)
    read = [one for one in offer.themed if all(text in kept for text in offered_texts([one]))]
    embed = partial(_rows_of, kept, means.model.documents.dimension)
    corpus = corpus_of(read, embed, means.model.centre)
    known = {one.id for one in read}
    ahead = current_places(offer.themed, now)
    missing = [o for o, is_ahead in zip(offer.themed, ahead, strict=True) if is_ahead]
    return Bench(
        corpus=corpus,
        offer=offer,
        docket=Docket(every, means.judge, now),
        taught=Calibration.of(judgements(everything_said(session)), weights_of(corpus)),
        reader=reader,
        unread=sum(one.id not in known for one in missing),
    )


def tried(profile: Profile, bench: Bench, now: datetime) -> Trial:
    """Return what a run would make of ``profile``, which need not be in the store."""
    context = _context(profile, bench, now)
    found = [*best_matches(context)] if context else []
    rules = [*map(ruled_match, recommended(profile, bench.offer.open_calls, now))]
    best = tuple(bench.docket.judged(match, profile) for match in (*found, *rules))
    by_rule = {match.opportunity_id for match in rules}
    open_calls = [call.opportunity for call in bench.offer.open_calls]
    ruled = tuple(one for one in open_calls if one.id in by_rule)
    compared = len(current_places(bench.corpus.opportunities, now).nonzero()[0])
    if context is None:
        return Trial(best, np.zeros(0), ruled, is_full=False, compared=compared)
    near = left_by((*SCORING, drop_dissimilar), context)
    on_offer = left_by((*SCORING, drop_closed, drop_dissimilar), context)
    told = tuple(bench.corpus.opportunities[place] for place in near.places)
    return Trial(
        best=best,
        scores=left_by((*SCORING, drop_closed), context).scores,
        told=(*told, *ruled),
        is_full=len(on_offer.places) > len(found),
        compared=compared,
    )


def _context(profile: Profile, bench: Bench, now: datetime) -> Context | None:
    """Return what the stages know of ``profile``; None where there is nothing to compare."""
    if not bench.corpus.opportunities:
        return None
    wants = [*wants_of([profile], bench.reader.vectors)]
    if not wants[0].facets:
        return None
    (given,) = measured(bench.corpus, wants)
    learned = bench.taught.weights(profile.department)
    return Context(
        profile,
        wants[0],
        bench.corpus,
        given,
        current_places(bench.corpus.opportunities, now),
        is_hidden=partial(bench.docket.is_hidden, roles=tuple(profile.roles)),
        weights=dict(zip(bench.taught.names, map(float, learned), strict=True)),
    )


def _kept_rows(
    session: Session, model: TextModel, opportunities: Sequence[Opportunity]
) -> dict[str, Vectors]:
    """Return the vectors that runs of the matcher kept, by their texts."""
    hashes = {text: hash_of_text(text) for text in offered_texts(opportunities)}
    kept = kept_vectors(session, model.documents.model_id, set(hashes.values()))
    return {
        text: np.frombuffer(kept[key], "<f4").astype(np.float32)
        for text, key in hashes.items()
        if key in kept
    }


def _rows_of(kept: dict[str, Vectors], dimension: int, texts: Sequence[str]) -> Vectors:
    if not texts:
        return np.zeros((0, dimension), np.float32)
    return np.stack([kept[text] for text in texts])
