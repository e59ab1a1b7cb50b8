"""What waits for whom: filters, paging, and how many statements a page takes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.acts import Act, append
from store.models import ChangeKind, Decision, Match, ReviewStatus
from store.queue import NOBODY, PAGE, Order, State, Wanted, changes_since_approval, queue_page
from tests.notifier.conftest import World
from tests.rows import cutoff_row
from tests.statements import counted

KARI = "kari@example.org"
Waiting = Callable[..., Match]


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def waiting(world: World) -> Waiting:
    """Return what adds a match that waits, of a profile and an opportunity of its own."""

    def add(**columns: Any) -> Match:
        opportunity = world.opportunity(**columns.pop("opportunity", {}))
        profile = world.profile()
        profile.department = columns.pop("department", "itk")
        return world.match(profile, opportunity, review_status=ReviewStatus.PENDING, **columns)

    return add


def found(session: Session, now: datetime, **wanted: Any) -> list[int]:
    return [match.id for match in queue_page(session, Wanted(**wanted), now).matches]


def test_what_fits_best_comes_first(session: Session, waiting: Waiting, now: datetime) -> None:
    good, best = waiting(percentile=0.9), waiting(percentile=0.99)
    assert found(session, now) == [best.id, good.id]


def test_the_nearest_deadline_comes_first_where_asked(
    session: Session, waiting: Waiting, now: datetime
) -> None:
    dates = [now + timedelta(days=days) for days in (90, 10)]
    late, soon = (waiting(opportunity={"cutoffs": [cutoff_row(one)]}) for one in dates)
    undated = waiting(opportunity={"cutoffs": []})
    assert found(session, now, order=Order.DEADLINE) == [soon.id, late.id, undated.id]
    assert found(session, now, days=30) == [soon.id]


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({"department": "imt"}, {"department": "imt"}),
        ({"department": "imt"}, {"departments": ("imt",)}),
        ({"opportunity": {"programme": "erasmus_plus"}}, {"programme": "erasmus_plus"}),
        ({"band": "possible"}, {"band": "possible"}),
        ({"assignee": KARI}, {"assignee": KARI}),
    ],
)
def test_the_queue_is_narrowed_to_what_is_asked_for(
    session: Session,
    waiting: Waiting,
    now: datetime,
    columns: dict[str, Any],
    wanted: dict[str, Any],
) -> None:
    other, asked = waiting(), waiting(**columns)
    assert found(session, now, **wanted) == [asked.id]
    assert other.id in found(session, now)


def test_what_nobody_looks_after_can_be_asked_for(
    session: Session, waiting: Waiting, now: datetime
) -> None:
    waiting(assignee=KARI)
    match = waiting()
    assert found(session, now, assignee=NOBODY) == [match.id]


def test_what_was_put_off_comes_back_by_itself(
    session: Session, waiting: Waiting, now: datetime
) -> None:
    match, until = waiting(), now + timedelta(days=3)
    append(match, Act(Decision.SNOOZE, KARI, now, until=until))
    session.flush()
    assert found(session, now) == []
    assert found(session, now, state=State.SNOOZED) == [match.id]
    assert found(session, until) == [match.id]
    assert found(session, until, state=State.SNOOZED) == []


def test_what_is_reopened_shows_what_changed_since_its_approval(
    session: Session, world: World, waiting: Waiting, now: datetime
) -> None:
    other, match = waiting(), waiting()
    world.change(match.opportunity, ChangeKind.BUDGET, detected_at=now - timedelta(days=9))
    append(match, Act(Decision.APPROVE, KARI, now - timedelta(days=5)))
    later = world.change(match.opportunity, ChangeKind.DEADLINE_LATER, detected_at=now)
    append(match, Act(Decision.REOPEN, "policy", now))
    session.flush()
    assert found(session, now, state=State.REOPENED) == [match.id]
    assert changes_since_approval(session, [other, match]) == {match.id: (later,)}


def test_a_page_takes_the_same_number_of_statements_whatever_it_holds(
    session: Session, waiting: Waiting, now: datetime, any_engine: Engine
) -> None:
    waiting()
    session.commit()
    numbers = []
    for more in (0, PAGE + 5):
        for _ in range(more):
            waiting()
        session.commit()
        session.expunge_all()
        with counted(any_engine) as said:
            page = queue_page(session, Wanted(), now)
            assert all(m.profile.name and m.opportunity.title for m in page.matches)
            assert all(m.reviews == [] and m.opportunity.cutoffs for m in page.matches)
        numbers.append(len(said))
    assert numbers[0] == numbers[1] <= 7
    assert (page.number, len(page.matches), page.more) == (PAGE + 6, PAGE, True)
    assert len(queue_page(session, Wanted(page=2), now).matches) == 6


def test_what_has_no_deadline_comes_behind_all_that_has_one_also_where_a_page_ends(
    session: Session, waiting: Waiting, now: datetime
) -> None:
    dates = [now + timedelta(days=PAGE + 2 - n) for n in range(PAGE + 2)]
    dated = [waiting(opportunity={"cutoffs": [cutoff_row(date)]}).id for date in dates]
    dateless = [waiting(opportunity={"cutoffs": []}, percentile=n / 100).id for n in range(PAGE)]
    pages = [found(session, now, order=Order.DEADLINE, page=page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [PAGE, PAGE, 2]
    assert [key for page in pages for key in page] == [*reversed(dated), *reversed(dateless)]


def test_a_match_is_placed_by_the_next_of_several_deadlines(
    session: Session, waiting: Waiting, now: datetime
) -> None:
    days = ([-3, 9], [5], [2, 7])
    several = [
        waiting(
            opportunity={
                "cutoffs": [
                    cutoff_row(now + timedelta(days=n), position=place)
                    for place, n in enumerate(ahead, start=1)
                ]
            }
        ).id
        for ahead in days
    ]
    assert found(session, now, order=Order.DEADLINE) == [several[2], several[1], several[0]]
