"""How often one may ask."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store.models import Profile, RateCount
from tests.web.browser import Browser
from tests.web.conftest import Clock, Mailbox
from tests.web.test_subscribe import NEW, ask, everybody

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


def test_an_address_is_asked_a_few_times_an_hour_and_no_more(
    browser: Browser, profile: Profile, mailbox: Mailbox, clock: Clock
) -> None:
    for _ in range(4):
        ask(browser, profile)
    browser.open("/subscribe")
    answer = browser.press("/subscribe", address=NEW.upper(), profile=profile.slug)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3600"
    assert "Please wait a while" in answer.text
    assert len(mailbox()) == 4
    clock.now += timedelta(hours=1)
    ask(browser, profile)


def test_an_address_is_asked_ten_times_a_day_and_no_more(
    browser: Browser, profile: Profile, clock: Clock
) -> None:
    for number in range(10):
        ask(browser, profile)
        clock.now += timedelta(hours=1) * (number % 4 == 3)
    clock.now += timedelta(hours=1)
    browser.open("/subscribe")
    answer = browser.press("/subscribe", address=NEW, profile=profile.slug)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, f"{15 * 3600}")


def test_a_client_asks_for_so_many_addresses_an_hour_and_no_more(
    browser: Browser, profile: Profile, engine: Engine
) -> None:
    for number in range(20):
        ask(browser, profile, f"reader{number}@example.org")
    browser.open("/subscribe")
    answer = browser.press("/subscribe", address=NEW, profile=profile.slug)
    assert answer.status_code == 429
    assert NEW not in everybody(engine)


def test_counting_keeps_neither_address_nor_client(
    browser: Browser, profile: Profile, session: Session
) -> None:
    ask(browser, profile)
    keys = session.scalars(select(RateCount.key)).all()
    assert len(keys) == 4
    assert not any(word in key for key in keys for word in ("example", "reader", "testclient"))
