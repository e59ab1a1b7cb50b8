"""Looking ahead: the next mail, and everything that is open for a person."""

from datetime import datetime

import pytest

from store.models import Subscriber
from store.tokens import manage_token, visit_token
from tests.notifier.conftest import World
from tests.web.browser import Browser, check_page

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture
def link(key: str, reader: Subscriber, now: datetime) -> str:
    return f"/manage/{manage_token(key, reader, now)}"


def test_the_next_mail_is_shown_in_a_frame_of_its_own_that_may_do_nothing(
    browser: Browser, link: str
) -> None:
    page = browser.open(f"{link}/preview")
    assert "It would leave on Monday 25 May 2026 at 08:00 (Europe/Oslo)" in page.text
    assert "1 new: Robots at sea" in page.text
    assert f'src="{link}/preview/mail" sandbox=""' in page.text
    check_page(browser)
    mail = browser.client.get(f"{link}/preview/mail")
    assert "Robots at sea" in mail.text
    policy = mail.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert mail.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in page.headers["content-security-policy"]


def test_everything_open_is_shown_and_that_there_is_nothing(
    browser: Browser, link: str, key: str, world: World, now: datetime
) -> None:
    assert "Robots at sea" in browser.open(f"{link}/everything/mail").text
    alone = f"/manage/{visit_token(key, world.subscriber(world.profile('Alone')), now)}"
    assert "Nothing that fits is open now." in browser.open(f"{alone}/everything").text
    assert "There would be no mail" in browser.open(f"{alone}/preview").text
    assert browser.open(f"{alone}/preview/mail").status_code == 404
