"""What a run of the matcher returns, as a person wants to read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matcher.bands import band
from matcher.bottom_up import RuleMatch
from matcher.explain import parts, reasons
from matcher.stages import Candidate, Context
from store.eligibility import Eligibility
from store.matches import BY_RULE, Against, Part, Reason, ScoredPair
from store.models import Basis, Opportunity


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
    parts: tuple[Part, ...] = ()
    """What the score is made of."""
    features: Mapping[str, float] = field(default_factory=dict)
    """How far it stands out in each way of comparing."""
    basis: Basis = Basis.THEME
    against: tuple[Against, ...] = ()
    probability: float | None = None
    """How likely people call it fitting; None until enough was judged."""
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


def scored_match(candidate: Candidate, context: Context) -> BestMatch:
    """Return a candidate of the stages with its reasons."""
    return replace(
        _unscored(candidate.opportunity, reasons(context.corpus, context.wanted, candidate.place)),
        score=candidate.score,
        percentile=candidate.percentile,
        band=band(candidate.percentile, candidate.nearest, context.limits),
        parts=parts(candidate, context.wanted),
        features=candidate.standing,
        basis=Basis.THEME,
    )


def ruled_match(match: RuleMatch) -> BestMatch:
    """Return what a rule recommends; it was compared with nothing."""
    return _unscored(match.opportunity, match.reasons)


def _unscored(opportunity: Opportunity, found: tuple[Reason, ...]) -> BestMatch:
    return BestMatch(
        opportunity_id=opportunity.id,
        reference=opportunity.reference,
        topic_id=opportunity.topic_id,
        title=opportunity.title,
        content_hash=opportunity.content_hash,
        score=0.0,
        percentile=0.0,
        band=BY_RULE,
        reasons=found,
        basis=Basis.RULE,
    )


def as_pair(match: BestMatch) -> ScoredPair:
    """Return a match as the store keeps it."""
    return ScoredPair(
        opportunity_id=match.opportunity_id,
        content_hash=match.content_hash,
        score=match.score,
        percentile=match.percentile,
        band=match.band,
        reasons=match.reasons,
        eligibility=match.eligibility,
        basis=match.basis,
        probability=match.probability,
        parts=match.parts,
        features=match.features,
        against=match.against,
    )
