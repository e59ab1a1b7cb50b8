"""A link to one's settings by mail, for whoever asks, and what it opens."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import IssuedToken, Message, Subscriber, SubscriberState
from tests.notifier.conftest import World
from tests.web.browser import Browser
from tests.web.conftest import Clock, Mailbox, link_in

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

ADDRESS = "reader.one@example.org"


def ask(browser: Browser, address: str = ADDRESS) -> None:
    browser.open("/link")
    assert "Check your mail" in browser.press("/link", address=address).text


@pytest.mark.usefixtures("reader")
def test_from_the_address_to_the_settings(browser: Browser, mailbox: Mailbox) -> None:
    ask(browser, " Reader.One@Example.org ")
    (mail,) = mailbox()
    assert (mail["To"], mail["Subject"]) == (
        ADDRESS, "Your link to your funding mails' settings",
    )  # fmt: skip
    shown = browser.open(link_in(mail))
    assert "r***@example.org" in shown.text
    assert ADDRESS not in shown.text
    assert "Groups you follow" in browser.press().text


@pytest.mark.usefixtures("reader")
def test_the_answer_is_the_same_whether_an_address_is_known_or_not(
    browser: Browser, mailbox: Mailbox
) -> None:
    answers = []
    for address in (ADDRESS, "nobody@example.org"):
        browser.open("/link")
        where, fields = browser.form("/link", address=address)
        answers.append(browser.client.post(where, data=dict(fields), follow_redirects=False))
    known, unknown = answers
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert dict(known.headers) == dict(unknown.headers)
    assert len(mailbox()) == 1


@pytest.mark.parametrize(
    "state", [SubscriberState.PENDING, SubscriberState.STOPPED, SubscriberState.BOUNCED]
)
def test_who_is_sent_no_digests_gets_a_link_too(
    browser: Browser, world: World, mailbox: Mailbox, state: SubscriberState
) -> None:
    world.subscriber(address=ADDRESS, state=state)
    ask(browser)
    browser.open(link_in(mailbox()[0]))
    assert "Your data" in browser.press().text


@pytest.mark.usefixtures("reader")
def test_settings_that_were_opened_close_after_two_hours(
    browser: Browser, mailbox: Mailbox, clock: Clock
) -> None:
    ask(browser)
    browser.open(link_in(mailbox()[0]))
    browser.press()
    where = browser.at
    clock.now += timedelta(hours=2)
    assert browser.open(where).status_code == 404


@pytest.mark.usefixtures("reader")
def test_an_address_is_asked_a_few_times_an_hour_and_no_more(
    browser: Browser, mailbox: Mailbox
) -> None:
    for _ in range(4):
        ask(browser)
    browser.open("/link")
    assert browser.press("/link", address=ADDRESS).status_code == 429
    assert len(mailbox()) == 4


def test_an_address_that_is_none_is_told_so(browser: Browser, session: Session) -> None:
    browser.open("/link")
    answer = browser.press("/link", address='"><script>')
    assert answer.status_code == 422
    assert answer.text.count("Enter a mail address") == 2
    assert "<script" not in answer.text
    for table in (Subscriber, IssuedToken, Message):
        assert session.scalars(select(table)).all() == []
