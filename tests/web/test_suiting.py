"""Searching for a group: by what the matcher found for it, for who may see that."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from jobs.library import Library
from matcher.eligibility import judge_of
from store.matches import BY_HAND, BY_RULE
from store.models import Basis, Profile
from store.sign_ins import sign_in
from tests.notifier.conftest import World
from tests.statements import counted
from tests.web.browser import Browser, check_page
from tests.web.conftest import SITE, Clock
from tests.web.finding import PATH
from web.app import create_app
from web.cookies import HOST


@pytest.fixture
def world(any_engine: Engine) -> Iterator[World]:
    with Session(any_engine) as session:
        yield World(session)


@pytest.fixture
def robots(world: World) -> Profile:
    """Return a group of the department ITK to which four of six topics were matched."""
    profile = world.profile("Robots")
    percentiles = {"Good": 0.8, "Better": 0.9}
    for title, percentile in percentiles.items():
        world.match(profile, world.opportunity(title), band="good", percentile=percentile)
    ruled = world.opportunity("Any subject")
    world.match(profile, ruled, band=BY_RULE, basis=Basis.RULE, percentile=0.0)
    world.match(profile, world.opportunity("Chosen"), band=BY_HAND, percentile=0.0)
    world.match(world.profile("Others"), world.opportunity("Elsewhere"))
    world.match(profile, world.opportunity("Matched once"), current=False)
    return profile


@pytest.fixture
def seeker(any_engine: Engine, settings: Settings, staffed: Settings, clock: Clock) -> TestClient:
    library = Library(judge_of(settings.configuration), None)
    return TestClient(create_app(staffed, any_engine, clock, library=library), base_url=SITE)


def come_in(client: TestClient, world: World, clock: Clock, address: str) -> Browser:
    person = world.subscriber(address=address)
    client.cookies.set(HOST, sign_in(world.session, person.id, clock.now))
    world.session.commit()
    return Browser(client)


def shown(browser: Browser, *names: str) -> list[str]:
    return sorted(names, key=lambda name: browser.answer.text.index(f">{name}</a></h2>"))


def test_what_suits_a_group_best_comes_first_and_what_was_not_matched_last(
    world: World, robots: Profile, seeker: TestClient, clock: Clock
) -> None:
    adviser = come_in(seeker, world, clock, "adviser@example.org")
    page = adviser.open(f"{PATH}?profile={robots.slug}").text
    check_page(adviser)
    order = shown(adviser, "Elsewhere", "Any subject", "Good", "Better", "Chosen")
    assert order == ["Chosen", "Better", "Good", "Any subject", "Elsewhere"]
    assert page.count("not matched to this group") == 2
    assert "chosen by hand" in page
    assert f'<option value="{robots.slug}" selected>' in page


def test_another_order_and_the_files_keep_the_group(
    world: World, robots: Profile, seeker: TestClient, clock: Clock
) -> None:
    adviser = come_in(seeker, world, clock, "adviser@example.org")
    fit = adviser.open(f"{PATH}?profile={robots.slug}&sort=fit")
    assert str(fit.url).endswith(f"?profile={robots.slug}")
    assert "good fit" in adviser.open(f"{PATH}?profile={robots.slug}&sort=deadline").text
    table = seeker.get(f"{PATH}.csv?profile={robots.slug}").text
    assert table.index("Chosen") < table.index("Better") < table.index("Elsewhere")


@pytest.mark.parametrize("address", ["", "contact@example.org"])
def test_who_may_not_see_a_group_finds_all_the_same_and_learns_nothing_of_it(
    world: World, seeker: TestClient, clock: Clock, address: str
) -> None:
    hidden = world.profile("Hidden")
    hidden.department = "iv"
    world.match(hidden, world.opportunity("Good"), band="good")
    reader = come_in(seeker, world, clock, address) if address else Browser(seeker)
    page = reader.open(f"{PATH}?profile={hidden.slug}").text
    assert "1 opportunity" in page
    assert "How well these fit a group is shown to its advisers" in page
    assert "good fit" not in page
    assert "Hidden" not in page


def test_a_search_for_a_group_asks_the_store_little_however_much_was_matched(
    world: World, robots: Profile, seeker: TestClient, clock: Clock, any_engine: Engine
) -> None:
    adviser = come_in(seeker, world, clock, "adviser@example.org")
    adviser.open(f"{PATH}?profile={robots.slug}")
    with counted(any_engine) as statements:
        adviser.open(f"{PATH}?profile={robots.slug}")
    asked = [one for one in statements if one.startswith("SELECT")]
    assert len(asked) <= 5
