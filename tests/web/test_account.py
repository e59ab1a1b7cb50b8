"""Taking one's data along and being erased, for who has just proven that the address is theirs."""

import logging
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.models import Base, Subscriber
from store.tokens import manage_token, visit_token
from tests.web.browser import Browser
from tests.web.conftest import Mailbox, link_in

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture
def mailed(key: str, reader: Subscriber, now: datetime) -> str:
    return f"/manage/{manage_token(key, reader, now)}"


@pytest.fixture
def proven(key: str, reader: Subscriber, now: datetime) -> str:
    return f"/manage/{visit_token(key, reader, now)}"


def dump(engine: Engine) -> str:
    with engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return "\n".join(
            f"{t.name} {row}" for t in tables for row in connection.execute(t.select())
        )


def test_everything_is_handed_out_as_a_file(browser: Browser, proven: str, engine: Engine) -> None:
    browser.open(f"{proven}/data")
    before = dump(engine)
    answer = browser.press("/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="callwatch-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert document["subscriber"][0]["address"] == "reader.one@example.org"
    assert document["subscription"][0]["profile_name"] == "Ocean Robotics"
    assert dump(engine) == before


def test_who_is_erased_is_in_no_row_any_more(
    browser: Browser, mailed: str, engine: Engine, mailbox: Mailbox
) -> None:
    browser.open(f"{mailed}/data")
    assert "Erase everything" not in browser.answer.text
    browser.press("/prove")
    browser.open(link_in(mailbox()[0]))
    browser.press()
    browser.open(browser.at + "/data")
    assert "Everything about you is erased" in browser.press("/erase").text
    left = dump(engine)
    assert "reader.one" not in left
    for table in ("subscriber", "subscription", "message", "issued_token", "consent"):
        assert not [line for line in left.splitlines() if line.startswith(f"{table} ")]
    assert browser.open(mailed).status_code == 404


@pytest.mark.parametrize("act", ["export", "erase"])
def test_a_link_that_may_have_been_forwarded_neither_hands_out_nor_erases(
    browser: Browser, mailed: str, proven: str, session: Session, act: str
) -> None:
    browser.open(f"{proven}/data")
    _, fields = browser.form(f"/{act}")
    assert browser.send(f"{mailed}/{act}", fields).status_code == 403
    assert session.get(Subscriber, 1) is not None


def test_erasing_needs_the_form_for_it(browser: Browser, proven: str, session: Session) -> None:
    browser.open(f"{proven}/data")
    _, fields = browser.form("/export")
    assert browser.send(f"{proven}/erase", fields).status_code == 403
    assert browser.send(f"{proven}/erase", []).status_code == 403
    assert session.get(Subscriber, 1) is not None


def test_no_log_line_holds_an_address_or_a_link(
    browser: Browser, mailed: str, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser.open("/link")
    browser.press("/link", address="reader.one@example.org")
    link = link_in(mailbox()[0])
    browser.open(link)
    browser.press()
    browser.open(mailed)
    browser.press("/want")
    ours = [
        r for r in caplog.records if r.name.split(".")[0] in ("web", "notifier", "store", "jobs")
    ]
    lines = [str(record.__dict__) for record in ours]
    assert lines
    secrets = ("reader.one", link.rpartition("/")[2], mailed.rpartition("/")[2])
    assert not any(secret in line for line in lines for secret in secrets)
