"""A run of the matcher: every profile against everything current, kept with its reasons."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.bottom_up import OpenKinds, open_kinds
from matcher.bottom_up import parted, recommended
from matcher.calibration import Calibration
from matcher.corpus import corpus_of, wants_of
from matcher.docket import Docket
from matcher.eligibility import Judge, judge_of
from matcher.embedder import Embedder, TextModel, Vectors
from matcher.feedback import judgements
from matcher.measures import measured
from matcher.results import (
    BestMatch,
    MatchRun,
    ProfileResult,
    as_pair,
    ruled_match,
    scored_match,
)
from matcher.stages import Context, matched, weights_of
from matcher.vectors import Progress, embedded, silent
from matcher.years import current_places
from store.db import session_scope
from store.feedback import everything_said
from store.matches import keep_matches
from store.models import Opportunity, Profile
from store.opportunities import recent_opportunities
from store.profiles import profile_by_slug, profiles_in_use

Best: TypeAlias = tuple[Profile, tuple[BestMatch, ...]]

TOGETHER = 50
"""Profiles whose matches are kept in one transaction: to commit takes longer than to match."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with."""

    model: TextModel
    judge: Judge
    """Says who may apply."""
    open_kinds: OpenKinds
    """Those of opportunities without a theme."""


def match_profiles(
    engine: Engine,
    means: Means,
    now: datetime,
    slugs: Collection[str] | None = None,
    progress: Progress = silent,
) -> MatchRun:
    """Match the profiles with ``slugs``, or all, and keep the result, some at a time.

    Raises:
        UnknownProfileError: If a slug is unknown.
        ConfigurationError: If the model cannot be loaded.
    """
    profiles, opportunities = _read(engine, now, slugs)
    current = current_places(opportunities, now)
    if not profiles:
        return MatchRun((), int(current.sum()), 0, "there are no profiles to match")
    if not current.any():
        kept = _kept(engine, ((profile, ()) for profile in profiles), now)
        return MatchRun(kept, 0, 0, "no opportunity is open or forthcoming")
    offer = parted(opportunities, means.open_kinds, now)
    vectors = _Vectors(engine, progress)
    corpus = corpus_of(offer.themed, partial(vectors.of, means.model.documents), means.model.centre)
    wants = tuple(wants_of(profiles, partial(vectors.of, means.model.queries)))
    themed = current_places(offer.themed, now)
    taught = _taught(engine, weights_of(corpus))
    docket = Docket(opportunities, means.judge, now)

    def found_for(profile: Profile, context: Context) -> Best:
        found = [_with_probability(match, taught, profile) for match in best_matches(context)]
        found += map(ruled_match, recommended(profile, offer.open_calls, now))
        return profile, tuple(docket.judged(match, profile) for match in found)

    contexts = (
        Context(
            profile,
            wanted,
            corpus,
            given,
            themed,
            is_hidden=partial(docket.is_hidden, roles=tuple(profile.roles)),
            weights=_weights(taught, profile),
        )
        for profile, wanted, given in zip(profiles, wants, measured(corpus, wants), strict=True)
    )
    results = _kept(engine, map(found_for, profiles, contexts), now)
    return MatchRun(results, int(current.sum()), vectors.made)


def _taught(engine: Engine, weights: Mapping[str, float]) -> Calibration:
    with session_scope(engine) as session:
        return Calibration.of(judgements(everything_said(session)), weights)


def _weights(taught: Calibration, profile: Profile) -> Mapping[str, float]:
    learned = taught.weights(profile.department)
    return dict(zip(taught.names, map(float, learned), strict=True))


def _with_probability(match: BestMatch, taught: Calibration, profile: Profile) -> BestMatch:
    likely = taught.probability(profile.slug, profile.department, match.features)
    return replace(match, probability=likely)


def best_matches(context: Context) -> tuple[BestMatch, ...]:
    """Return the matches of one profile with their reasons, best first."""
    return tuple(scored_match(candidate, context) for candidate in matched(context))


def means_of(model: TextModel, folder: Path) -> Means:
    """Return what a run works with: ``model``, and the rules in the configuration ``folder``.

    Raises:
        ConfigurationError: If a file is wrong.
    """
    return Means(model, judge_of(folder), open_kinds(folder))


class _Vectors:
    """Vectors of the store, and how many had to be made."""

    def __init__(self, engine: Engine, progress: Progress) -> None:
        self._engine = engine
        self._progress = progress
        self.made = 0

    def of(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """Return a row for each of ``texts``."""
        found = embedded(self._engine, embedder, texts, self._progress)
        self.made += found.made
        return found.vectors


def _read(
    engine: Engine, now: datetime, slugs: Collection[str] | None
) -> tuple[Sequence[Profile], Sequence[Opportunity]]:
    with session_scope(engine) as session:
        if slugs is None:
            profiles = profiles_in_use(session)
        else:
            named = [profile_by_slug(session, slug) for slug in sorted(set(slugs))]
            profiles = [profile for profile in named if profile.retired_at is None]
        return profiles, recent_opportunities(session, now)


def _kept(engine: Engine, found: Iterable[Best], now: datetime) -> tuple[ProfileResult, ...]:
    """Keep what was ``found``; a transaction takes ``TOGETHER`` profiles."""
    results: list[ProfileResult] = []
    rest = iter(found)
    while some := list(islice(rest, TOGETHER)):
        with session_scope(engine) as session:
            results += [_keep(session, profile, best, now) for profile, best in some]
    return tuple(results)


def _keep(
    session: Session, profile: Profile, best: tuple[BestMatch, ...], now: datetime
) -> ProfileResult:
    kept = keep_matches(session, profile, map(as_pair, best), now)
    return ProfileResult(
        slug=profile.slug,
        name=profile.name,
        matched=len(best),
        new=len(kept.new),
        reopened=len(kept.reopened),
        ended=len(kept.ended),
        best=best,
    )
