"""The stages of matching: what is dropped, what is scored, in which order. Pure functions."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.corpus import Corpus, Wanted, similarities
from matcher.text import squeezed
from store.models import Kind, Opportunity, Profile
from store.opportunities import next_cutoff, takes_proposals


@dataclass(frozen=True, slots=True)
class Candidate:
    """An opportunity on its way to be a match of one profile."""

    opportunity: Opportunity
    place: int
    """Which of the corpus it is."""
    dense: float = 0.0
    """Mean similarity to the profile's facets, by weight; -1..1."""
    nearest: float = 0.0
    """Similarity to the facet that is met best; -1..1."""
    lexical: float = 0.0
    """BM25, summed over the facets; from 0."""
    score: float = 0.0
    percentile: float = 0.0
    """Share of the other candidates that score lower."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an adviser should see. docs/explanation/matching.md says how they were found."""

    min_similarity: float = 0.32
    """Least similarity of a match to the facet that it meets best."""
    min_score: float = 0.8
    """Least fused score: both scores 1.4 standard deviations above the mean, or one 2.8."""
    good_similarity: float = 0.36
    strong_similarity: float = 0.43
    good_percentile: float = 0.96
    strong_percentile: float = 0.985
    most: int = 25
    """Matches of one profile, beside those that only an adviser should see."""
    penalty: float = 0.5
    """What is left of a score for each excluded keyword found."""


def open_to_us(_: Opportunity) -> bool:
    """Return that nothing is hidden: of nothing is it known who may apply."""
    return False


@dataclass(frozen=True, slots=True)
class Context:
    """What the stages know beside the candidates."""

    profile: Profile
    wanted: Wanted
    corpus: Corpus
    now: datetime
    limits: Limits = Limits()
    is_hidden: Callable[[Opportunity], bool] = open_to_us
    """Whether readers of the profile are not told of it, because they may not apply."""


Candidates: TypeAlias = Sequence[Candidate]
Stage: TypeAlias = Callable[[Candidates, Context], Candidates]


def drop_closed(candidates: Candidates, context: Context) -> Candidates:
    """Keep what can still be applied to."""
    return [c for c in candidates if takes_proposals(c.opportunity, context.now)]


def drop_other_years(candidates: Candidates, context: Context) -> Candidates:
    """Keep one year of a national action: that with the next date ahead, else the newest."""
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        action = _action_of(candidate.opportunity)
        rival = best.get(action)
        if rival is None or _year_rank(candidate, context) > _year_rank(rival, context):
            best[action] = candidate
    kept = {candidate.place for candidate in best.values()}
    return [c for c in candidates if c.place in kept]


def _action_of(opportunity: Opportunity) -> str:
    """Return what the years of a national action have in common; anything else stands alone."""
    if opportunity.kind is not Kind.NATIONAL:
        return opportunity.reference
    return re.sub(r"\b20\d\d\b", "", opportunity.topic_id)


def _year_rank(candidate: Candidate, context: Context) -> tuple[bool, float, str]:
    ahead = next_cutoff(candidate.opportunity, context.now)
    at = -ahead.deadline.timestamp() if ahead else 0.0
    return ahead is not None, at, candidate.opportunity.topic_id


def drop_foreign_programmes(candidates: Candidates, context: Context) -> Candidates:
    """Keep the programmes that the profile names, or all where it names none."""
    wanted = set(context.profile.programmes)
    return [c for c in candidates if not wanted or c.opportunity.programme in wanted]


def drop_other_action_types(candidates: Candidates, context: Context) -> Candidates:
    """Keep the action types that the profile names, and what states none."""
    wanted = context.profile.action_types
    return [c for c in candidates if not wanted or _has_action(c.opportunity, wanted)]


def _has_action(opportunity: Opportunity, wanted: Sequence[str]) -> bool:
    codes = opportunity.action_types
    return not codes or any(is_action(code, short) for code in codes for short in wanted)


def is_action(code: str, short: str) -> bool:
    """Return whether the portal's ``code`` is of the ``short`` type, in whichever programme.

    >>> is_action("HORIZON-JU-RIA", "RIA"), is_action("HORIZON-RIA", "IA")
    (True, False)
    >>> is_action("HORIZON-TMA-MSCA-PF-EF", "MSCA-PF")
    True
    """
    return f"-{short.upper()}-" in f"-{code.upper()}-"


def score_dense(candidates: Candidates, context: Context) -> Candidates:
    """Score how near the passages are in meaning to what the profile looks for."""
    by_facet = similarities(context.corpus, context.wanted)
    mean = by_facet @ context.wanted.weights
    best = by_facet.max(axis=1, initial=-1.0)
    return [
        replace(c, dense=round(float(mean[c.place]), 5), nearest=round(float(best[c.place]), 5))
        for c in candidates
    ]


def score_lexical(candidates: Candidates, context: Context) -> Candidates:
    """Score the words in common; the root keeps a long description from drowning keywords."""
    total = np.zeros(len(context.corpus.texts))
    for facet, weight in zip(context.wanted.facets, context.wanted.weights, strict=True):
        query = " ".join(facet.texts)
        total += weight * context.corpus.lexicon.scores(query) / len(query.split()) ** 0.5
    return [replace(c, lexical=round(float(total[c.place]), 5)) for c in candidates]


def fuse(candidates: Candidates, context: Context) -> Candidates:  # noqa: ARG001 - a stage
    """Give each of the two scores an equal say, by how far it stands out among the candidates."""
    dense = _standing_out([c.dense for c in candidates])
    lexical = _standing_out([c.lexical for c in candidates])
    scores = 1 / (1 + np.exp(-(dense + lexical) / 2))
    return [
        replace(c, score=round(float(score), 5))
        for c, score in zip(candidates, scores, strict=True)
    ]


def _standing_out(values: Sequence[float]) -> NDArray[np.float64]:
    """Return the distance of each value from their mean, in standard deviations."""
    found = np.array(values, np.float64)
    spread = float(found.std()) if len(found) else 0.0
    return (found - found.mean()) / spread if spread > 1e-9 else np.zeros(len(found))


def penalise_excluded(candidates: Candidates, context: Context) -> Candidates:
    """Take score from what names excluded keywords, as whole words in any case."""
    excluded = [squeezed(words).casefold() for words in context.profile.excluded_keywords]
    return [replace(c, score=c.score * _left(c, excluded, context)) for c in candidates]


def _left(candidate: Candidate, excluded: Sequence[str], context: Context) -> float:
    text = context.corpus.texts[candidate.place]
    return context.limits.penalty ** sum(has_words(text, words) for words in excluded)


def has_words(text: str, words: str) -> bool:
    """Return whether ``words`` stand in ``text`` as whole words; both are in lower case.

    >>> has_words("on nuclear fuels", "nuclear fuel"), has_words("nuclear fuel.", "nuclear fuel")
    (False, True)
    """
    if words not in text:  # most texts; a pattern is forty times as slow
        return False
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


def place(candidates: Candidates, context: Context) -> Candidates:  # noqa: ARG001 - a stage
    """Give each candidate the share of the others that score lower."""
    scores = np.sort([c.score for c in candidates])
    others = max(len(candidates) - 1, 1)
    return [
        replace(c, percentile=round(int(np.searchsorted(scores, c.score)) / others, 4))
        for c in candidates
    ]


def _is_worth(candidate: Candidate, limits: Limits) -> bool:
    if candidate.nearest >= limits.strong_similarity:
        return candidate.score >= 0.5  # nothing stands far out where there are few
    return candidate.nearest >= limits.min_similarity and candidate.score >= limits.min_score


def drop_dissimilar(candidates: Candidates, context: Context) -> Candidates:
    """Keep what an adviser should see, best first."""
    kept = [c for c in candidates if _is_worth(c, context.limits)]
    kept.sort(key=lambda c: (-c.score, c.opportunity.topic_id, c.opportunity.reference))
    return kept


def drop_surplus(candidates: Candidates, context: Context) -> Candidates:
    """Keep no more than one can read; what readers are not told of takes nobody's place."""
    kept, told = [], 0
    for candidate in candidates:
        if is_for_advisers(candidate.opportunity, context):
            kept.append(candidate)
        elif told < context.limits.most:
            kept.append(candidate)
            told += 1
    return kept


def is_for_advisers(opportunity: Opportunity, context: Context) -> bool:
    """Return whether no reader is told of it: nobody may apply, or there is no date to tell."""
    undated = opportunity.kind is Kind.NATIONAL and not opportunity.cutoffs
    return undated or context.is_hidden(opportunity)


STAGES: tuple[Stage, ...] = (
    drop_closed,
    drop_other_years,
    drop_foreign_programmes,
    drop_other_action_types,
    score_dense,
    score_lexical,
    fuse,
    penalise_excluded,
    place,
    drop_dissimilar,
    drop_surplus,
)


def matched(context: Context) -> Candidates:
    """Return the candidates that every stage leaves, best first."""
    candidates: Candidates = [
        Candidate(opportunity, at) for at, opportunity in enumerate(context.corpus.opportunities)
    ]
    for stage in STAGES:
        candidates = stage(candidates, context)
    return candidates


def band(candidate: Candidate, limits: Limits) -> str:
    """Return ``strong``, ``good`` or ``possible``: outstanding here, and near enough anywhere."""
    for name, percentile, similarity in (
        ("strong", limits.strong_percentile, limits.strong_similarity),
        ("good", limits.good_percentile, limits.good_similarity),
    ):
        if candidate.percentile >= percentile and candidate.nearest >= similarity:
            return name
    return "possible"
