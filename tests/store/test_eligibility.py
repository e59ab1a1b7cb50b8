"""Who may apply, as a match keeps it, and what that does to approval by policy."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.eligibility import (
    ROLES,
    Answer,
    Consortium,
    Eligibility,
    Note,
    Rate,
    RoleVerdict,
    as_kept,
    is_barred,
    read_kept,
)
from store.matches import ScoredPair, keep_matches
from store.models import Match, Opportunity, Profile, ReviewPolicy, ReviewStatus

AddOpportunity = Callable[[str], Opportunity]
AddProfile = Callable[..., Profile]


def eligibility(*answers: Answer) -> Eligibility:
    return Eligibility(
        roles=tuple(
            RoleVerdict(role, answer, "why", "a-rule", "https://example.org/rule", "so it says")
            for role, answer in zip(ROLES, answers, strict=True)
        ),
        section="Eligible Countries",
        consortium=Consortium(3, 3, 3, 1, "three entities", "its own words"),
        single_applicant=False,
        rate=Rate(100, "100 %"),
        notes=(Note("A note.", "https://example.org/note", verified=False),),
        demands=("At least one museum.",),
    )


COORDINATOR_NO = eligibility("no", "yes", "yes")
ALL_NO = eligibility("no", "no", "no")


def test_what_is_kept_is_read_back_whole() -> None:
    kept = json.loads(json.dumps(as_kept(COORDINATOR_NO)))
    assert read_kept(kept) == COORDINATOR_NO


def test_where_nobody_judged_nothing_is_kept() -> None:
    assert as_kept(None) == {}
    assert read_kept({}) is None


def test_what_is_kept_in_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="roles"):
        read_kept({"verdict": "no"})


@pytest.mark.parametrize(
    ("found", "roles", "barred"),
    [
        (None, [], False),
        (ALL_NO, [], True),
        (ALL_NO, ["beneficiary"], True),
        (COORDINATOR_NO, [], False),
        (COORDINATOR_NO, ["coordinator"], True),
        (COORDINATOR_NO, ["coordinator", "beneficiary"], False),
        (eligibility("unknown", "unknown", "unknown"), [], False),
        (eligibility("no", "no", "unknown"), ["coordinator", "beneficiary"], True),
    ],
)
def test_a_match_is_barred_where_every_role_of_the_profile_is_no(
    found: Eligibility | None, roles: list[str], barred: bool
) -> None:
    assert is_barred(found, roles) is barred


@pytest.mark.parametrize(
    ("found", "roles", "status"),
    [
        (ALL_NO, [], ReviewStatus.PENDING),
        (COORDINATOR_NO, ["coordinator"], ReviewStatus.PENDING),
        (COORDINATOR_NO, [], ReviewStatus.APPROVED),
        (None, [], ReviewStatus.APPROVED),
    ],
)
def test_no_policy_approves_what_is_barred(  # noqa: PLR0917 - fixtures
    session: Session,
    add_opportunity: AddOpportunity,
    add_profile: AddProfile,
    now: datetime,
    found: Eligibility | None,
    roles: list[str],
    status: ReviewStatus,
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.AUTO), add_opportunity("A")
    profile.roles = roles
    pair = ScoredPair(opportunity.id, "v1", 0.8, 0.95, "good", (), found)
    keep_matches(session, profile, [pair], now)
    match = session.scalars(select(Match)).one()
    assert (match.review_status, read_kept(match.eligibility)) == (status, found)


def test_what_becomes_barred_as_it_changes_waits_for_a_person(
    session: Session, add_opportunity: AddOpportunity, add_profile: AddProfile, now: datetime
) -> None:
    profile, opportunity = add_profile(ReviewPolicy.AUTO), add_opportunity("A")
    before = ScoredPair(opportunity.id, "v1", 0.8, 0.95, "good", (), COORDINATOR_NO)
    keep_matches(session, profile, [before], now)
    after = ScoredPair(opportunity.id, "v2", 0.8, 0.95, "good", (), ALL_NO)
    kept = keep_matches(session, profile, [after], now + timedelta(days=1))
    assert kept.reopened == (opportunity.id,)
    match = session.scalars(select(Match)).one()
    assert match.review_status is ReviewStatus.PENDING
    assert read_kept(match.eligibility) == ALL_NO
