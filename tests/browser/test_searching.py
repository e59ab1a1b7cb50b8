"""Finding opportunities: words, facets, an address to pass on, and files of what is shown."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from icalendar import Calendar
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenSite, OpenTab
from tests.browser.installation import Installation
from tests.browser.reading import open_search
from web.results import SIZE

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

ATOM = "{http://www.w3.org/2005/Atom}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def site(open_site: OpenSite) -> Installation:
    """Return an installation that every test of this file searches, and none changes."""
    return open_site()


def titles(page: Page) -> list[str]:
    return page.locator(".hits h2").all_inner_texts()


def number_of(element: Locator) -> int:
    """Return the number that the words of an element begin with."""
    return int(element.inner_text().split()[0].rstrip(","))


def search(page: Page) -> list[str]:
    """Type words, narrow what is found down to one page by a facet, and return what is left."""
    open_search(page)
    page.get_by_role("searchbox").fill("energy")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=energy$"))
    before = number_of(page.get_by_role("status"))
    open_facet(page, "Type of action")
    numbers = map(number_of, page.locator("#facet-action .number").all())
    fewer = next(place for place, number in enumerate(numbers) if number < min(before, SIZE))
    page.locator("#facet-action a").nth(fewer).click()
    expect(page.locator(".chosen")).to_be_visible()
    after = titles(page)
    assert 0 < len(after) == number_of(page.get_by_role("status")) < before
    return after


def open_facet(page: Page, name: str) -> None:
    """Open a facet, if it is not open already."""
    facet = page.locator("nav.facets details").filter(has=page.get_by_text(name, exact=True))
    if facet.get_attribute("open") is None:
        facet.locator("summary").click()


def test_the_address_of_a_search_shows_another_person_the_same(
    page: Page, open_tab: OpenTab
) -> None:
    found = search(page)
    other = open_tab()
    other.goto(page.url)
    assert titles(other) == found
    expect(other.get_by_role("searchbox")).to_have_value("energy")


def test_what_was_chosen_is_removed_again_and_the_way_back_works(page: Page) -> None:
    found = search(page)
    page.locator(".chosen").get_by_role("link").last.click()
    expect(page.locator(".chosen")).to_be_hidden()
    assert len(titles(page)) > len(found)
    page.go_back()
    expect(page.locator(".hits h2")).to_have_text(found)


def in_csv(content: bytes) -> list[str]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [row["title"] for row in rows]


def in_xlsx(content: bytes) -> list[str]:
    with ZipFile(io.BytesIO(content)) as book:
        strings = ET.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314 - our own
        words = ["".join(one.itertext()) for one in strings.iter(f"{SHEET}si")]
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
    rows = [
        [words[int(cell.findtext(f"{SHEET}v", ""))] for cell in row if cell.get("t") == "s"]
        for row in sheet.iter(f"{SHEET}row")
    ]
    column = rows[0].index("title")
    return [row[column] for row in rows[1:]]


def in_ics(content: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(content).walk("VEVENT")]


def in_atom(content: bytes) -> list[str]:
    entries = ET.fromstring(content).iter(f"{ATOM}entry")  # noqa: S314 - our own
    return [entry.findtext(f"{ATOM}title", "") for entry in entries]


FILES: dict[str, Callable[[bytes], list[str]]] = {
    "CSV": in_csv,
    "Excel": in_xlsx,
    "Calendar (ICS)": in_ics,
    "Feed (Atom)": in_atom,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_exactly_what_is_shown(page: Page, name: str) -> None:
    shown = search(page)
    link = page.get_by_role("link", name=name)
    answer = page.request.get(link.evaluate("(link) => link.href"))
    assert answer.ok
    told = FILES[name](answer.body())
    assert all(any(title in one for one in told) for title in shown)
    assert all(any(title in one for title in shown) for one in told)


def test_one_finds_and_opens_a_topic_by_keyboard_and_sees_where_one_is(page: Page) -> None:
    page.goto("/opportunities")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    stops = 0
    while page.evaluate("document.activeElement.closest('.hits') === null"):
        assert page.evaluate(OUTLINED), page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 40, "the first topic is too far away"
    title = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


OUTLINED = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""
"""Whether what has the focus is marked."""


def test_the_language_is_switched_on_any_page_and_kept_on_the_next(page: Page) -> None:
    page.goto("/opportunities?q=wind")
    page.get_by_role("contentinfo").locator("button[value=nb]").click()
    expect(page.locator("html")).to_have_attribute("lang", "nb")
    expect(page.get_by_role("searchbox")).to_have_value("wind")
    page.goto("/subscribe")
    expect(page.locator("html")).to_have_attribute("lang", "nb")


def test_a_browser_that_asks_for_norwegian_gets_it(site: Installation, open_tab: OpenTab) -> None:
    page = open_tab(base_url=site.url, locale="nb-NO")
    page.goto("/opportunities")
    expect(page.locator("html")).to_have_attribute("lang", "nb")
    expect(page.get_by_role("button", name="Søk")).to_be_visible()
    page.goto("/opportunities?language=en")
    expect(page.get_by_role("button", name="Search")).to_be_visible()
