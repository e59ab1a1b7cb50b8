"""Signing in by a mailed link, being signed in, and signing out."""

import logging
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.responses import PlainTextResponse

from config.accounts import read_accounts
from config.organisation import read_organisation
from config.settings import Settings
from store.db import session_scope
from store.models import IssuedToken, SignIn, Subscriber
from store.sign_ins import IDLE, LONGEST, NOTED
from tests.web.browser import Browser, check_page
from tests.web.conftest import SITE, Clock, Mailbox, contents, link_in
from web.accounts import Role, need
from web.app import create_app
from web.closed_doors import add_closed_doors
from web.site import Site, inside

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

ADVISER = "adviser@example.org"
NAME = "__Host-callwatch"


@pytest.fixture
def site(staffed: Settings, engine: Engine, clock: Clock) -> Site:
    departments = read_organisation(staffed.configuration).departments()
    accounts = read_accounts(staffed.configuration, departments)
    return Site(staffed, engine, clock, self_service=True, accounts=accounts)


def ask(browser: Browser, address: str = ADVISER, onward: str = "") -> None:
    browser.open(f"/login?next={onward}" if onward else "/login")
    assert "Check your mail" in browser.press("/login", address=address).text


def come_in(browser: Browser, mailbox: Mailbox, address: str = ADVISER) -> None:
    ask(browser, address)
    browser.open(link_in(mailbox()[-1]))
    assert "Signed in as" in browser.press().text


def test_from_the_address_to_the_account_and_out_again(office: Browser, mailbox: Mailbox) -> None:
    ask(office, " Adviser@Example.org ")
    (mail,) = mailbox()
    assert (mail["To"], mail["Subject"]) == (ADVISER, "Your link to sign in to Callwatch")
    shown = office.open(link_in(mail))
    check_page(office)
    assert "a***@example.org" in shown.text
    assert ADVISER not in shown.text
    account = office.press()
    check_page(office)
    assert office.at == f"{SITE}/account"
    assert ADVISER in account.text
    assert ">Desk<" in account.text
    assert "Signed out" in office.press("/logout").text
    assert office.open("/account").url == f"{SITE}/login?next=%2Faccount"


def test_a_contact_is_told_their_departments(office: Browser, mailbox: Mailbox) -> None:
    come_in(office, mailbox, "contact@example.org")
    assert "Department contact" in office.answer.text
    assert "Department of Marine Technology, " in office.answer.text


def test_the_answer_is_the_same_whether_an_address_has_an_account_or_not(
    office: Browser, mailbox: Mailbox
) -> None:
    answers = []
    for address in (ADVISER, "nobody@example.org", "administrator@localhost"):
        office.open("/login")
        where, fields = office.form("/login", address=address)
        answers.append(office.client.post(where, data=dict(fields), follow_redirects=False))
    assert len({(a.status_code, a.content, tuple(a.headers.items())) for a in answers}) == 1
    assert [mail["To"] for mail in mailbox()] == [ADVISER]


def test_an_address_is_asked_a_few_times_an_hour_and_no_more(
    office: Browser, mailbox: Mailbox
) -> None:
    for _ in range(4):
        ask(office)
    office.open("/login")
    assert office.press("/login", address=ADVISER).status_code == 429
    assert len(mailbox()) == 4


def test_an_address_that_is_none_is_told_so(office: Browser) -> None:
    office.open("/login")
    answer = office.press("/login", address="nobody")
    assert answer.status_code == 422
    assert answer.text.count("Enter a mail address") == 2
    check_page(office)


def test_the_link_leads_on_to_the_page_that_was_asked_for(
    office: Browser, mailbox: Mailbox
) -> None:
    office.open("/account")
    ask(office, onward="/health")
    office.open(link_in(mailbox()[0]))
    where, fields = office.form()
    answer = office.client.post(where, data=dict(fields), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/health")


@pytest.mark.parametrize(
    "onward",
    ["https://elsewhere.example.org", "//elsewhere.example.org", "/\\elsewhere", "/\n/x", "desk"],
)
def test_nobody_is_led_away_from_our_pages(onward: str) -> None:
    assert inside(onward) == ""


def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_lines(
    office: Browser, mailbox: Mailbox, session: Session
) -> None:
    ask(office)
    office.open(link_in(mailbox()[0]))
    where, fields = office.form()
    answer = office.client.post(where, data=dict(fields), follow_redirects=False)
    cookie, _, attributes = answer.headers["set-cookie"].partition(";")
    name, _, secret = cookie.partition("=")
    assert name == NAME
    said = {part.strip().lower() for part in attributes.partition(", ")[0].split(";")}
    assert said == {"httponly", "max-age=43200", "path=/", "samesite=lax", "secure"}
    assert secret not in {row.secret_hash for row in session.scalars(select(SignIn))}


def test_signing_in_again_gives_another_secret_and_ends_the_one_before(
    office: Browser, mailbox: Mailbox, session: Session
) -> None:
    come_in(office, mailbox)
    before = office.client.cookies[NAME]
    office.client.cookies.clear()
    ask(office)
    office.client.cookies.set(NAME, before)
    office.open(link_in(mailbox()[-1]))
    where, fields = office.form()
    answer = office.client.post(where, data=dict(fields), follow_redirects=False)
    assert before not in answer.headers["set-cookie"]
    assert len(session.scalars(select(SignIn)).all()) == 1


def test_who_is_signed_in_need_not_sign_in(office: Browser, mailbox: Mailbox) -> None:
    come_in(office, mailbox)
    assert office.open("/login").url == f"{SITE}/account"
    assert office.open("/login?next=//elsewhere.example.org").url == f"{SITE}/account"


@pytest.mark.parametrize(("pause", "most"), [(IDLE, IDLE), (timedelta(hours=1), LONGEST)])
def test_a_person_is_signed_out_by_hours_of_silence_and_by_half_a_day(
    office: Browser, mailbox: Mailbox, clock: Clock, pause: timedelta, most: timedelta
) -> None:
    come_in(office, mailbox)
    began = clock.now
    while clock.now + pause < began + most:
        clock.now += pause
        assert office.open("/account").url == f"{SITE}/account"
    clock.now = began + most
    assert office.open("/account").url == f"{SITE}/login?next=%2Faccount"


def test_looking_writes_nothing_but_when_it_was(
    office: Browser, mailbox: Mailbox, clock: Clock, engine: Engine
) -> None:
    come_in(office, mailbox)
    before, began = contents(engine), clock.now

    def seen() -> set[timedelta]:
        with session_scope(engine) as session:
            return {row.seen_at - began for row in session.scalars(select(SignIn))}

    clock.now = began + timedelta(minutes=4)
    office.open("/account")
    assert seen() == {timedelta()}
    clock.now = began + NOTED
    office.open("/")
    assert seen() == {NOTED}
    assert contents(engine) == before


def test_signing_out_everywhere_ends_every_browser_of_the_person(
    office: Browser, mailbox: Mailbox
) -> None:
    elsewhere = Browser(TestClient(office.client.app, base_url=SITE))
    for browser in (office, elsewhere):
        come_in(browser, mailbox)
    office.open("/account")
    office.press("/logout/everywhere")
    for browser in (office, elsewhere):
        assert browser.open("/account").url == f"{SITE}/login?next=%2Faccount"


def test_a_form_made_for_one_browser_works_in_no_other(office: Browser, mailbox: Mailbox) -> None:
    elsewhere = Browser(TestClient(office.client.app, base_url=SITE))
    for browser in (office, elsewhere):
        come_in(browser, mailbox)
    office.open("/account")
    _, fields = office.form("/logout")
    assert elsewhere.send("/logout", fields).status_code == 403
    assert office.send("/logout/everywhere", fields).status_code == 403
    assert office.open("/account").url == f"{SITE}/account"


def test_who_loses_the_account_can_do_nothing_more_and_gets_no_link(
    office: Browser, mailbox: Mailbox, staffed: Settings, engine: Engine, clock: Clock
) -> None:
    come_in(office, mailbox)
    ask(Browser(TestClient(office.client.app, base_url=SITE)))
    left = link_in(mailbox()[-1])
    accounts = staffed.config_dir / "accounts.yaml"
    accounts.write_text("accounts: [{address: other@example.org, role: adviser}]")
    restarted = TestClient(create_app(staffed, engine, clock), base_url=SITE)
    restarted.cookies = office.client.cookies
    browser = Browser(restarted)
    assert browser.open("/account").url == f"{SITE}/login?next=%2Faccount"
    browser.open(left)
    answer = browser.press()
    assert (answer.status_code, "You have no account here" in answer.text) == (403, True)


def test_erasing_a_person_signs_them_out(office: Browser, mailbox: Mailbox, engine: Engine) -> None:
    come_in(office, mailbox)
    with session_scope(engine) as session:
        session.delete(session.scalars(select(Subscriber)).one())
    assert office.open("/account").url == f"{SITE}/login?next=%2Faccount"
    with session_scope(engine) as session:
        assert session.scalars(select(IssuedToken)).all() == []


@pytest.mark.parametrize(
    ("address", "roles", "status"),
    [
        (ADVISER, (), 200),
        (ADVISER, (Role.ADVISER,), 200),
        (ADVISER, (Role.ADMINISTRATOR,), 403),
        ("contact@example.org", (Role.ADVISER, Role.CONTACT), 200),
        ("contact@example.org", (Role.ADVISER,), 403),
        ("administrator@example.org", (Role.ADVISER,), 200),
    ],
)
def test_a_page_is_for_the_roles_that_it_names_and_for_administrators(
    office: Browser,
    mailbox: Mailbox,
    site: Site,
    *,
    address: str,
    roles: tuple[Role, ...],
    status: int,
) -> None:
    come_in(office, mailbox, address)
    app = FastAPI()
    add_closed_doors(app, site)

    @app.get("/room")
    def room(request: Request) -> PlainTextResponse:
        with session_scope(site.engine) as session:
            return PlainTextResponse(need(site, session, request, *roles).address)

    answer = TestClient(app, base_url=SITE, cookies=office.client.cookies).get("/room")
    assert answer.status_code == status
    assert (address if status == 200 else "This page is for others") in answer.text


def test_neither_address_nor_secret_is_logged(
    office: Browser, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        come_in(office, mailbox)
    logged = " ".join(str(vars(r)) for r in caplog.records if r.name.startswith("web"))
    assert "signed in" in logged
    secret = urlsplit(link_in(mailbox()[0])).path.rpartition("/")[2]
    assert not any(word in logged for word in (ADVISER, secret, office.client.cookies[NAME]))
