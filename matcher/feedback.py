"""What people's words say of how well a call fits a group: what there is to learn from. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.feedback import Said, Word
from store.models import Decision, Verdict

FITS: Mapping[Word, bool] = {
    Decision.APPROVE: True,
    Decision.REJECT: False,
    Verdict.USEFUL: True,
    Verdict.NOT_FOR_US: False,
}
"""What a word says of fit. Those that are not here, reopened and dismissed, say nothing of it."""

WEIGHT_OF_REASON: Mapping[str, float] = {
    "off-topic": 1.0,
    "excluded-topic": 1.0,
    "not-eligible": 0.0,
    "deadline-too-short": 0.0,
    "already-applied": 0.0,
    "already-known": 0.0,
    "no-capacity": 0.0,
    "too-small": 0.0,
    "too-large": 0.0,
}
"""How much a no for this reason says of fit: all, or nothing."""

UNEXPLAINED = 0.5
"""How much a no says whose reason is missing or not in the table."""

BULK = 10
"""A person who decides more matches than this in one act has not judged each."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people think of one opportunity for one profile."""

    profile: str
    department: str
    opportunity_id: int
    features: Mapping[str, float]
    fits: bool
    weight: float = 1.0
    """How much it counts, above 0 and at most 1."""


def judgements(said: Sequence[Said]) -> tuple[Judgement, ...]:
    """Return one judgement of each pair: its newest word that says something of fit.

    Args:
        said: Oldest first, as ``store.feedback.everything_said`` returns it.
    """
    newest: dict[tuple[str, int], Judgement] = {}
    for one in _judged_singly(said):
        weight = weight_of(one.word, one.reason)
        if weight > 0:
            newest[one.profile, one.opportunity_id] = Judgement(
                profile=one.profile,
                department=one.department,
                opportunity_id=one.opportunity_id,
                features=one.features,
                fits=FITS[one.word],
                weight=weight,
            )
    return tuple(newest[pair] for pair in sorted(newest))


def weight_of(word: Word, reason: str | None) -> float:
    """Return how much a word says of fit, from 0 to 1.

    >>> weight_of(Decision.REJECT, "Deadline too short"), weight_of(Decision.REJECT, None)
    (0.0, 0.5)
    """
    if word not in FITS:
        return 0.0
    return 1.0 if FITS[word] else WEIGHT_OF_REASON.get(_code_of(reason), UNEXPLAINED)


def excluded_words(reason: str | None) -> str | None:
    """Return the words that ``reason`` asks to exclude; None where it asks for none.

    >>> excluded_words("excluded topic: fish vaccine"), excluded_words("off-topic")
    ('fish vaccine', None)
    """
    words = " ".join((reason or "").partition(":")[2].split())
    return words if words and _code_of(reason) == "excluded-topic" else None


def _code_of(reason: str | None) -> str:
    before, _, _ = (reason or "").casefold().partition(":")
    return "-".join(before.replace("_", " ").replace("-", " ").split())


def _judged_singly(said: Sequence[Said]) -> Iterable[Said]:
    acts = Counter((one.by, one.at, one.word) for one in said)
    return (one for one in said if acts[one.by, one.at, one.word] <= BULK)
