"""Which matches of a profile need an adviser, and what another threshold would have let through."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.profiles import ReviewRule
from store.eligibility import is_hidden, read_kept
from store.matches import POLICY
from store.models import Basis, Decision, Match, Profile, Review
from store.profile_contents import document_of
from store.profile_versions import Author, change_profile

BINS = 20
"""Columns of the picture."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One match as the picture needs it."""

    percentile: float
    word: Decision | None
    """What a person decided last; None where nobody did."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The matches of one stretch of percentiles."""

    lower: float
    approved: int
    rejected: int
    undecided: int

    @property
    def total(self) -> int:
        """Return how many matches it has."""
        return self.approved + self.rejected + self.undecided


def judged_matches(session: Session, profile: Profile) -> list[Judged]:
    """Return every match of a profile that a threshold can let through, with a person's word.

    What a rule or an adviser chose has no percentile, and what is kept from readers no policy
    approves: neither is among them.
    """
    query = select(Match.id, Match.percentile, Match.eligibility).where(
        Match.profile_id == profile.id, Match.basis == Basis.THEME, ~Match.by_hand
    )
    words = _words(session, profile)
    return [
        Judged(percentile, words.get(key))
        for key, percentile, kept in session.execute(query)
        if not is_hidden(read_kept(kept), profile.roles)
    ]


def picture(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    """Return how many matches of each stretch of percentiles were approved and rejected."""
    counted: list[dict[Decision | None, int]] = [{} for _ in range(BINS)]
    for one in judged:
        place = counted[min(BINS - 1, int(one.percentile * BINS))]
        place[one.word] = place.get(one.word, 0) + 1
    return tuple(
        Bin(
            place / BINS,
            found.get(Decision.APPROVE, 0),
            found.get(Decision.REJECT, 0),
            found.get(None, 0),
        )
        for place, found in enumerate(counted)
    )


def let_through(judged: Sequence[Judged], threshold: float) -> Bin:
    """Return what ``threshold`` would have let through without an adviser."""
    passed = [one.word for one in judged if one.percentile >= threshold]
    return Bin(
        threshold,
        passed.count(Decision.APPROVE),
        passed.count(Decision.REJECT),
        passed.count(None),
    )


def set_policy(session: Session, profile: Profile, rule: ReviewRule, author: Author) -> None:
    """Let ``profile`` be reviewed by another rule; what was proposed before stays as it is."""
    document = document_of(profile).model_copy(update={"review": rule})
    change_profile(session, profile, document, profile.version, author)


def _words(session: Session, profile: Profile) -> dict[int, Decision]:
    """Return the last decision of a person on each match of a profile."""
    query = (
        select(Review.id, Review.match_id, Review.decision, Review.undoes_id)
        .join(Review.match)
        .where(Match.profile_id == profile.id, Review.by != POLICY)
        .order_by(Review.id)
    )
    rows = session.execute(query).all()
    undone = {row.undoes_id for row in rows}
    return {
        row.match_id: row.decision
        for row in rows
        if row.decision in (Decision.APPROVE, Decision.REJECT) and row.id not in undone
    }
