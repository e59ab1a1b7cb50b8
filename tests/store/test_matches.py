"""Keeping matches without forgetting what people decided."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.matches import (
    BY_RULE,
    Against,
    Part,
    Reason,
    ScoredPair,
    current_matches,
    keep_matches,
)
from store.models import (
    Basis,
    Change,
    ChangeKind,
    CrawlRun,
    Match,
    Opportunity,
    Profile,
    Review,
    ReviewPolicy,
    ReviewStatus,
    Revision,
    Severity,
)
from store.reviews import approve, pending_matches, reject

AddOpportunity = Callable[[str], Opportunity]
AddProfile = Callable[..., Profile]
REASON = Reason("Lighter ships.", "Scope", "description", ("ships",), 0.5)


def pair(opportunity: Opportunity, percentile: float = 0.95, content: str = "v1") -> ScoredPair:
    return ScoredPair(opportunity.id, content, 0.8, percentile, "good", (REASON,))


def the_match(session: Session) -> Match:
    return session.scalars(select(Match)).one()


def audit(session: Session) -> list[tuple[str, str]]:
    return [(r.by, r.decision.value) for r in session.scalars(select(Review).order_by(Review.id))]


@pytest.mark.parametrize(
    ("policy", "threshold", "status"),
    [
        (ReviewPolicy.REVIEW_ALL, None, ReviewStatus.PENDING),
        (ReviewPolicy.AUTO, None, ReviewStatus.APPROVED),
        (ReviewPolicy.AUTO_ABOVE, 0.95, ReviewStatus.APPROVED),
        (ReviewPolicy.AUTO_ABOVE, 0.96, ReviewStatus.PENDING),
    ],
)
def test_a_new_match_starts_where_the_policy_puts_it(  # noqa: PLR0917 - fixtures
    session: Session,
    add_opportunity: AddOpportunity,
    add_profile: AddProfile,
    now: datetime,
    policy: ReviewPolicy,
    threshold: float | None,
    status: ReviewStatus,
) -> None:
    opportunity = add_opportunity("A")
    kept = keep_matches(session, add_profile(policy, threshold), [pair(opportunity)], now)
    assert kept.new == (opportunity.id,)
    assert the_match(session).review_status is status
    expected = [("policy", "approve")] if status is ReviewStatus.APPROVED else []
    assert audit(session) == expected


def test_a_match_keeps_its_reasons_whole(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    keep_matches(session, add_profile(ReviewPolicy.AUTO), [pair(add_opportunity("A"))], now)
    session.expire_all()
    assert the_match(session).reasons == [
        {
            "passage": "Lighter ships.",
            "section": "Scope",
            "facet": "description",
            "terms": ["ships"],
            "similarity": 0.5,
            "facet_terms": [],
        }
    ]


@pytest.mark.parametrize("decide", [approve, reject])
def test_scoring_again_keeps_a_decision(
    session: Session,
    add_opportunity: AddOpportunity,
    add_profile: AddProfile,
    now: datetime,
    decide: Callable[..., Match],
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.REVIEW_ALL), add_opportunity("A")
    keep_matches(session, profile, [pair(opportunity)], now)
    match_id = the_match(session).id
    decided = approve(session, match_id, "kari", None, now)
    if decide is reject:
        decided = reject(session, match_id, "kari", "off_topic", None, now)
    before = decided.review_status
    kept = keep_matches(session, profile, [pair(opportunity, 0.5)], now + timedelta(days=1))
    assert (kept.new, kept.reopened) == ((), ())
    assert the_match(session).review_status is before
    assert the_match(session).percentile == 0.5
    assert the_match(session).proposed_at == now


def test_changed_content_reopens_what_was_approved(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.REVIEW_ALL), add_opportunity("A")
    keep_matches(session, profile, [pair(opportunity)], now)
    approve(session, the_match(session).id, "kari", None, now)
    kept = keep_matches(session, profile, [pair(opportunity, content="v2")], now)
    assert kept.reopened == (opportunity.id,)
    assert the_match(session).review_status is ReviewStatus.PENDING
    assert audit(session) == [("kari", "approve"), ("policy", "reopen")]


def test_changed_content_is_approved_again_where_the_policy_does(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.AUTO), add_opportunity("A")
    keep_matches(session, profile, [pair(opportunity)], now)
    kept = keep_matches(session, profile, [pair(opportunity, content="v2")], now)
    assert kept.reopened == ()
    assert the_match(session).review_status is ReviewStatus.APPROVED
    assert audit(session) == [("policy", "approve"), ("policy", "approve")]


@pytest.mark.parametrize(
    ("severity", "reopened"), [(Severity.NOISE, 0), (Severity.NOTABLE, 1), (Severity.CRITICAL, 1)]
)
def test_noise_does_not_reopen(  # noqa: PLR0917 - fixtures
    session: Session,
    add_opportunity: AddOpportunity,
    add_profile: AddProfile,
    now: datetime,
    severity: Severity,
    reopened: int,
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.REVIEW_ALL), add_opportunity("A")
    keep_matches(session, profile, [pair(opportunity)], now)
    approve(session, the_match(session).id, "kari", None, now)
    later = now + timedelta(days=1)
    add_change(session, opportunity, severity, later)
    kept = keep_matches(session, profile, [pair(opportunity, content="v2")], later)
    assert len(kept.reopened) == reopened
    assert the_match(session).content_hash == "v2"


def add_change(
    session: Session, opportunity: Opportunity, severity: Severity, at: datetime
) -> None:
    run = CrawlRun(source="horizon_europe", started_at=at)
    session.add(run)
    session.flush()
    revision = Revision(
        opportunity_id=opportunity.id,
        crawl_run_id=run.id,
        seen_at=at,
        content_hash="v2",
        fields={},
        raw=b"",
    )
    session.add(revision)
    session.flush()
    session.add(
        Change(
            opportunity_id=opportunity.id,
            revision_id=revision.id,
            kind=ChangeKind.TEXT,
            severity=severity,
            field="sections",
            detected_at=at,
        )
    )


def test_a_pair_that_no_longer_matches_stays_for_its_reviews(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.AUTO), add_opportunity("A")
    keep_matches(session, profile, [pair(opportunity)], now)
    assert keep_matches(session, profile, [], now).ended == (opportunity.id,)
    assert not the_match(session).current
    assert current_matches(session) == []
    assert keep_matches(session, profile, [], now).ended == ()


def test_a_pair_that_matches_again_is_not_new(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.AUTO), add_opportunity("A")
    keep_matches(session, profile, [pair(opportunity)], now)
    keep_matches(session, profile, [], now)
    assert keep_matches(session, profile, [pair(opportunity)], now).new == ()
    assert current_matches(session, "ships") == [the_match(session)]


def ruled(opportunity: Opportunity) -> ScoredPair:
    return ScoredPair(opportunity.id, "v1", 0.0, 0.0, BY_RULE, (REASON,), basis=Basis.RULE)


@pytest.mark.parametrize(
    ("policy", "threshold", "status"),
    [
        (ReviewPolicy.AUTO, None, ReviewStatus.APPROVED),
        (ReviewPolicy.AUTO_ABOVE, 0.0, ReviewStatus.PENDING),
    ],
)
def test_what_a_rule_chose_stands_above_no_threshold(  # noqa: PLR0917 - fixtures
    session: Session,
    add_opportunity: AddOpportunity,
    add_profile: AddProfile,
    now: datetime,
    policy: ReviewPolicy,
    threshold: float | None,
    status: ReviewStatus,
) -> None:
    profile = add_profile(policy, threshold)
    keep_matches(session, profile, [ruled(add_opportunity("a"))], now)
    assert the_match(session).review_status is status


def test_what_a_score_is_made_of_is_kept_and_adds_up(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    parts = (Part("meaning", "description", 0.9), Part("excluded", "", -0.1))
    objection = Against("budget", "how much a project gets is unknown")
    scored = replace(
        pair(add_opportunity("a")),
        parts=parts, features={"meaning": 1.5}, against=(objection,), probability=0.4,
    )  # fmt: skip
    keep_matches(session, add_profile(ReviewPolicy.REVIEW_ALL), [scored], now)
    session.expire_all()
    match = the_match(session)
    assert sum(part["points"] for part in match.parts) == pytest.approx(match.score)
    assert match.parts[1] == {"name": "excluded", "facet": "", "points": -0.1}
    assert (match.features, match.probability) == ({"meaning": 1.5}, 0.4)
    assert match.against == [{"kind": "budget", "text": "how much a project gets is unknown"}]


def test_what_a_rule_chose_stands_behind_every_theme(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    below = replace(pair(add_opportunity("themed")), score=-0.5)
    keep_matches(
        session, add_profile(ReviewPolicy.REVIEW_ALL), [ruled(add_opportunity("open")), below], now
    )
    assert [m.basis for m in current_matches(session)] == [Basis.THEME, Basis.RULE]
    assert [m.basis for m in pending_matches(session, now)] == [Basis.THEME, Basis.RULE]
