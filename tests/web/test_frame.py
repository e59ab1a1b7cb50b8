"""What stands around every page, and what is said where there is none."""

import logging
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from config.settings import Settings
from store.db import session_scope
from store.sign_ins import sign_in
from tests.notifier.conftest import World
from tests.web.browser import FORM, Browser
from tests.web.conftest import Clock, contents
from web.app import create_app
from web.cookies import HOST
from web.refusals import NOTHING, REFUSALS

NORWEGIAN = {"Accept-Language": "nb"}


def test_the_language_that_a_button_chooses_holds_for_every_page_from_then_on(
    client: TestClient,
) -> None:
    browser = Browser(client)
    browser.open("/privacy?from=mail&language=en")
    browser.press("/language", language="nb")
    assert browser.at.endswith("/privacy?from=mail")
    assert "Data og personvern" in browser.answer.text
    assert "Kilder" in browser.open("/").text


def test_to_look_at_a_page_in_another_language_is_remembered_nowhere(
    client: TestClient, engine: Engine
) -> None:
    before = contents(engine)
    assert "Kilder" in client.get("/?language=nb").text
    assert not client.cookies
    assert contents(engine) == before


@pytest.mark.parametrize("back", ["https://elsewhere.example.org/", "//elsewhere.example.org", ""])
def test_choosing_a_language_leads_to_no_other_site(client: TestClient, back: str) -> None:
    sent = {"language": "nb", "back": back}
    answer = client.post("/language", data=sent, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_language_that_is_none_of_ours_is_refused(client: TestClient) -> None:
    assert client.post("/language", data={"language": "xx", "back": "/"}).status_code == 400
    assert not client.cookies


@pytest.mark.parametrize("path", ["/", "/privacy", "/login", "/nowhere"])
def test_each_page_has_the_icon_a_footer_and_a_title_of_its_own(
    client: TestClient, path: str
) -> None:
    page = client.get(path).text
    assert 'href="/static/favicon.svg"' in page
    assert 'action="/language"' in page
    assert "<title> – Callwatch" not in page


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/favicon.svg", "image/svg+xml"),
        ("/static/favicon_dark.svg", "image/svg+xml"),
        ("/favicon.ico", "image/vnd.microsoft.icon"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_browsers_and_robots_find_what_they_ask_for(
    client: TestClient, path: str, kind: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert client.head(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/nowhere", 404, "Denne siden finnes ikke"),
        ("GET", "/language", 405, "tar bare imot et skjema"),
        ("PUT", "/", 405, "tar bare imot et skjema"),
        ("POST", "/language", 400, "kan ikke leses"),
    ],
)
def test_what_is_refused_is_told_in_the_language_of_the_reader_with_a_way_on(
    client: TestClient, method: str, path: str, status: int, says: str
) -> None:
    answer = client.request(method, path, headers={**NORWEGIAN, **FORM})
    assert answer.status_code == status
    assert says in answer.text
    assert 'href="/"' in answer.text


@pytest.mark.parametrize("status", [400, 403, 405, 413, 429])
def test_each_refusal_has_words_of_its_own(status: int) -> None:
    assert REFUSALS[status] != NOTHING


def test_what_an_address_can_be_asked_by_is_told(client: TestClient) -> None:
    options = client.options("/language")
    assert (options.status_code, options.content) == (204, b"")
    assert options.headers["allow"] == "POST"
    assert set(client.delete("/").headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_a_page_that_fails_tells_a_number_which_the_log_has_too_and_nothing_else(
    engine: Engine, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def broken_clock() -> datetime:
        raise ValueError("reader@example.org")

    client = TestClient(create_app(settings, engine, broken_clock))
    with caplog.at_level(logging.ERROR):
        answer = client.get("/")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    (record,) = caplog.records
    told = vars(record)
    assert told["reference"] in answer.text
    assert told["error"] == "ValueError"
    assert "web/health.py:" in told["where"]
    assert "reader@example.org" not in f"{told}{answer.text}"


def test_who_is_signed_in_finds_the_desk_on_every_page_even_one_that_is_not_there(
    office: Browser, engine: Engine, world: World, clock: Clock
) -> None:
    adviser = world.subscriber(address="adviser@example.org")
    with session_scope(engine) as session:
        office.client.cookies.set(HOST, sign_in(session, adviser.id, clock.now))
    for path in ("/", "/privacy", "/subscribe", "/nowhere"):
        page = office.open(path).text
        assert 'href="/desk"' in page, path
        assert 'href="/login"' not in page, path
