"""Links that are mailed and open one thing, once: of readers to settings, of staff to the desk."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.web.browser import Browser
from tests.web.conftest import Clock, Mailbox, contents, link_in

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link is asked for, and how long it works."""

    page: str
    address: str
    minutes: int


WAYS = (
    Way("/link", "reader.one@example.org", 30),
    Way("/login", "adviser@example.org", 15),
)


def asked_for(browser: Browser, mailbox: Mailbox, way: Way) -> str:
    """Ask for a link, and return it."""
    browser.open(way.page)
    assert "Check your mail" in browser.press(way.page, address=way.address).text
    return link_in(mailbox()[-1])


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.page)
def test_a_link_opens_once_by_its_button_and_for_a_while(
    office: Browser, mailbox: Mailbox, clock: Clock, engine: Engine, way: Way
) -> None:
    link = asked_for(office, mailbox, way)
    before = contents(engine)
    for method in ("GET", "HEAD", "GET"):
        assert office.client.request(method, link).status_code == 200
    assert contents(engine) == before
    office.open(link)
    where, fields = office.form()
    assert office.send(where, fields).status_code == 200
    assert office.send(where, fields).status_code == 404
    office.client.cookies.clear()
    link = asked_for(office, mailbox, way)
    clock.now += timedelta(minutes=way.minutes)
    assert office.open(link).status_code == 404
