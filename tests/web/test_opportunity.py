"""The page of one opportunity: who may apply, when, for how much, and what happened to it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from config.settings import Settings
from store.models import ChangeKind, OpenTo, Origin, Severity, Status
from store.sign_ins import sign_in
from tests.notifier.conftest import BEFORE, World, cutoff
from tests.statements import counted
from tests.web.browser import Browser, check_page
from tests.web.finding import PATH, searching
from web.cookies import PLAIN


@pytest.fixture
def world(any_engine: Engine) -> Iterator[World]:
    with Session(any_engine) as session:
        yield World(session)


@pytest.fixture
def reader(any_engine: Engine, settings: Settings, now: datetime) -> TestClient:
    return searching(any_engine, settings, now)


def page_of(client: TestClient, reference: str, query: str = "") -> str:
    answer = client.get(f"{PATH}/{reference}{query}")
    assert answer.status_code == 200
    return " ".join(answer.text.split())


def test_the_first_fact_is_who_may_apply_and_in_which_role(
    world: World, reader: TestClient
) -> None:
    page = page_of(reader, world.opportunity().reference)
    titles = ("Who may apply", "Deadlines", "Budget", "History")
    places = [page.index(f"<h2>{title}</h2>") for title in titles]
    assert places == sorted(places)
    assert '<dt>Coordinator</dt> <dd><strong class="answer yes">yes</strong>' in page
    assert "at least three organisations" in page or "at least 3 organisations" in page


def test_the_head_of_the_page_tells_the_deadline_of_what_is_yet_to_open(
    world: World, reader: TestClient
) -> None:
    later = world.opportunity(status=Status.FORTHCOMING, opens_on=date(2026, 7, 1))
    head = page_of(reader, later.reference).split("<h2>Who may apply</h2>")[0]
    assert "opens 1 July 2026" in head
    assert "15 September 2026" in head


def test_the_others_of_its_call_and_destination_are_one_click_away(
    world: World, reader: TestClient
) -> None:
    one = world.opportunity("One", call_id="CALL-1", call_title="Seas", destination="Blue & deep")
    world.opportunity("Two", call_id="CALL-1")
    page = page_of(reader, one.reference)
    assert f'<a href="{PATH}?call=CALL-1">Seas</a>' in page
    assert f'<a href="{PATH}?destination=Blue+%26+deep">Blue &amp; deep</a>' in page
    assert "2 opportunities" in reader.get(f"{PATH}?call=CALL-1").text


def test_a_second_stage_is_never_open_to_all(world: World, reader: TestClient) -> None:
    first = cutoff(date(2026, 9, 15), stage=1)
    second = cutoff(
        date(2027, 2, 2), position=2, stage=2, open_to=OpenTo.INVITED, origin=Origin.RULE
    )
    page = page_of(reader, world.opportunity(cutoffs=[first, second]).reference)
    assert "<td>Stage 1, open to all</td>" in page
    assert "<td>Stage 2, by invitation only</td>" in page
    assert "the hour is the programme&#39;s rule" in page


def test_money_is_told_of_topic_project_and_grants_apart(world: World, reader: TestClient) -> None:
    page = page_of(reader, world.opportunity().reference)
    assert "<dt>The whole topic</dt><dd>EUR 24 million in all</dd>" in page
    assert "<dt>Each project</dt><dd>EUR 7–9 million</dd>" in page
    assert "<dt>Grants expected</dt><dd>3 grants</dd>" in page


def test_money_that_is_not_stated_is_no_zero(world: World, reader: TestClient) -> None:
    silent = world.opportunity(
        budget_eur=None,
        min_contribution_eur=None,
        max_contribution_eur=None,
        expected_grants=None,
    )
    assert page_of(reader, silent.reference).count("<dd>not stated by the source</dd>") == 3


def test_history_tells_what_was_before_and_after(world: World, reader: TestClient) -> None:
    opportunity = world.opportunity()
    world.change(opportunity, ChangeKind.DEADLINE_EARLIER, before="2026-09-23", after="2026-09-15")
    world.change(
        opportunity, ChangeKind.OTHER, severity=Severity.NOISE, before="quiet", after="noise"
    )
    page = page_of(reader, opportunity.reference)
    assert "<strong>the deadline moved earlier</strong>" in page
    assert "<del>23 September 2026</del>" in page
    assert "<ins>15 September 2026</ins>" in page
    assert "noise" not in page


def test_what_its_source_does_not_return_is_marked(world: World, reader: TestClient) -> None:
    page = page_of(reader, world.opportunity(missing_since=BEFORE).reference)
    assert "The source has not returned it since 1 May 2026." in page


def test_profiles_are_not_shown_to_who_is_not_signed_in(world: World, reader: TestClient) -> None:
    opportunity = world.opportunity()
    world.match(world.profile("Ocean Robotics"), opportunity)
    page = page_of(reader, opportunity.reference)
    assert "Ocean Robotics" not in page
    assert "Profiles it fits" not in page


def test_who_is_signed_in_sees_the_profiles_and_why(
    world: World, any_engine: Engine, reader: TestClient, now: datetime
) -> None:
    opportunity = world.opportunity()
    world.match(world.profile("Ocean Robotics"), opportunity)
    reference = opportunity.reference
    adviser = world.subscriber(address=LOCAL.address)
    with Session(any_engine) as session:
        reader.cookies.set(PLAIN, sign_in(session, adviser.id, now))
        session.commit()
    page = page_of(reader, reference)
    assert ">Ocean Robotics</a></h3>" in page
    assert f'href="/desk/unmatched/{reference}"' in page
    assert "strong fit · fits better than 90 % of the open calls" in page
    assert "Autonomous vehicles inspect wind farms." in page


def test_an_opportunity_nobody_knows_is_not_there(reader: TestClient) -> None:
    assert reader.get(f"{PATH}/NOTHING").status_code == 404


def test_a_link_that_is_none_is_not_shown(world: World, reader: TestClient) -> None:
    page = page_of(reader, world.opportunity(url="javascript:alert(1)").reference)
    assert "javascript" not in page


def test_a_page_is_in_the_language_that_is_asked_for(world: World, reader: TestClient) -> None:
    page = page_of(reader, world.opportunity().reference, "?language=nb")
    assert "<h2>Frister</h2>" in page


def test_a_page_costs_as_many_queries_however_much_happened(
    world: World, any_engine: Engine, reader: TestClient
) -> None:
    opportunity = world.opportunity(
        cutoffs=[cutoff(date(2026, 9, day), position=day) for day in range(1, 9)],
        budget_eur=Decimal(1),
    )
    for _ in range(10):
        world.change(opportunity, ChangeKind.TEXT, before="a", after="b")
    reference = opportunity.reference
    with counted(any_engine) as statements:
        reader.get(f"{PATH}/{reference}")
    assert len(statements) == 3


def test_a_page_is_labelled_for_everybody(world: World, reader: TestClient) -> None:
    browser = Browser(reader)
    browser.open(f"{PATH}/{world.opportunity().reference}")
    check_page(browser)
