"""How near is near enough: the limits of a match, and its band in plain words. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What an adviser should see. docs/matching.md says how they were found."""

    min_similarity: float = 0.295
    """Least similarity of a match to the facet that it meets best."""
    min_score: float = 1.4
    """Least score, in standard deviations above a usual candidate."""
    good_similarity: float = 0.345
    strong_similarity: float = 0.41
    good_percentile: float = 0.96
    strong_percentile: float = 0.985
    most: int = 25
    """Matches of one profile, beside those that only an adviser should see."""
    penalty: float = 3.0
    """Points taken for each excluded keyword found: more than all but the very best have."""


def band(percentile: float, nearest: float, limits: Limits) -> str:
    """Return ``strong``, ``good`` or ``possible``: outstanding here, and near enough anywhere.

    Args:
        percentile: Share of the other candidates that score lower, 0..1.
        nearest: Similarity to the facet that is met best, -1..1.
        limits: Of each band.
    """
    for name, least_percentile, least_similarity in (
        ("strong", limits.strong_percentile, limits.strong_similarity),
        ("good", limits.good_percentile, limits.good_similarity),
    ):
        if percentile >= least_percentile and nearest >= least_similarity:
            return name
    return "possible"
