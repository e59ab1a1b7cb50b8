"""The stages of matching: what is dropped, what is scored, in which order. Pure functions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.bands import Limits
from matcher.corpus import Corpus, Wanted, similarities
from matcher.text import squeezed
from matcher.years import current_years
from store.models import Kind, Opportunity, Profile
from store.opportunities import takes_proposals

Points: TypeAlias = NDArray[np.float64]

WEIGHTS: Mapping[str, float] = {"meaning": 0.56, "words": 0.22, "phrases": 0.22}
"""How much each way of comparing counts; docs/explanation/matching.md tells how they were found."""

WEIGHTS_OF_TITLES: Mapping[str, float] = {"meaning": 0.76, "words": 0.12, "phrases": 0.12}
"""The same where opportunities are titles only: few words can be shared by chance or by theme."""


def weights_of(corpus: Corpus) -> Mapping[str, float]:
    """Return the weights for what ``corpus`` is made of."""
    return WEIGHTS_OF_TITLES if corpus.is_of_titles else WEIGHTS


@dataclass(frozen=True, slots=True)
class Candidate:
    """An opportunity on its way to be a match of one profile."""

    opportunity: Opportunity
    place: int
    """Which of the corpus it is."""
    nearest: float = 0.0
    """Similarity to the facet that is met best; -1..1."""
    measured: Mapping[str, Points] = field(default_factory=dict)
    """By way of comparing (``WEIGHTS``): (facets,) what each facet of the profile gives."""
    points: Mapping[str, Points] = field(default_factory=dict)
    """The same in points: how far it lifts the score above that of a usual candidate."""
    penalty: float = 0.0
    """Points taken for excluded keywords; not above 0."""
    score: float = 0.0
    """The sum of all points: 0 is a usual candidate, 1 one that stands out by a deviation."""
    percentile: float = 0.0
    """Share of the other candidates that score lower."""


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
    limits: Limits = field(default_factory=Limits)
    is_hidden: Callable[[Opportunity], bool] = open_to_us
    """Whether readers of the profile are not told of it, because they may not apply."""
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    """How much each way of comparing counts; others only where people's words proved them."""


Candidates: TypeAlias = Sequence[Candidate]
Stage: TypeAlias = Callable[[Candidates, Context], Candidates]


def drop_closed(candidates: Candidates, context: Context) -> Candidates:
    """Keep what can still be applied to."""
    return [c for c in candidates if takes_proposals(c.opportunity, context.now)]


def drop_other_years(candidates: Candidates, context: Context) -> Candidates:
    """Keep one year of a national action: that with the next date ahead, else the newest."""
    current = current_years((c.opportunity for c in candidates), context.now)
    kept = {opportunity.reference for opportunity in current}
    return [c for c in candidates if c.opportunity.reference in kept]


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
    by_facet = similarities(context.corpus, context.wanted).astype(np.float64)
    best = by_facet.max(axis=1, initial=-1.0)
    near = [replace(c, nearest=round(float(best[c.place]), 5)) for c in candidates]
    return _with(near, "meaning", by_facet * context.wanted.weights)


def score_words(candidates: Candidates, context: Context) -> Candidates:
    """Score the words in common; the root keeps a long description from drowning keywords."""
    lexicon = context.corpus.lexicon
    columns = [
        weight * lexicon.scores(query) / len(query.split()) ** 0.5
        for query, weight in _queries(context.wanted)
    ]
    return _with(candidates, "words", _by_facet(columns, context))


def score_phrases(candidates: Candidates, context: Context) -> Candidates:
    """Score words and pairs of words in common, beside all that either side says."""
    lexicon = context.corpus.lexicon
    columns = [weight * lexicon.cosines(query) for query, weight in _queries(context.wanted)]
    return _with(candidates, "phrases", _by_facet(columns, context))


def _by_facet(columns: Sequence[Points], context: Context) -> Points:
    return np.array(columns, np.float64).reshape(len(columns), len(context.corpus.texts)).T


def _queries(wanted: Wanted) -> list[tuple[str, float]]:
    texts = [" ".join(facet.texts) for facet in wanted.facets]
    return list(zip(texts, map(float, wanted.weights), strict=True))


def _with(candidates: Candidates, name: str, by_facet: Points) -> Candidates:
    """Return ``candidates`` with what was measured; ``by_facet`` is (opportunities, facets)."""
    return [replace(c, measured={**c.measured, name: by_facet[c.place]}) for c in candidates]


def fuse(candidates: Candidates, context: Context) -> Candidates:
    """Add up what was measured, each way by how far it stands out among the candidates."""
    if not candidates:
        return candidates
    points = {
        name: weight * _standing_out(np.array([c.measured[name] for c in candidates]))
        for name, weight in context.weights.items()
    }
    scores = sum(given.sum(axis=1) for given in points.values())
    return [
        replace(
            c,
            points={name: given[row] for name, given in points.items()},
            score=round(float(score), 5),
        )
        for row, (c, score) in enumerate(zip(candidates, scores, strict=True))
    ]


def _standing_out(by_facet: Points) -> Points:
    """Return (candidates, facets) → distance from the facet's mean, in deviations of the sum."""
    spread = float(by_facet.sum(axis=1).std())
    if spread <= 1e-9:
        return np.zeros_like(by_facet)
    standing: Points = (by_facet - by_facet.mean(axis=0)) / spread
    return standing


def features(candidate: Candidate, weights: Mapping[str, float]) -> dict[str, float]:
    """Return how far ``candidate`` stands out in each way, in deviations; what is learned from."""
    return {
        name: round(float(given.sum()) / weights[name], 5)
        for name, given in candidate.points.items()
        if weights[name]
    }


def penalise_excluded(candidates: Candidates, context: Context) -> Candidates:
    """Take points from what names excluded keywords, as whole words in any case."""
    excluded = [squeezed(words).casefold() for words in context.profile.excluded_keywords]
    taken = [-context.limits.penalty * _named(c, excluded, context) for c in candidates]
    return [
        replace(c, penalty=penalty, score=round(c.score + penalty, 5)) if penalty else c
        for c, penalty in zip(candidates, taken, strict=True)
    ]


def _named(candidate: Candidate, excluded: Sequence[str], context: Context) -> int:
    text = context.corpus.texts[candidate.place]
    return sum(has_words(text, words) for words in excluded)


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
        return candidate.score >= 0  # nothing stands far out where there are few
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


SCORING: tuple[Stage, ...] = (score_dense, score_words, score_phrases, fuse)
"""What ranks; the other stages drop, or depend on what people said."""

STAGES: tuple[Stage, ...] = (
    drop_closed,
    drop_other_years,
    drop_foreign_programmes,
    drop_other_action_types,
    *SCORING,
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
