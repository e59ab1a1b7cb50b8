"""Pages that say what went wrong: everybody can read them, and nothing else was done."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from store.db import open_engine
from tests.app_server import served
from tests.browser.conftest import OpenSite, OpenTab
from tests.browser.installation import Installation
from tests.browser.looking import faults
from web.app import create_app

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture(scope="module")
def site(open_site: OpenSite) -> Installation:
    """Return an installation that refuses whatever the tests of this file send it."""
    return open_site()


def without_its_token(page: Page) -> None:
    page.locator("main [name=form]").evaluate("(field) => field.remove()")


def with_a_strange_token(page: Page) -> None:
    page.locator("main [name=form]").evaluate("(field) => { field.value = 'made up'; }")


def with_a_letter_of_no_form(page: Page) -> None:
    page.locator("main [name=form]").evaluate("(field) => { field.value = '\\0'; }")


def with_too_much(page: Page) -> None:
    page.get_by_label("Mail address").evaluate("(field) => { field.value = 'a'.repeat(200000); }")


def with_no_address(page: Page) -> None:
    page.get_by_label("Mail address").fill("nobody at all")


BROKEN: dict[Callable[[Page], None], tuple[int, str]] = {
    without_its_token: (403, "Please try once more"),
    with_a_strange_token: (403, "Please try once more"),
    with_a_letter_of_no_form: (400, "This cannot be read"),
    with_too_much: (413, "Too much was sent"),
    with_no_address: (422, "A link to your settings"),
}


@pytest.mark.parametrize("spoil", BROKEN, ids=lambda spoil: spoil.__name__)
def test_a_form_that_cannot_be_taken_is_refused_on_a_page(
    page: Page, spoil: Callable[[Page], None]
) -> None:
    status, heading = BROKEN[spoil]
    page.goto("/link")
    spoil(page)
    with page.expect_response("**/link?*") as sent:
        page.get_by_role("button", name="Send me a link").click()
    assert sent.value.status == status
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert faults(page) == []


def test_who_asks_too_often_is_asked_to_wait(page: Page) -> None:
    for _ in range(5):
        page.goto("/link")
        page.get_by_label("Mail address").fill("impatient@example.org")
        page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please wait a while")
    assert faults(page) == []


def test_a_database_that_does_not_answer_is_told_of(
    site: Installation, open_tab: OpenTab, tmp_path: Path
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'gone' / 'callwatch.db'}")
    with served(create_app(site.settings, engine, site.clock)) as url:
        page = open_tab(base_url=url)
        answer = page.goto("/")
        assert answer is not None
        assert answer.status == 503
        assert faults(page) == []
    engine.dispose()
