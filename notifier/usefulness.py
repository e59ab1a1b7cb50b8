"""What puts the most useful first. Pure."""

from datetime import datetime

from store.filters import BANDS
from store.matches import BY_HAND, BY_RULE
from store.models import Match
from store.opportunities import next_cutoff

ORDER = (BY_HAND, *BANDS, BY_RULE)
"""Best first: what an adviser chose for a group, an adviser looked at for that group."""


def of_profiles(match: Match) -> tuple[int, float, str]:
    """Return the place of ``match`` among those of one opportunity: band, then percentile."""
    return ORDER.index(match.band), -match.percentile, match.profile.slug


def in_section(best: Match, now: datetime) -> tuple[int, float, float, int]:
    """Return the place of an opportunity: band, percentile, then the nearest deadline.

    Args:
        best: Its best match.
        now: When it is told.
    """
    upcoming = next_cutoff(best.opportunity, now)
    at = upcoming.deadline.timestamp() if upcoming else float("inf")
    return ORDER.index(best.band), -best.percentile, at, best.opportunity_id
