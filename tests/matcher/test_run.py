"""A run of the matcher from the store to the store."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.bottom_up import open_kinds
from config.settings import SHIPPED
from matcher.eligibility import judge_of
from matcher.embedder import Embedder, TextModel
from matcher.run import Means, match_profiles
from store.eligibility import read_kept
from store.models import Match, Opportunity, Profile, ReviewStatus, Status
from store.profiles import UnknownProfileError
from store.reviews import approve_all

Opportunities = Callable[..., Opportunity]
Profiles = Callable[..., Profile]


@pytest.fixture
def means(embedder: Embedder) -> Means:
    return Means(TextModel(embedder, embedder), judge_of(SHIPPED), open_kinds(SHIPPED))


@pytest.fixture
def stored(session: Session, opportunity: Opportunities, profile: Profiles) -> None:
    """Eight topics, one for ships, one for schools, and a profile for each of the two."""
    session.add_all(
        [
            opportunity("1", "Ships at sea", "Lighter ships that sail the sea in strong wind."),
            opportunity("2", "Teachers", "Every school needs a teacher who stays at school."),
            *(opportunity(str(n), f"Paper {n}", "Forms to be filled.") for n in range(3, 9)),
            profile("ships", "We build ships that go to sea.", keywords=[]),
            profile("schools", "A teacher works at a school."),
        ]
    )
    session.commit()


def kept(session: Session) -> dict[tuple[str, str], float]:
    session.expire_all()
    found = session.scalars(select(Match).where(Match.current))
    return {(m.profile.slug, m.opportunity.topic_id): m.score for m in found}


@pytest.mark.usefixtures("stored")
def test_each_profile_gets_what_it_works_on(
    engine: Engine, session: Session, means: Means, now: datetime
) -> None:
    run = match_profiles(engine, means, now)
    assert set(kept(session)) == {("ships", "T-1"), ("schools", "T-2")}
    assert [(r.slug, r.matched, r.new) for r in run.results] == [("schools", 1, 1), ("ships", 1, 1)]
    assert run.results[1].best[0].band == "strong"
    (reason,) = run.results[1].best[0].reasons
    assert reason.passage == "Lighter ships that sail the sea in strong wind."
    assert reason.terms == ("ships", "sea")


@pytest.mark.usefixtures("stored")
def test_a_second_run_embeds_nothing_and_changes_nothing(
    engine: Engine, session: Session, means: Means, now: datetime
) -> None:
    first = match_profiles(engine, means, now)
    before = kept(session)
    told: list[tuple[int, int]] = []
    second = match_profiles(
        engine, means, now, progress=lambda done, total: told.append((done, total))
    )
    assert first.embedded > 0
    assert (second.embedded, told) == (0, [])
    assert [result.new for result in second.results] == [0, 0]
    assert kept(session) == before


@pytest.mark.usefixtures("stored")
def test_a_profile_more_changes_no_score_of_another(
    engine: Engine, session: Session, profile: Profiles, means: Means, now: datetime
) -> None:
    match_profiles(engine, means, now)
    before = kept(session)
    session.add(profile("grids", "Wind in the grid, a battery for the grid."))
    session.commit()
    match_profiles(engine, means, now)
    after = kept(session)
    assert {pair: after[pair] for pair in before} == before


@pytest.mark.usefixtures("stored")
def test_one_profile_can_be_matched_alone(
    engine: Engine, session: Session, means: Means, now: datetime
) -> None:
    run = match_profiles(engine, means, now, ["ships"])
    assert [result.slug for result in run.results] == ["ships"]
    assert set(kept(session)) == {("ships", "T-1")}


@pytest.mark.usefixtures("stored")
def test_what_has_closed_is_not_matched_any_more(
    engine: Engine, session: Session, means: Means, now: datetime
) -> None:
    match_profiles(engine, means, now)
    run = match_profiles(engine, means, now + timedelta(days=60))
    assert kept(session) == {}
    assert [result.ended for result in run.results] == [1, 1]
    assert run.note == "no opportunity is open or forthcoming"


@pytest.mark.usefixtures("stored")
def test_one_closed_topic_is_left_out_of_the_rest(
    engine: Engine, session: Session, means: Means, now: datetime
) -> None:
    ships = session.scalars(select(Opportunity).where(Opportunity.reference == "1")).one()
    ships.status = Status.CLOSED
    session.commit()
    match_profiles(engine, means, now)
    assert set(kept(session)) == {("schools", "T-2")}


@pytest.mark.usefixtures("stored")
def test_changed_content_is_reviewed_again(
    engine: Engine, session: Session, means: Means, now: datetime
) -> None:
    match_profiles(engine, means, now)
    approve_all(session, "kari", now)
    ships = session.scalars(select(Opportunity).where(Opportunity.reference == "1")).one()
    ships.content_hash = "v2"
    session.commit()
    run = match_profiles(engine, means, now)
    assert [(r.slug, r.reopened) for r in run.results] == [("schools", 0), ("ships", 1)]
    session.expire_all()
    statuses = {m.profile.slug: m.review_status for m in session.scalars(select(Match))}
    assert statuses == {"ships": ReviewStatus.PENDING, "schools": ReviewStatus.APPROVED}


def test_a_run_without_profiles_says_so(engine: Engine, means: Means, now: datetime) -> None:
    run = match_profiles(engine, means, now)
    assert run.results == ()
    assert run.note == "there are no profiles to match"


@pytest.mark.usefixtures("stored")
def test_an_unknown_profile_is_told(engine: Engine, means: Means, now: datetime) -> None:
    with pytest.raises(UnknownProfileError, match="did you mean ships"):
        match_profiles(engine, means, now, ["ship"])


@pytest.mark.usefixtures("stored")
def test_a_match_keeps_who_may_apply_and_forgets_what_is_no_longer_so(
    engine: Engine, session: Session, means: Means, now: datetime
) -> None:
    match_profiles(engine, means, now)
    ships = session.scalars(select(Opportunity).where(Opportunity.reference == "1")).one()
    (match,) = session.scalars(select(Match).where(Match.opportunity_id == ships.id))
    before = read_kept(match.eligibility)
    assert before is not None
    assert before.verdict("coordinator").rule_id == "horizon-ria"
    ships.action_types = ["HORIZON-EIC-ACC"]
    session.commit()
    match_profiles(engine, means, now)
    session.refresh(match)
    after = read_kept(match.eligibility)
    assert after is not None
    assert {verdict.answer for verdict in after.roles} == {"no"}
