"""A university's readers, each due a digest of the size that readers get."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.db import open_engine, upgrade
from store.eligibility import Consortium, Eligibility, Rate, RoleVerdict, as_kept
from store.models import (
    Cadence,
    Opportunity,
    Profile,
    Subscriber,
    SubscriberState,
    Subscription,
)
from tests.notifier.conftest import World, cutoff, reason

NOW = datetime(2026, 5, 20, 6, tzinfo=UTC)
JOINED = NOW - timedelta(days=30)
PROFILES, OPPORTUNITIES, FITTING = 60, 48, 4
"""Groups, what is open, and how much of it fits a group; a reader follows two of them."""

PASSAGE = (
    "Proposals are expected to develop and demonstrate autonomous vehicles number {n} that inspect,"
    " maintain and repair offshore wind farms safely in all seasons, with the operators who will"
    " use them, and to show by {year} what they cost and what they save at sea."
)
ROLE_SAYS = "An organisation from an associated country may take this role under the same terms."
WHO = as_kept(
    Eligibility(
        roles=(
            RoleVerdict("coordinator", "yes", ROLE_SAYS, "horizon-associated", ""),
            RoleVerdict("beneficiary", "yes", ROLE_SAYS, "horizon-associated", ""),
            RoleVerdict("associated_partner", "yes", ROLE_SAYS, None, ""),
        ),
        section="Conditions",
        consortium=Consortium(3, 3, 3, 1, "three entities in three countries"),
        single_applicant=False,
        rate=Rate(100, "100 %"),
        notes=(),
        demands=("This topic requires the involvement, as beneficiaries, of at least 3 ports.",),
    )
)


@contextmanager
def readership(number: int) -> Iterator[Engine]:
    """Yield a store with so many readers, each of two groups and due a digest."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/bench.db")
        upgrade(engine)
        with Session(engine, expire_on_commit=False) as session:
            profiles = _profiles(World(session))
            for start in range(0, number, 500):
                some = range(start, min(number, start + 500))
                session.add_all(_reader(n, profiles) for n in some)
                session.commit()
        yield engine
        engine.dispose()


def _profiles(world: World) -> list[Profile]:
    """Return groups of which each has its own part of what is open."""
    opportunities = [_opportunity(world, number) for number in range(OPPORTUNITIES)]
    profiles = [world.profile(f"Robots at Sea {number}") for number in range(PROFILES)]
    for number, profile in enumerate(profiles):
        for place in range(FITTING):
            fitting = opportunities[(5 * number + place) % OPPORTUNITIES]
            reasons = [_reason(10 * number + place), _reason(place)][: 2 if place == 0 else 1]
            world.match(profile, fitting, reasons=reasons, eligibility=WHO)
    return profiles


def _opportunity(world: World, number: int) -> Opportunity:
    """Return something that closes soon, every other time, or later."""
    day = date(2026, 6, 2) if number % 2 else date(2026, 9, 15)
    title = f"Autonomous vehicles that inspect and repair offshore wind farms, part {number}"
    return world.opportunity(title, cutoffs=[cutoff(day + timedelta(days=number % 5))])


def _reason(number: int) -> dict[str, object]:
    passage = PASSAGE.format(n=number, year=2030 + number % 5)
    return reason(passage, terms=["vehicles", "offshore"], facet_terms=["vehicles"])


def _reader(number: int, profiles: list[Profile]) -> Subscriber:
    turn, first = divmod(number, PROFILES)
    followed = (profiles[first], profiles[(first + 7 * turn + 11) % PROFILES])
    return Subscriber(
        address=f"reader{number}@example.org",
        language="en",
        time_zone="Europe/Oslo",
        state=SubscriberState.ACTIVE,
        consent="test",
        created_at=JOINED,
        confirmed_at=JOINED,
        subscriptions=[
            Subscription(
                profile=profile, cadence=Cadence.WEEKLY, scheduled_at=JOINED, created_at=JOINED
            )
            for profile in set(followed)
        ],
    )
