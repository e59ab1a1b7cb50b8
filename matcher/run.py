"""A run of the matcher: every profile against everything current, kept with its reasons."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from config.bottom_up import OpenKinds, open_kinds
from config.deadlines import BRUSSELS
from matcher.against import against
from matcher.bottom_up import parted, recommended
from matcher.calibration import Calibration
from matcher.corpus import Corpus, Wanted, corpus_of, cut, wanted_of, wholes
from matcher.eligibility import Judge, judge_of
from matcher.embedder import TextModel, Vectors, model_of
from matcher.feedback import judgements
from matcher.results import (
    BestMatch,
    MatchRun,
    ProfileResult,
    as_pair,
    ruled_match,
    scored_match,
)
from matcher.stages import WEIGHTS, Context, matched
from matcher.text import facets
from matcher.vectors import Progress, embedded, silent
from store.db import session_scope
from store.eligibility import Eligibility, is_hidden
from store.feedback import everything_said
from store.matches import keep_matches
from store.models import Opportunity, Profile
from store.opportunities import current_opportunities
from store.profiles import all_profiles, profile_by_slug


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
    """Match the profiles with ``slugs``, or all, and keep the result; one transaction for each.

    Raises:
        UnknownProfileError: If a slug is unknown.
        ConfigurationError: If the model cannot be loaded.
    """
    profiles, opportunities = _read(engine, now, slugs)
    if not profiles:
        return MatchRun((), len(opportunities), 0, "there are no profiles to match")
    if not opportunities:
        kept = tuple(_keep(engine, profile, (), now) for profile in profiles)
        return MatchRun(kept, 0, 0, "no opportunity is open or forthcoming")
    offer = parted(opportunities, means.open_kinds, now)
    texts = _Texts(offer.themed, profiles)
    offered = embedded(engine, means.model.documents, texts.offered, progress)
    sought = embedded(engine, means.model.queries, texts.sought, progress)
    corpus = texts.corpus(offered.vectors)
    taught = _taught(engine)
    docket = _Docket(opportunities, means.judge, now)
    results = []
    for profile, wanted in zip(profiles, texts.wanted(sought.vectors), strict=True):
        context = Context(
            profile,
            wanted,
            corpus,
            now,
            is_hidden=partial(docket.is_hidden, roles=tuple(profile.roles)),
            weights=_weights(taught, profile),
        )
        found = [_with_probability(match, taught, profile) for match in best_matches(context)]
        found += map(ruled_match, recommended(profile, offer.open_calls, now))
        best = tuple(docket.judged(match, profile) for match in found)
        results.append(_keep(engine, profile, best, now))
    return MatchRun(tuple(results), len(opportunities), offered.made + sought.made)


def _taught(engine: Engine) -> Calibration:
    with session_scope(engine) as session:
        return Calibration.of(judgements(everything_said(session)), WEIGHTS)


def _weights(taught: Calibration, profile: Profile) -> Mapping[str, float]:
    learned = taught.weights(profile.department)
    return dict(zip(taught.names, map(float, learned), strict=True))


def _with_probability(match: BestMatch, taught: Calibration, profile: Profile) -> BestMatch:
    likely = taught.probability(profile.slug, profile.department, match.features)
    return replace(match, probability=likely)


def best_matches(context: Context) -> tuple[BestMatch, ...]:
    """Return the matches of one profile with their reasons, best first."""
    return tuple(scored_match(candidate, context) for candidate in matched(context))


def means_of(model: str, folder: Path) -> Means:
    """Return what a run works with.

    Args:
        model: As the settings name it.
        folder: The configuration folder, with the organisation and the rules.

    Raises:
        ConfigurationError: If the model cannot be loaded, or a file is wrong.
    """
    return Means(model_of(model), judge_of(folder), open_kinds(folder))


class _Docket:
    """Who may apply to what was matched; each opportunity is judged once, for all profiles."""

    def __init__(self, opportunities: Sequence[Opportunity], judge: Judge, now: datetime) -> None:
        self._opportunities = {opportunity.id: opportunity for opportunity in opportunities}
        self._judge = judge
        self._day = now.astimezone(BRUSSELS).date()
        self._known: dict[int, Eligibility] = {}

    def judged(self, match: BestMatch, profile: Profile) -> BestMatch:
        """Return ``match`` with the verdicts on its opportunity, and what speaks against it."""
        verdicts = self._verdicts(match.opportunity_id)
        objections = against(profile, self._opportunities[match.opportunity_id], verdicts)
        return replace(match, eligibility=verdicts, against=(*match.against, *objections))

    def is_hidden(self, opportunity: Opportunity, roles: Collection[str]) -> bool:
        """Return whether readers with ``roles`` are not told of ``opportunity``."""
        return is_hidden(self._verdicts(opportunity.id), roles)

    def _verdicts(self, key: int) -> Eligibility:
        if key not in self._known:
            self._known[key] = self._judge(self._opportunities[key], self._day)
        return self._known[key]


class _Texts:
    """All texts of a run in one list, so that equal ones are embedded once."""

    def __init__(self, opportunities: Sequence[Opportunity], profiles: Sequence[Profile]) -> None:
        self._opportunities = opportunities
        self._passages = cut(opportunities)
        self._facets = [facets(profile) for profile in profiles]

    @property
    def offered(self) -> list[str]:
        """Return passages, then what is read as a whole."""
        texts = [passage.text for found in self._passages for passage in found]
        return texts + wholes(self._opportunities)

    @property
    def sought(self) -> list[str]:
        """Return the texts of the facets, profile after profile."""
        return [text for found in self._facets for facet in found for text in facet.texts]

    def corpus(self, vectors: Vectors) -> Corpus:
        """Return the corpus; ``vectors`` has a row for each text that is offered."""
        at = sum(len(found) for found in self._passages)
        return corpus_of(self._opportunities, self._passages, vectors[:at], vectors[at:])

    def wanted(self, vectors: Vectors) -> Iterator[Wanted]:
        """Yield what each profile wants; ``vectors`` has a row for each text that is sought."""
        at = 0
        for found in self._facets:
            end = at + sum(len(facet.texts) for facet in found)
            yield wanted_of(found, vectors[at:end])
            at = end


def _read(
    engine: Engine, now: datetime, slugs: Collection[str] | None
) -> tuple[Sequence[Profile], Sequence[Opportunity]]:
    with session_scope(engine) as session:
        if slugs is None:
            profiles = all_profiles(session)
        else:
            profiles = [profile_by_slug(session, slug) for slug in sorted(set(slugs))]
        return profiles, current_opportunities(session, now)


def _keep(
    engine: Engine, profile: Profile, best: tuple[BestMatch, ...], now: datetime
) -> ProfileResult:
    pairs = [as_pair(match) for match in best]
    with session_scope(engine) as session:
        kept = keep_matches(session, profile, pairs, now)
    return ProfileResult(
        slug=profile.slug,
        name=profile.name,
        matched=len(best),
        new=len(kept.new),
        reopened=len(kept.reopened),
        ended=len(kept.ended),
        best=best,
    )
