"""What comes again every year, of which one is worth telling. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from store.models import Kind, Opportunity
from store.opportunities import next_cutoff, takes_proposals


def current_years(opportunities: Iterable[Opportunity], now: datetime) -> list[Opportunity]:
    """Return one year of each national action, and everything else."""
    return _soonest(opportunities, _action_of, now)


def current_places(opportunities: Sequence[Opportunity], now: datetime) -> NDArray[np.bool_]:
    """Return (n,) which of ``opportunities`` can still be applied to, one year of each action."""
    ahead = [opportunity for opportunity in opportunities if takes_proposals(opportunity, now)]
    kept = {opportunity.reference for opportunity in current_years(ahead, now)}
    return np.array([opportunity.reference in kept for opportunity in opportunities], bool)


def next_calls(opportunities: Iterable[Opportunity], now: datetime) -> list[Opportunity]:
    """Return one year of whatever comes again under the same topic id but for its year."""
    return _soonest(opportunities, _without_year, now)


def _soonest(
    opportunities: Iterable[Opportunity], series: Callable[[Opportunity], str], now: datetime
) -> list[Opportunity]:
    """Return of each series that with the next date ahead, or the newest where none has one."""
    best: dict[str, Opportunity] = {}
    for opportunity in opportunities:
        rival = best.get(series(opportunity))
        if rival is None or _rank(opportunity, now) > _rank(rival, now):
            best[series(opportunity)] = opportunity
    return list(best.values())


def _action_of(opportunity: Opportunity) -> str:
    """Return what the years of a national action have in common; anything else stands alone."""
    if opportunity.kind is not Kind.NATIONAL:
        return opportunity.reference
    return _without_year(opportunity)


def _without_year(opportunity: Opportunity) -> str:
    return re.sub(r"\b20\d\d\b", "", opportunity.topic_id)


def _rank(opportunity: Opportunity, now: datetime) -> tuple[bool, float, str]:
    ahead = next_cutoff(opportunity, now)
    at = -ahead.deadline.timestamp() if ahead else 0.0
    return ahead is not None, at, opportunity.topic_id
