"""Matches: keeping what a run of the matcher found, without forgetting what people decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from config.translation import translatable, translatable_form
from store.acts import Act, append
from store.eligibility import Eligibility, as_kept, is_hidden
from store.models import (
    Basis,
    Change,
    Decision,
    Match,
    Opportunity,
    Profile,
    ReviewPolicy,
    ReviewStatus,
    Severity,
)

POLICY = "policy"
"""Who decided, where no person did."""

DESCRIPTION = "description"
"""How the facet is called that is a profile's own text."""

BY_RULE = "by rule"
"""Band of what a rule chose: it was compared with nothing."""

BY_HAND = "by hand"
"""Band of what an adviser chose, and section of the reason that says so."""

CHOSEN = translatable_form("reason", "An adviser chose this for you.")
CHOSEN_BECAUSE = translatable_form("reason", "An adviser chose this for you: {comment}")

CHANGED = translatable("the opportunity's content changed since it was approved")

AgainstKind = Literal["role", "budget", "excluded_keyword"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A passage that carried a score."""

    passage: str
    """Verbatim, cut at about 300 characters."""
    section: str
    facet: str
    """What of the profile it met."""
    terms: tuple[str, ...]
    """Words of the passage that the facet has too."""
    similarity: float
    facet_terms: tuple[str, ...] = ()
    """The same words as the facet has them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A share in a score."""

    name: str
    """What gave the points."""
    facet: str
    """What of the profile it is about; empty where it is the whole."""
    points: float
    """The points of all parts add up to the score; a penalty's are below 0."""


@dataclass(frozen=True, slots=True)
class Against:
    """What speaks against an opportunity; it was not dropped for it."""

    kind: AgainstKind
    text: str
    """One plain line."""


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """An opportunity worth proposing to a profile."""

    opportunity_id: int
    content_hash: str
    """Content of the opportunity that was scored."""
    score: float
    percentile: float
    band: str
    reasons: tuple[Reason, ...]
    eligibility: Eligibility | None = None
    """Who of us may apply; None where nobody judged."""
    basis: Basis = Basis.THEME
    probability: float | None = None
    """How likely (0..1) people call it useful; None where there is nothing to learn from."""
    parts: tuple[Part, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)
    """What the stages measured, by name."""
    against: tuple[Against, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptMatches:
    """Opportunity ids of what was kept for one profile."""

    new: tuple[int, ...]
    reopened: tuple[int, ...]
    """Approved before, changed since, and waiting for a decision again."""
    ended: tuple[int, ...]
    """Matched before, and no longer."""


def current_matches(session: Session, slug: str | None = None) -> Sequence[Match]:
    """Return what matches now, of one profile or of all, best first within each profile."""
    query = (
        select(Match)
        .join(Match.profile)
        .where(Match.current)
        .options(
            selectinload(Match.profile),
            selectinload(Match.reviews),
            selectinload(Match.opportunity).selectinload(Opportunity.cutoffs),
        )
        .order_by(Profile.slug, Match.basis == Basis.RULE, Match.score.desc(), Match.id)
    )
    return session.scalars(query if slug is None else query.where(Profile.slug == slug)).all()


def keep_matches(
    session: Session, profile: Profile, scored: Iterable[ScoredPair], now: datetime
) -> KeptMatches:
    """Insert or update the matches of ``profile``; what is not in ``scored`` stops being current.

    A new match starts where the profile's policy puts it. A known one keeps its review, unless it
    was approved and the opportunity changed since: then it is decided anew. What an adviser put
    there stays current, scored or not. What readers are not told of (``is_hidden``) no policy
    approves: that is for a person to decide.
    """
    stored = {
        match.opportunity_id: match
        for match in session.scalars(select(Match).where(Match.profile_id == profile.id))
    }
    new: list[int] = []
    reopened: list[int] = []
    pairs = {pair.opportunity_id: pair for pair in scored}
    for pair in pairs.values():
        match = stored.get(pair.opportunity_id)
        if match is None:
            _propose(session, profile, pair, now)
            new.append(pair.opportunity_id)
            continue
        if _decided_anew(session, profile, match, pair, now):
            reopened.append(pair.opportunity_id)
        _score(match, profile, pair, now)
    left = [m for key, m in stored.items() if m.current and key not in pairs]
    reopened += _changed_by_hand(session, [m for m in left if m.by_hand], now)
    ended = [m for m in left if not m.by_hand]
    for match in ended:
        match.current = False
    session.flush()
    return KeptMatches(tuple(new), tuple(reopened), tuple(m.opportunity_id for m in ended))


def _propose(session: Session, profile: Profile, pair: ScoredPair, now: datetime) -> None:
    match = Match(
        profile_id=profile.id,
        opportunity_id=pair.opportunity_id,
        review_status=ReviewStatus.PENDING,
        proposed_at=now,
    )
    _score(match, profile, pair, now)
    if _policy_approves(profile, pair):
        append(match, _by_policy(Decision.APPROVE, None, now))
    session.add(match)


def _score(match: Match, profile: Profile, pair: ScoredPair, now: datetime) -> None:
    match.basis = pair.basis
    match.score = pair.score
    match.percentile = pair.percentile
    match.probability = pair.probability
    match.band = pair.band
    match.eligibility = as_kept(pair.eligibility)
    match.reasons = [*words_of_advisers(match), *(_as_row(reason) for reason in pair.reasons)]
    match.parts = [asdict(part) for part in pair.parts]
    match.features = dict(pair.features)
    match.against = [asdict(against) for against in pair.against]
    match.content_hash = pair.content_hash
    match.profile_version = profile.version
    match.current = True
    match.scored_at = now


def chosen_because(comment: str | None) -> dict[str, Any]:
    """Return the reason of what an adviser chose, as it is kept."""
    words = CHOSEN_BECAUSE.format(comment=comment) if comment else CHOSEN
    return _as_row(Reason(words, BY_HAND, DESCRIPTION, (), 0.0))


def words_of_advisers(match: Match) -> list[dict[str, Any]]:
    """Return those reasons of ``match`` that an adviser gave, whatever the matcher found."""
    return [kept for kept in match.reasons or () if kept["section"] == BY_HAND]


def _as_row(reason: Reason) -> dict[str, Any]:
    lists = {"terms": list(reason.terms), "facet_terms": list(reason.facet_terms)}
    return asdict(reason) | lists


def _decided_anew(
    session: Session, profile: Profile, match: Match, pair: ScoredPair, now: datetime
) -> bool:
    """Return whether ``match`` was approved and now waits for a person again."""
    if match.review_status is not ReviewStatus.APPROVED or not _changed(
        session, match, pair.content_hash
    ):
        return False
    if _policy_approves(profile, pair):
        comment = "the opportunity's content changed; approved again"
        append(match, _by_policy(Decision.APPROVE, comment, now))
        return False
    append(match, _by_policy(Decision.REOPEN, CHANGED, now))
    return True


def _changed_by_hand(session: Session, chosen: Sequence[Match], now: datetime) -> list[int]:
    """Let what advisers chose, and no run scores, be decided anew where it changed."""
    ids = [match.opportunity_id for match in chosen]
    query = select(Opportunity.id, Opportunity.content_hash).where(Opportunity.id.in_(ids))
    rows = session.execute(query) if ids else ()
    contents = {row.id: row.content_hash for row in rows}
    reopened = []
    for match in chosen:
        content_hash = contents[match.opportunity_id]
        approved = match.review_status is ReviewStatus.APPROVED
        if approved and _changed(session, match, content_hash):
            append(match, _by_policy(Decision.REOPEN, CHANGED, now))
            reopened.append(match.opportunity_id)
        match.content_hash, match.scored_at = content_hash, now
    return reopened


def _changed(session: Session, match: Match, content_hash: str) -> bool:
    """Return whether the content differs in more than noise from what was last scored."""
    if match.content_hash == content_hash:
        return False
    severities = session.scalars(
        select(Change.severity).where(
            Change.opportunity_id == match.opportunity_id, Change.detected_at > match.scored_at
        )
    ).all()
    return not severities or any(s is not Severity.NOISE for s in severities)


def _policy_approves(profile: Profile, pair: ScoredPair) -> bool:
    if is_hidden(pair.eligibility, profile.roles):
        return False
    if profile.review_policy is ReviewPolicy.AUTO_ABOVE:
        return _is_above(profile.review_threshold, pair)
    return profile.review_policy is ReviewPolicy.AUTO


def _is_above(threshold: float | None, pair: ScoredPair) -> bool:
    """Return whether ``pair`` stands above ``threshold``; what a rule chose stands nowhere."""
    return threshold is not None and pair.basis is Basis.THEME and pair.percentile >= threshold


def _by_policy(decision: Decision, comment: str | None, now: datetime) -> Act:
    return Act(decision, POLICY, now, comment=comment)
