from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from store.estimates import Estimate, estimate
from store.filters import Filters
from store.models import CrawlRun, Endpoint, Feedback, ReviewStatus, Status, Verdict
from tests.notifier.conftest import World

ALL = Filters()


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def began(session: Session, now: datetime) -> datetime:
    """The first crawl, eight weeks ago."""
    at = now - timedelta(weeks=8)
    session.add(CrawlRun(source="x", endpoint=Endpoint.SEARCH_API, started_at=at))
    session.commit()
    return at


def test_what_is_open_waits_and_what_came_is_spread_over_the_weeks(
    world: World, began: datetime, now: datetime
) -> None:
    profile = world.profile()
    for week in range(4):
        at = began + timedelta(weeks=1 + week)
        world.match(profile, world.opportunity(first_seen_at=at))
    assert estimate(world.session, [profile.id], ALL, now) == Estimate(4, 4 / 26, 26)


@pytest.mark.parametrize(
    ("opens_on", "counted"),
    [(date(2026, 5, 5), True), (date(2025, 5, 5), False), (date(2026, 9, 1), False)],
)
def test_what_was_there_from_the_first_crawl_counts_by_its_opening(
    opens_on: date, counted: bool, world: World, began: datetime, now: datetime
) -> None:
    profile = world.profile()
    world.match(profile, world.opportunity(opens_on=opens_on, first_seen_at=began))
    found = estimate(world.session, [profile.id], ALL, now)
    assert found.a_week == counted / 26


@pytest.mark.usefixtures("began")
def test_an_item_of_two_profiles_counts_once(world: World, now: datetime) -> None:
    profiles, shared = [world.profile(), world.profile()], world.opportunity()
    for profile in profiles:
        world.match(profile, shared)
    assert estimate(world.session, [one.id for one in profiles], ALL, now).waiting == 1


@pytest.mark.usefixtures("began")
def test_what_nobody_would_be_told_of_does_not_count(world: World, now: datetime) -> None:
    profile = world.profile()
    world.match(profile, world.opportunity(), review_status=ReviewStatus.REJECTED)
    world.match(profile, world.opportunity(status=Status.CLOSED))
    unwanted = world.match(profile, world.opportunity())
    world.session.add(Feedback(match_id=unwanted.id, at=now, verdict=Verdict.NOT_FOR_US))
    world.match(profile, world.opportunity(), review_status=ReviewStatus.PENDING)
    world.session.commit()
    assert estimate(world.session, [profile.id], ALL, now).waiting == 1


@pytest.mark.usefixtures("began")
@pytest.mark.parametrize(
    ("filters", "waiting"),
    [
        (Filters(least_band="good"), 1),
        (Filters(least_band="strong"), 0),
        (Filters(programmes=("erasmus_plus",)), 0),
        (Filters(action_types=("RIA", "CSA")), 1),
    ],
)
def test_filters_hold_back_what_they_will_hold_back(
    filters: Filters, waiting: int, world: World, now: datetime
) -> None:
    profile = world.profile()
    world.match(profile, world.opportunity(), band="good")
    assert estimate(world.session, [profile.id], filters, now).waiting == waiting


def test_before_the_first_crawl_nothing_is_said_of_a_week(world: World, now: datetime) -> None:
    assert estimate(world.session, [world.profile().id], ALL, now) == Estimate(0, 0.0, 0)
