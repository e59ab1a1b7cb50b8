"""A search for a group: what suits it best comes first, and what was not matched to it last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from config.translation import say, translatable
from store.filters import BANDS
from store.matches import BY_HAND, BY_RULE
from store.models import Opportunity
from store.suiting import Suit, profile_names, suits_of
from web.accounts import signed_in
from web.desk_reading import departments_of
from web.site import Site

ORDER = (BY_HAND, *BANDS, BY_RULE)
"""Best first."""

WORDS = {
    BY_HAND: translatable("chosen by hand"),
    "strong": translatable("strong fit"),
    "good": translatable("good fit"),
    "possible": translatable("possible fit"),
    BY_RULE: translatable("open to any subject"),
}
NOT_MATCHED = translatable("not matched to this group")


@dataclass(frozen=True, slots=True)
class Suiting:
    """The group that somebody searches for, and what suits it."""

    profiles: tuple[tuple[str, str], ...] = ()
    """Slugs and names of those that the person may choose from; none where nobody is signed in."""
    slug: str = ""
    """Of the profile that was chosen; empty where none was, or where the person may not see it."""
    suits: Mapping[int, Suit] = field(default_factory=dict)
    """By id of the opportunity."""

    def places(self, opportunities: Sequence[Opportunity]) -> NDArray[np.float64]:
        """Return of each how far from the best it is: its band, then its percentile within it."""
        return np.array([self._place(one.id) for one in opportunities], np.float64)

    def words(self, opportunity_id: int, language: str) -> str:
        """Return how well an opportunity suits the group, in words; nothing without a group."""
        if not self.slug:
            return ""
        found = self.suits.get(opportunity_id)
        return say(language, NOT_MATCHED if found is None else WORDS[found.band])

    def _place(self, opportunity_id: int) -> float:
        found = self.suits.get(opportunity_id)
        if found is None:
            return float(len(ORDER))
        return ORDER.index(found.band) + (1 - found.percentile) / 2


def suiting_of(site: Site, session: Session, request: Request, slug: str) -> Suiting:
    """Return what suits the profile with ``slug``, where who asks is signed in and sees it."""
    person = signed_in(site, session, request)
    if person is None:
        return Suiting()
    seen = departments_of(person)
    profiles = profile_names(session, seen)
    if slug not in dict(profiles):
        return Suiting(profiles)
    return Suiting(profiles, slug, suits_of(session, slug, seen))
