"""How far matches came, and applications: counted alike on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.acts import Act, append
from store.applications import (
    Entered,
    OvertakenError,
    application_history,
    applications_as_they_stand,
    enter,
)
from store.coverage import Award, By, Period, Question, awards, counts, readers_of
from store.models import (
    ApplicationState,
    Decision,
    Feedback,
    Match,
    Message,
    MessageItem,
    MessageState,
    Purpose,
    Review,
    Subscriber,
    Verdict,
)
from store.stages import DATED, STAGES, Stage
from tests.notifier.conftest import World

MAY, JUNE = datetime(2026, 5, 10, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC)
SUMMER = Period(date(2026, 5, 1), date(2026, 6, 30), ZoneInfo("Europe/Oslo"))
WHO = "adviser@example.org"


@pytest.fixture
def session(any_engine: Engine) -> Iterator[Session]:
    with Session(any_engine) as session:
        yield session


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def match(world: World) -> Match:
    return world.match(world.profile(), world.opportunity(), proposed_at=MAY)


def asked(by: By = By.PROFILE, period: Period = SUMMER) -> Question:
    return Question(by, period, None)


def approve(match: Match, at: datetime = MAY) -> Review:
    return append(match, Act(Decision.APPROVE, WHO, at))


def tell(session: Session, reader: Subscriber, match: Match, at: datetime) -> Message:
    message = Message(
        subscriber_id=reader.id,
        purpose=Purpose.DIGEST,
        message_id=f"<{at.isoformat()}-{reader.id}@example.org>",
        state=MessageState.SENT,
        composed_at=at,
        sent_at=at,
        body=b"",
        items=[MessageItem(opportunity_id=match.opportunity_id, content_hash="one")],
    )
    session.add(message)
    session.flush()
    return message


def apply(
    session: Session, match: Match, state: ApplicationState, day: date, amount: int | None = None
) -> None:
    known = None if amount is None else Decimal(amount)
    seen = len(application_history(session, match.profile_id, match.opportunity_id))
    entered = Entered(state, day, known, None, WHO, MAY)
    enter(session, match.profile, match.opportunity, entered, seen)


def test_every_stage_is_counted_and_knows_whether_it_has_days() -> None:
    assert set(STAGES) == set(Stage)
    assert set(DATED) < set(Stage)


def test_a_match_is_counted_at_each_stage_when_it_first_came_there(
    session: Session, world: World, match: Match
) -> None:
    reader = world.subscriber(match.profile)
    approve(match, MAY)
    tell(session, reader, match, MAY + timedelta(days=1))
    tell(session, reader, match, JUNE)
    said = Feedback(match_id=match.id, subscriber_id=reader.id, at=JUNE, verdict=Verdict.USEFUL)
    session.add(said)
    apply(session, match, ApplicationState.SUBMITTED, date(2026, 6, 11))
    apply(session, match, ApplicationState.AWARDED, date(2026, 6, 30), 2_000_000)
    found = counts(session, asked(By.MONTH))
    assert found == {
        Stage.MATCHED: {0: 1},
        Stage.APPROVED: {0: 1},
        Stage.SENT: {0: 1},
        Stage.USEFUL: {1: 1},
        Stage.APPLIED: {1: 1},
        Stage.AWARDED: {1: 1},
    }
    slug = match.profile.slug
    assert counts(session, asked())[Stage.SENT] == {slug: 1}
    assert counts(session, asked(By.PROGRAMME))[Stage.AWARDED] == {"horizon_europe": 1}
    assert awards(session, asked()) == {slug: Award(Decimal(2_000_000), 0)}


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        (datetime(2026, 4, 30, 21, 59, tzinfo=UTC), 0),
        (datetime(2026, 4, 30, 22, 0, tzinfo=UTC), 1),  # midnight in Oslo
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), 1),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), 0),
    ],
)
def test_a_period_begins_and_ends_at_midnight_of_the_organisation(
    session: Session, world: World, at: datetime, counted: int
) -> None:
    world.match(world.profile(), world.opportunity(), proposed_at=at)
    assert sum(counts(session, asked())[Stage.MATCHED].values()) == counted


def test_an_approval_that_was_taken_back_was_none(session: Session, match: Match) -> None:
    review = approve(match)
    session.flush()
    append(match, Act(Decision.UNDO, WHO, MAY)).undoes_id = review.id
    session.flush()
    assert counts(session, asked())[Stage.APPROVED] == {}


def test_a_mail_counts_for_the_groups_its_reader_followed_and_that_were_approved(
    session: Session, world: World, match: Match
) -> None:
    waiting = world.match(world.profile("Waiting"), match.opportunity, proposed_at=MAY)
    foreign = world.match(world.profile("Foreign"), match.opportunity, proposed_at=MAY)
    reader = world.subscriber(match.profile, waiting.profile)
    approve(match)
    approve(foreign)
    tell(session, reader, match, JUNE)
    assert counts(session, asked())[Stage.SENT] == {match.profile.slug: 1}


def test_a_mail_that_did_not_leave_told_nobody(
    session: Session, world: World, match: Match
) -> None:
    approve(match)
    tell(session, world.subscriber(match.profile), match, JUNE).state = MessageState.FAILED
    assert counts(session, asked())[Stage.SENT] == {}


def test_only_the_last_word_of_each_reader_says_useful(
    session: Session, world: World, match: Match
) -> None:
    reader = world.subscriber(match.profile)
    for verdict in (Verdict.USEFUL, Verdict.NOT_FOR_US):
        said = Feedback(match_id=match.id, subscriber_id=reader.id, at=MAY, verdict=verdict)
        session.add(said)
        session.flush()
    assert counts(session, asked())[Stage.USEFUL] == {}
    assert readers_of(session, None) == {match.profile.slug: frozenset({reader.id})}


def test_an_application_entered_by_mistake_counts_nowhere(session: Session, match: Match) -> None:
    apply(session, match, ApplicationState.AWARDED, date(2026, 6, 1))
    assert awards(session, asked()) == {match.profile.slug: Award(Decimal(0), 1)}
    apply(session, match, ApplicationState.MISTAKEN, date(2026, 6, 2))
    found = counts(session, asked())
    assert found[Stage.APPLIED] == found[Stage.AWARDED] == {}
    assert awards(session, asked()) == {}
    assert applications_as_they_stand(session, None) == []


def test_a_plan_is_no_application_yet(session: Session, match: Match) -> None:
    apply(session, match, ApplicationState.PLANNED, date(2026, 6, 1))
    assert counts(session, asked())[Stage.APPLIED] == {}
    assert len(applications_as_they_stand(session, [match.profile.department])) == 1
    assert applications_as_they_stand(session, ["imt"]) == []


def test_an_entry_on_what_changed_meanwhile_is_not_made(session: Session, match: Match) -> None:
    entered = Entered(ApplicationState.PLANNED, date(2026, 6, 1), None, None, WHO, MAY)
    enter(session, match.profile, match.opportunity, entered, 0)
    with pytest.raises(OvertakenError):
        enter(session, match.profile, match.opportunity, entered, 0)
    assert len(application_history(session, match.profile_id, match.opportunity_id)) == 1


def test_only_the_departments_asked_for_are_counted(session: Session, match: Match) -> None:
    assert match.profile.department == "itk"
    for departments, number in ((["itk"], 1), (["imt"], 0), ([], 0)):
        question = Question(By.PROFILE, SUMMER, departments)
        assert sum(counts(session, question)[Stage.MATCHED].values()) == number
