"""Finding without loading the page anew: what is chosen, typed or pressed changes what is shown."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenSite, OpenTab
from tests.browser.installation import Installation
from tests.browser.looking import faults
from tests.browser.reading import open_search

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

Act = Callable[[Page], None]


@pytest.fixture(scope="module")
def site(open_site: OpenSite) -> Installation:
    """Return an installation that every test of this file searches, and none changes."""
    return open_site()


@pytest.fixture
def finding(site: Installation, open_tab: OpenTab) -> Page:
    """Return the page of everything on offer, marked so that loading it anew would be noticed."""
    page = open_tab(base_url=site.url)
    open_search(page)
    page.evaluate("window.marked = true")
    return page


def is_the_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.marked === true"))


def counted(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def choose_open(page: Page) -> None:
    page.locator("#status-open").click()


def order_by_newest(page: Page) -> None:
    page.get_by_label("Order").focus()
    page.get_by_label("Order").select_option("new")


def turn_the_page(page: Page) -> None:
    page.get_by_role("link", name="Next page").click()


def type_words(page: Page) -> None:
    page.get_by_role("searchbox").press_sequentially("energy")


def press_enter(page: Page) -> None:
    page.get_by_role("searchbox").fill("energy")
    page.keyboard.press("Enter")


def test_words_that_enter_looked_for_are_not_looked_for_again(finding: Page) -> None:
    asked: list[str] = []
    finding.on("request", lambda request: asked.append(request.url))
    press_enter(finding)
    expect(finding).to_have_url(re.compile(r"\?q=energy$"))
    finding.wait_for_timeout(1_000)
    assert len([url for url in asked if "?q=energy&" in url]) == 1


@pytest.mark.parametrize(
    ("act", "address", "focused"),
    [
        (choose_open, "?status=open", "status-open"),
        (order_by_newest, "?sort=new", "sort"),
        (turn_the_page, "?page=2", "count"),
        (type_words, "?q=energy", "q"),
        (press_enter, "?q=energy", "q"),
    ],
)
def test_what_is_shown_changes_in_its_place_with_its_address_and_the_reader_stays(
    finding: Page, open_tab: OpenTab, act: Act, address: str, focused: str
) -> None:
    act(finding)
    expect(finding).to_have_url(re.compile(re.escape(address) + "$"))
    expect(finding.locator(f"#{focused}")).to_be_focused()
    assert is_the_same_page(finding)
    other = open_tab()
    other.goto(finding.url)
    assert counted(other) == counted(finding)
    assert other.title() == finding.title()
    titles = [page.locator(".hits h2").all_inner_texts() for page in (other, finding)]
    assert titles[0] == titles[1]
    assert faults(finding) == []


def test_the_way_back_leads_through_each_choice_and_through_words_at_once(finding: Page) -> None:
    everything = counted(finding)
    type_words(finding)
    expect(finding).to_have_url(re.compile(r"\?q=energy$"))
    finding.get_by_role("searchbox").press_sequentially(" storage")
    expect(finding).to_have_url(re.compile(r"\?q=energy\+storage$"))
    by_words = counted(finding)
    choose_open(finding)
    expect(finding).to_have_url(re.compile("status=open"))
    finding.go_back()
    expect(finding.get_by_role("status")).to_have_text(by_words)
    expect(finding.get_by_role("searchbox")).to_have_value("energy storage")
    finding.go_back()
    expect(finding.get_by_role("status")).to_have_text(everything)
    expect(finding.get_by_role("searchbox")).to_have_value("")
    finding.go_forward()
    expect(finding.get_by_role("status")).to_have_text(by_words)


def test_a_facet_that_was_opened_stays_open_when_its_choice_is_taken_back(finding: Page) -> None:
    finding.locator("#facet-programme summary").click()
    choice = finding.locator("#facet-programme a").first
    for is_chosen in ("true", None):
        choice.focus()
        finding.keyboard.press("Enter")
        expected = expect(choice)
        if is_chosen:
            expected.to_have_attribute("aria-current", is_chosen)
        else:
            expected.not_to_have_attribute("aria-current", "true")
        expect(choice).to_be_focused()
    assert is_the_same_page(finding)


def test_what_is_chosen_goes_on_to_the_next_words_and_the_other_language(finding: Page) -> None:
    choose_open(finding)
    expect(finding).to_have_url(re.compile("status=open"))
    press_enter(finding)
    expect(finding).to_have_url(re.compile(r"\?q=energy&status=open$"))
    finding.get_by_role("contentinfo").locator("button[value=nb]").click()
    expect(finding.locator("html")).to_have_attribute("lang", "nb")
    expect(finding).to_have_url(re.compile(r"\?q=energy&status=open$"))


def failing(route: Route) -> None:
    route.fulfill(status=503, body="<h1>No</h1>", content_type="text/html")


def cut_off(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("trouble", [failing, cut_off])
def test_a_server_that_fails_is_said_and_what_was_shown_stays(
    finding: Page, trouble: Callable[[Route], None]
) -> None:
    everything, address = counted(finding), finding.url
    finding.route("**/opportunities?*", trouble)
    choose_open(finding)
    expect(finding.get_by_role("alert")).to_contain_text("The server did not answer.")
    assert (counted(finding), finding.url) == (everything, address)
    finding.unroute("**/opportunities?*")
    choose_open(finding)
    expect(finding.get_by_role("alert")).to_be_hidden()
    expect(finding.get_by_role("status")).not_to_have_text(everything)


def test_results_are_reached_and_walked_through_by_keyboard(finding: Page) -> None:
    hits = finding.locator(".hits h2 a")
    finding.keyboard.press("/")
    expect(finding.get_by_role("searchbox")).to_be_focused()
    for key, place in (("ArrowDown", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0)):
        finding.keyboard.press(key)
        expect(hits.nth(place)).to_be_focused()
    finding.keyboard.press("k")
    expect(finding.get_by_role("searchbox")).to_be_focused()
    finding.keyboard.type("j/k")
    expect(finding.get_by_role("searchbox")).to_have_value("j/k")


def test_the_key_to_the_words_is_switched_off_for_good(finding: Page) -> None:
    finding.get_by_label("The key / goes to the words").uncheck()
    finding.reload()
    finding.get_by_role("heading", level=1).click()
    finding.keyboard.press("/")
    expect(finding.get_by_role("searchbox")).not_to_be_focused()
    finding.get_by_label("The key / goes to the words").check()
    finding.get_by_role("heading", level=1).click()
    finding.keyboard.press("/")
    expect(finding.get_by_role("searchbox")).to_be_focused()
