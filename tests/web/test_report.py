"""Reports and applications, as a person without scripts uses them."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from config.internal_deadlines import InternalDeadlines
from config.organisation import read_organisation
from config.settings import SHIPPED, Settings
from notifier.publishing import Publisher
from store.models import Application, ApplicationState, Match
from store.sign_ins import sign_in
from store.stages import Stage
from tests.notifier.conftest import World
from tests.rows import profile_row
from tests.web.browser import Browser, check_page
from tests.web.conftest import contents
from web.app import create_app
from web.cookies import PLAIN
from web.report_privacy import EVERYTHING, department_key, withheld
from web.report_rows import Grouping, Remark
from web.report_words import APPLICATION_STATES, GROUPINGS, REMARKS, STAGES

MOST_QUERIES = 16


@pytest.fixture
def match(world: World) -> Match:
    return world.match(world.profile("=Ocean Robotics"), world.opportunity())


@pytest.fixture
def office(engine: Engine, settings: Settings, world: World, key: str, now: datetime) -> Browser:
    """Return the browser of the administrator, who is signed in."""
    assert key
    secret = sign_in(world.session, world.subscriber(address=LOCAL.address).id, now)
    world.session.commit()
    publisher = Publisher(InternalDeadlines(rules=()), settings)
    client = TestClient(create_app(settings, engine, lambda: now, publisher))
    client.cookies.set(PLAIN, secret)
    return Browser(client)


def address_of(match: Match) -> str:
    return f"/applications/{match.profile.slug}/{match.opportunity.reference}"


def entries(session: Session) -> list[tuple[ApplicationState, Decimal | None]]:
    session.rollback()
    query = select(Application.state, Application.amount_eur).order_by(Application.id)
    return [(state, amount) for state, amount in session.execute(query)]


def test_everything_has_words() -> None:
    assert set(STAGES) == set(Stage)
    assert set(GROUPINGS) == set(Grouping)
    assert set(REMARKS) == set(Remark)
    assert set(APPLICATION_STATES) == set(ApplicationState)


@pytest.mark.parametrize("path", ["/reports", "/reports.csv", "/applications"])
def test_reports_are_for_who_is_signed_in(office: Browser, path: str) -> None:
    office.client.cookies.clear()
    assert office.client.get(path, follow_redirects=False).status_code == 303


@pytest.mark.usefixtures("match")
@pytest.mark.parametrize("by", list(Grouping))
@pytest.mark.parametrize("language", ["en", "nb"])
def test_each_report_has_a_table_and_changes_nothing(
    office: Browser, engine: Engine, by: str, language: str
) -> None:
    before = contents(engine)
    assert office.open(f"/reports?by={by}&language={language}").status_code == 200
    check_page(office)
    assert "<caption>" in office.answer.text
    assert contents(engine) == before


@pytest.mark.usefixtures("match")
def test_departments_with_nothing_are_named_with_the_reason(office: Browser) -> None:
    text = office.open("/reports?by=department").text
    number = len(read_organisation(SHIPPED).departments())
    assert text.count("no profile yet</span>") == number - 1
    assert f"{number - 1} departments have no profile yet" in text
    text = office.open("/reports?by=department&first=2026-05-10&last=2026-05-20").text
    assert text.count("no match in this time</span>") == 1


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("first=2026-05-02&last=2026-05-01", "The last day must not be before the first."),
        ("first=2001-01-01&last=2026-01-01", "Choose five years at most."),
    ],
)
def test_a_period_that_cannot_be_used_is_told(office: Browser, query: str, says: str) -> None:
    assert office.open(f"/reports?{query}").status_code == 422
    assert says in office.answer.text


@pytest.mark.usefixtures("match")
def test_files_hold_what_is_shown_and_no_formula(office: Browser) -> None:
    body = office.open("/reports.csv?by=profile").content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(body)))
    assert rows[0][:3] == ["Group", "Part of", "Matched"]
    assert rows[1][0] == "'=Ocean Robotics"
    assert [row[2] for row in rows[1:]] == ["1", "1"]
    with ZipFile(BytesIO(office.open("/reports.xlsx?by=profile").content)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert office.open("/reports.pdf").status_code == 404


def test_an_application_is_entered_step_by_step_and_closes_the_funnel(
    office: Browser, match: Match, session: Session
) -> None:
    assert address_of(match) in office.open(f"/desk/matches/{match.id}").text
    office.open(address_of(match))
    check_page(office)
    office.press(match.opportunity.reference, state="submitted", day="2026-05-11", amount="")
    assert "It is entered." in office.answer.text
    office.press(match.opportunity.reference, state="awarded", day="2026-05-20", amount="2 500 000")
    assert entries(session) == [
        (ApplicationState.SUBMITTED, None),
        (ApplicationState.AWARDED, Decimal(2_500_000)),
    ]
    assert "Awarded: 2,500,000 EUR." in office.open("/reports").text
    assert "2,500,000" in office.open("/applications").text
    check_page(office)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "won"),
        ("day", "2026-05-21"),
        ("day", "soon"),
        ("amount", "-1"),
        ("amount", "much"),
        ("amount", "NaN"),
        ("note", "x" * 2001),
    ],
)
def test_an_entry_that_cannot_be_used_is_told_and_not_made(
    office: Browser, match: Match, session: Session, field: str, value: str
) -> None:
    office.open(address_of(match))
    choices = {"state": "submitted", field: value}
    assert office.press(match.opportunity.reference, **choices).status_code == 422
    assert "There is a problem" in office.answer.text
    assert entries(session) == []


def test_a_plan_may_lie_ahead(office: Browser, match: Match, session: Session) -> None:
    office.open(address_of(match))
    office.press(match.opportunity.reference, state="planned", day="2026-12-01")
    assert [state for state, _ in entries(session)] == [ApplicationState.PLANNED]


def test_an_entry_made_meanwhile_is_not_overwritten(
    office: Browser, match: Match, session: Session
) -> None:
    office.open(address_of(match))
    where, fields = office.form(match.opportunity.reference, state="planned")
    office.send(where, fields)
    assert office.send(where, fields).status_code == 422
    assert "Somebody made an entry since you looked" in office.answer.text
    assert len(entries(session)) == 1


def test_an_application_is_found_by_the_identifier_of_its_call(
    office: Browser, match: Match
) -> None:
    query = f"profile={match.profile.slug}&topic_id={match.opportunity.topic_id}"
    office.open(f"/applications?{query}")
    assert str(office.answer.url).endswith(match.opportunity.reference)
    assert office.open(f"/applications?profile={match.profile.slug}&topic_id=X").status_code == 422


def test_a_form_without_its_token_is_refused(office: Browser, match: Match) -> None:
    fields = [("state", "planned"), ("day", date(2026, 5, 1).isoformat()), ("seen", "0")]
    assert office.send(address_of(match), fields).status_code == 403


def test_numbers_few_people_stand_behind_are_withheld_and_follow_from_no_other() -> None:
    organisation = read_organisation(SHIPPED)
    profiles = [
        profile_row(slug, department=department)
        for slug, department in (("a", "imt"), ("b", "imt"), ("c", "imt"), ("d", "itk"))
    ]
    people = {"a": frozenset({1}), "b": frozenset({2, 3, 4}), "c": frozenset({5, 6, 7, 8})}
    many = {**people, "d": frozenset({9, 10, 11})}
    assert withheld(profiles, organisation, many) == {"a", "b"}
    few = {**people, "d": frozenset({9})}
    assert {"d", department_key("itk"), department_key("imt")} <= withheld(
        profiles, organisation, few
    )
    assert EVERYTHING in withheld(profiles[:1], organisation, {"a": frozenset({1})})
