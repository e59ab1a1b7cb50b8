"""What of a profile's matches a subscription lets through."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self

from store.models import Basis, Match, Opportunity, Subscription

BANDS = ("strong", "good", "possible")
"""How near a match is, best first."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person wants to hear of a profile."""

    programmes: tuple[str, ...] = ()
    """Slugs; empty means all."""
    action_types: tuple[str, ...] = ()
    """Short types such as ``RIA``; empty means any."""
    least_band: str = BANDS[-1]
    """The least fit; what came by a rule has no fit, and is never held back by it."""

    @classmethod
    def of(cls, subscription: Subscription) -> Self:
        """Return the filters of a subscription."""
        return cls(
            tuple(subscription.programmes),
            tuple(subscription.action_types),
            subscription.least_band,
        )

    def let_through(self, match: Match) -> bool:
        """Return whether ``match`` is wanted; an opportunity that states no type fits any."""
        return self._is_near_enough(match) and self._is_of_kind(match.opportunity)

    def _is_near_enough(self, match: Match) -> bool:
        if match.basis is Basis.RULE or match.band not in BANDS:
            return True
        return BANDS.index(match.band) <= BANDS.index(self.least_band)

    def _is_of_kind(self, opportunity: Opportunity) -> bool:
        if self.programmes and opportunity.programme not in self.programmes:
            return False
        return not self.action_types or has_action(opportunity.action_types, self.action_types)


def has_action(codes: Sequence[str], wanted: Sequence[str]) -> bool:
    """Return whether any of ``codes`` is of a wanted type; none at all fits every wish."""
    return not codes or any(is_action(code, short) for code in codes for short in wanted)


@cache
def is_action(code: str, short: str) -> bool:
    """Return whether the portal's ``code`` is of the ``short`` type, in whichever programme.

    >>> is_action("HORIZON-JU-RIA", "RIA"), is_action("HORIZON-RIA", "IA")
    (True, False)
    >>> is_action("HORIZON-TMA-MSCA-PF-EF", "MSCA-PF")
    True
    """
    return f"-{short.upper()}-" in f"-{code.upper()}-"
