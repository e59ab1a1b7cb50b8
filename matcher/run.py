"""A run of the matcher: every profile against everything current, kept with its reasons."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from config.deadlines import BRUSSELS
from matcher.corpus import Corpus, corpus_of, cut, wanted_of
from matcher.eligibility import Judge, judge_of
from matcher.embedder import Embedder, Vectors, embedder_of
from matcher.explain import reasons
from matcher.stages import Candidate, Context, band, matched
from matcher.text import Facet, facets, opening
from matcher.vectors import Progress, embedded, silent
from store.db import session_scope
from store.eligibility import Eligibility, is_hidden
from store.matches import Reason, ScoredPair, keep_matches
from store.models import Opportunity, Profile
from store.opportunities import current_opportunities
from store.profiles import all_profiles, profile_by_slug


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with: a model for the texts, and a judge of who may apply."""

    embedder: Embedder
    judge: Judge


@dataclass(frozen=True, slots=True)
class BestMatch:
    """A match as a person wants to read it."""

    opportunity_id: int
    reference: str
    topic_id: str
    title: str
    content_hash: str
    score: float
    percentile: float
    band: str
    reasons: tuple[Reason, ...]
    eligibility: Eligibility | None = None


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """What a run did for one profile."""

    slug: str
    name: str
    matched: int
    new: int
    reopened: int
    ended: int
    """Matched before, and no longer."""
    best: tuple[BestMatch, ...]
    """Every match, best first."""


@dataclass(frozen=True, slots=True)
class MatchRun:
    """What a run did."""

    results: tuple[ProfileResult, ...]
    opportunities: int
    """How many were current."""
    embedded: int
    """Texts that had no vector yet."""
    note: str | None = None
    """Why there was nothing to do, where there was not."""


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
    texts = _Texts(opportunities, profiles)
    made = embedded(engine, means.embedder, texts.all, progress)
    corpus, wanted = texts.dealt(made.vectors)
    docket = _Docket(opportunities, means.judge, now)
    results = []
    for profile, (wants, vectors) in zip(profiles, wanted, strict=True):
        context = Context(
            profile,
            wanted_of(wants, vectors),
            corpus,
            now,
            is_hidden=partial(docket.is_hidden, roles=tuple(profile.roles)),
        )
        best = tuple(docket.judged(match) for match in best_matches(context))
        results.append(_keep(engine, profile, best, now))
    return MatchRun(tuple(results), len(opportunities), made.made)


def best_matches(context: Context) -> tuple[BestMatch, ...]:
    """Return the matches of one profile with their reasons, best first."""
    return tuple(_best(candidate, context) for candidate in matched(context))


def means_of(model: str, folder: Path) -> Means:
    """Return what a run works with.

    Args:
        model: As the settings name it.
        folder: The configuration folder, with the organisation and the rules.

    Raises:
        ConfigurationError: If the model cannot be loaded, or a file is wrong.
    """
    return Means(embedder_of(model), judge_of(folder))


class _Docket:
    """Who may apply to what was matched; each opportunity is judged once, for all profiles."""

    def __init__(self, opportunities: Sequence[Opportunity], judge: Judge, now: datetime) -> None:
        self._opportunities = {opportunity.id: opportunity for opportunity in opportunities}
        self._judge = judge
        self._day = now.astimezone(BRUSSELS).date()
        self._known: dict[int, Eligibility] = {}

    def judged(self, match: BestMatch) -> BestMatch:
        """Return ``match`` with the verdicts on its opportunity."""
        return replace(match, eligibility=self._verdicts(match.opportunity_id))

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
    def all(self) -> list[str]:
        """Return passages, openings and facets, in this order."""
        texts = [passage.text for found in self._passages for passage in found]
        texts += [opening(opportunity) for opportunity in self._opportunities]
        texts += [text for found in self._facets for facet in found for text in facet.texts]
        return texts

    def dealt(self, vectors: Vectors) -> tuple[Corpus, list[tuple[tuple[Facet, ...], Vectors]]]:
        """Return the corpus, and the facets of each profile with their vectors."""
        at = sum(len(found) for found in self._passages)
        end = at + len(self._opportunities)
        corpus = corpus_of(self._opportunities, self._passages, vectors[:at], vectors[at:end])
        wanted = []
        for found in self._facets:
            at, end = end, end + sum(len(facet.texts) for facet in found)
            wanted.append((found, vectors[at:end]))
        return corpus, wanted


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
    pairs = [_pair(match) for match in best]
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


def _pair(match: BestMatch) -> ScoredPair:
    return ScoredPair(
        opportunity_id=match.opportunity_id,
        content_hash=match.content_hash,
        score=match.score,
        percentile=match.percentile,
        band=match.band,
        reasons=match.reasons,
        eligibility=match.eligibility,
    )


def _best(candidate: Candidate, context: Context) -> BestMatch:
    opportunity = candidate.opportunity
    return BestMatch(
        opportunity_id=opportunity.id,
        reference=opportunity.reference,
        topic_id=opportunity.topic_id,
        title=opportunity.title,
        content_hash=opportunity.content_hash,
        score=candidate.score,
        percentile=candidate.percentile,
        band=band(candidate, context.limits),
        reasons=reasons(context.corpus, context.wanted, candidate.place),
    )
