"""The stages of matching: what is scored, what is dropped, in which order. Pure functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.bands import Limits
from matcher.corpus import Corpus, Wanted
from matcher.measures import Measured
from matcher.measures import Points as Given
from matcher.text import excluded_words, has_words
from store.filters import has_action
from store.models import Kind, Opportunity, Profile

Points: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

WEIGHTS: Mapping[str, float] = {"meaning": 0.56, "words": 0.22, "phrases": 0.22}
"""How much each way of comparing counts; docs/matching.md tells how they were found."""

WEIGHTS_OF_TITLES: Mapping[str, float] = {"meaning": 0.85, "words": 0.075, "phrases": 0.075}
"""The same where opportunities are titles only: few words can be shared by chance or by theme."""


def weights_of(corpus: Corpus) -> Mapping[str, float]:
    """Return the weights for what ``corpus`` is made of."""
    return WEIGHTS_OF_TITLES if corpus.is_of_titles else WEIGHTS


@dataclass(frozen=True, slots=True)
class Scale:
    """What is usual in one way of comparing, for one profile."""

    means: Points
    """(f,) of each facet, over all candidates."""
    spread: float
    """Standard deviation of the sum over facets; 0 where nothing differs."""

    def points(self, given: Given) -> Points:
        """Return how far each facet stands out, in deviations of the sum; ``given`` is (f,)."""
        if not self.spread:
            return np.zeros(len(given))
        standing: Points = (given - self.means) / self.spread
        return standing


@dataclass(frozen=True, slots=True)
class Candidates:
    """Opportunities on their way to be matches of one profile; column by column."""

    places: NDArray[np.intp]
    """(n,) which of the corpus they are."""
    standing: Mapping[str, Points]
    """By way of comparing: (n,) how far all facets together stand out, in deviations."""
    scales: Mapping[str, "Scale"]
    """By way of comparing: what ``standing`` was measured with."""
    penalties: Points
    """(n,) points taken for excluded keywords; not above 0."""
    scores: Points
    """(n,) ``standing`` as weighed, and the penalty: 0 is usual, 1 stands out by a deviation."""
    percentiles: Points
    """(n,) share of the others that score lower."""

    def kept(self, rows: Mask | NDArray[np.intp]) -> "Candidates":
        """Return those in ``rows``: where a mask is true, or in the order of numbers."""
        return Candidates(
            self.places[rows],
            {name: standing[rows] for name, standing in self.standing.items()},
            self.scales,
            self.penalties[rows],
            self.scores[rows],
            self.percentiles[rows],
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of them, as reasons are told of it."""

    opportunity: Opportunity
    place: int
    """Which of the corpus it is."""
    nearest: float
    """Similarity to the facet that is met best; -1..1."""
    points: Mapping[str, Points]
    """By way of comparing: (f,) how far each facet lifts the score above a usual one."""
    standing: Mapping[str, float]
    """By way of comparing, all facets together, not weighed; what is learned from."""
    penalty: float
    score: float
    percentile: float


def open_to_us(_: Opportunity) -> bool:
    """Return that nothing is hidden: of nothing is it known who may apply."""
    return False


@dataclass(frozen=True, slots=True)
class Context:
    """What the stages know beside the candidates."""

    profile: Profile
    wanted: Wanted
    corpus: Corpus
    measured: Measured
    current: Mask
    """(o,) what of the corpus can still be applied to."""
    limits: Limits = field(default_factory=Limits)
    is_hidden: Callable[[Opportunity], bool] = open_to_us
    """Whether readers of the profile are not told of it, because they may not apply."""
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    """How much each way of comparing counts; others only where people's words proved them."""


Stage: TypeAlias = Callable[[Candidates, Context], Candidates]


def drop_foreign_programmes(candidates: Candidates, context: Context) -> Candidates:
    """Keep the programmes that the profile names, or all where it names none."""
    wanted = set(context.profile.programmes)
    fits = [not wanted or form.programme in wanted for form in context.corpus.forms]
    return _of_forms(candidates, context, fits)


def drop_other_action_types(candidates: Candidates, context: Context) -> Candidates:
    """Keep the action types that the profile names, and what states none."""
    wanted = context.profile.action_types
    fits = [not wanted or has_action(form.action_types, wanted) for form in context.corpus.forms]
    return _of_forms(candidates, context, fits)


def _of_forms(candidates: Candidates, context: Context, fits: Sequence[bool]) -> Candidates:
    return candidates.kept(np.array(fits, bool)[context.corpus.form_of[candidates.places]])


def fuse(candidates: Candidates, context: Context) -> Candidates:
    """Add up what was measured, each way by how far it stands out among the candidates."""
    scores = np.zeros(len(candidates.places))
    standing, scales = {}, {}
    for name, weight in context.weights.items():
        given = context.measured.by_way[name].take(candidates.places, axis=1)
        sums = given.sum(axis=0, dtype=np.float64)
        scales[name] = scale = _scale(given, sums)
        standing[name] = (sums - scale.means.sum()) / (scale.spread or np.inf)
        scores += weight * standing[name]
    return replace(candidates, standing=standing, scales=scales, scores=scores.round(5))


def _scale(given: Given, sums: Points) -> Scale:
    if not len(sums):
        return Scale(np.zeros(len(given)), 0.0)
    spread = float(sums.std())
    return Scale(given.mean(axis=1, dtype=np.float64), spread if spread > 1e-9 else 0.0)


def penalise_excluded(candidates: Candidates, context: Context) -> Candidates:
    """Take points from what names excluded keywords, as whole words in any case.

    What is not worth showing anyway is not read.
    """
    excluded = excluded_words(context.profile)
    taken = np.zeros(len(candidates.places))
    for row in np.flatnonzero(_is_worth(candidates, context)) if excluded else ():
        text = context.corpus.texts[candidates.places[row]]
        taken[row] = -context.limits.penalty * sum(has_words(text, words) for words in excluded)
    return replace(candidates, penalties=taken, scores=(candidates.scores + taken).round(5))


def place(candidates: Candidates, context: Context) -> Candidates:  # noqa: ARG001 - a stage
    """Give each candidate the share of the others that score lower."""
    order = np.argsort(candidates.scores)
    ranked = candidates.scores[order]
    shares = np.empty(len(order))
    shares[order] = np.searchsorted(ranked, ranked) / max(len(order) - 1, 1)
    return replace(candidates, percentiles=shares.round(4))


def drop_closed(candidates: Candidates, context: Context) -> Candidates:
    """Keep what can still be applied to; the rest of a year's showed what is usual."""
    return candidates.kept(context.current[candidates.places])


def drop_dissimilar(candidates: Candidates, context: Context) -> Candidates:
    """Keep what an adviser should see, best first."""
    kept = candidates.kept(_is_worth(candidates, context))
    names = [_name(context.corpus.opportunities[place]) for place in kept.places]
    order = sorted(range(len(names)), key=lambda row: (-kept.scores[row], names[row]))
    return kept.kept(np.array(order, np.intp))


def _name(opportunity: Opportunity) -> tuple[str, str]:
    return opportunity.topic_id, opportunity.reference


def _is_worth(candidates: Candidates, context: Context) -> Mask:
    limits, near = context.limits, context.measured.nearest[candidates.places]
    outstanding = (near >= limits.min_similarity) & (candidates.scores >= limits.min_score)
    # Nothing stands far out where there are few.
    plain = (near >= limits.strong_similarity) & (candidates.scores >= 0)
    worth: Mask = outstanding | plain
    return worth


def drop_surplus(candidates: Candidates, context: Context) -> Candidates:
    """Keep no more than one can read; what readers are not told of takes nobody's place."""
    kept, told = [], 0
    for row, at in enumerate(candidates.places):
        if is_for_advisers(context.corpus.opportunities[at], context):
            kept.append(row)
        elif told < context.limits.most:
            kept.append(row)
            told += 1
    return candidates.kept(np.array(kept, np.intp))


def is_for_advisers(opportunity: Opportunity, context: Context) -> bool:
    """Return whether no reader is told of it: nobody may apply, or there is no date to tell."""
    undated = opportunity.kind is Kind.NATIONAL and not opportunity.cutoffs
    return undated or context.is_hidden(opportunity)


SCORING: tuple[Stage, ...] = (
    drop_foreign_programmes,
    drop_other_action_types,
    fuse,
    penalise_excluded,
    place,
)
"""What gives everything that the profile may want its score, closed or not."""

STAGES: tuple[Stage, ...] = (*SCORING, drop_closed, drop_dissimilar, drop_surplus)


def everything(corpus: Corpus) -> Candidates:
    """Return all opportunities of ``corpus``, not scored yet."""
    count = len(corpus.opportunities)
    zeros = np.zeros(count)
    return Candidates(np.arange(count), {}, {}, zeros, zeros, zeros)


def matched(context: Context) -> tuple[Candidate, ...]:
    """Return the candidates that every stage leaves, best first."""
    candidates = left_by(STAGES, context)
    return tuple(_one(candidates, row, context) for row in range(len(candidates.places)))


def left_by(stages: Sequence[Stage], context: Context) -> Candidates:
    """Return the candidates that ``stages`` leave."""
    candidates = everything(context.corpus)
    for stage in stages:
        candidates = stage(candidates, context)
    return candidates


def _one(candidates: Candidates, row: int, context: Context) -> Candidate:
    at = int(candidates.places[row])
    return Candidate(
        opportunity=context.corpus.opportunities[at],
        place=at,
        nearest=float(context.measured.nearest[at]),
        points={
            name: context.weights[name] * scale.points(context.measured.by_way[name][:, at])
            for name, scale in candidates.scales.items()
        },
        standing={name: round(float(by[row]), 5) for name, by in candidates.standing.items()},
        penalty=float(candidates.penalties[row]),
        score=float(candidates.scores[row]),
        percentile=float(candidates.percentiles[row]),
    )
