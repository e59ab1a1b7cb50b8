"""People who judge what stands at the top of their list, as the benchmark's answers make them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.feedback import Judgement

Bools = NDArray[np.bool_]
Numbers = NDArray[np.float64]

LONGEST = 25
"""How far down a list is read: matches that are kept of one profile."""


@dataclass(frozen=True, slots=True)
class Taste:
    """How often a reader calls a topic useful."""

    right: float
    """One that the group was funded under later."""
    related: float
    """Another of the same destination as a right one."""
    other: float


PERSON = Taste(right=0.9, related=0.35, other=0.05)
"""Errs, and likes more than the one topic that was applied to."""

ORACLE = Taste(right=1.0, related=0.0, other=0.0)
"""Says what the benchmark says."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Profiles, topics, and what is right."""

    slugs: tuple[str, ...]
    departments: tuple[str, ...]
    """Field of each profile."""
    names: tuple[str, ...]
    """Features."""
    features: Numbers
    """(profiles, topics, features)."""
    right: Bools
    """(profiles, topics)."""
    related: Bools

    def chances(self, taste: Taste) -> Numbers:
        """Return how likely each topic is called useful for each profile."""
        others = np.where(self.related, taste.related, taste.other)
        return np.where(self.right, taste.right, others)


@dataclass(frozen=True, slots=True)
class Reading:
    """What some readers judged."""

    judgements: tuple[Judgement, ...]
    seen: Bools
    """(profiles, topics)."""


def read(ground: Ground, readers: Bools, scores: Numbers, budget: int, rolls: Numbers) -> Reading:
    """Return what the ``readers`` say of the top of their lists.

    Args:
        ground: What there is.
        readers: (profiles,) who judges.
        scores: (profiles, topics) by which the lists are ordered.
        budget: Judgements of one department, dealt out rank by rank.
        rolls: (profiles, topics) above 0 where the topic is called useful.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    seen = np.zeros_like(ground.right)
    judgements = []
    for department in sorted(set(ground.departments)):
        judges = np.flatnonzero(readers).tolist()
        members = [row for row in judges if ground.departments[row] == department]
        for row, rank in _turns(members, budget):
            topic = int(order[row, rank])
            seen[row, topic] = True
            judgements.append(_judgement(ground, row, topic, fits=bool(rolls[row, topic] > 0)))
    return Reading(tuple(judgements), seen)


def _turns(members: Sequence[int], budget: int) -> Iterator[tuple[int, int]]:
    """Yield profile and rank: every first before any second, until the budget is spent."""
    turns = [(row, rank) for rank in range(LONGEST) for row in members]
    yield from turns[:budget]


def _judgement(ground: Ground, row: int, topic: int, *, fits: bool) -> Judgement:
    features = dict(zip(ground.names, ground.features[row, topic].tolist(), strict=True))
    return Judgement(ground.slugs[row], ground.departments[row], topic, features, fits)
