"""Every page of the app, looked at in a browser: for everybody, at any width, by day and night."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.browser.conftest import OpenSite
from tests.browser.installation import Installation
from tests.browser.lived_in import lived_in, signed_in
from tests.browser.looking import RULES, RULES_OF_MAILS, faults
from tests.browser.sights import ADVISER, NO_PAGES, SIGHTS, Sight
from web.cookies import PLAIN

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd"),
    pytest.mark.timeout(300),  # a page that lets no script run would be waited for without end
]


@pytest.fixture(scope="module")
def site(open_site: OpenSite) -> Installation:
    """Return an installation that every test of this file looks at, and none changes."""
    return open_site()


@pytest.fixture(scope="module")
def named(site: Installation) -> dict[str, str]:
    """Return what the addresses of pages name, once people have been at work."""
    return lived_in(site)


@pytest.fixture(scope="module")
def tabs(browser: Browser, site: Installation, named: dict[str, str]) -> Iterator[list[Page]]:
    """Yield a page of somebody who is not signed in, and one of an adviser."""
    assert named
    contexts = [browser.new_context(base_url=site.url) for _ in range(2)]
    cookie = {"name": PLAIN, "value": signed_in(site, ADVISER), "url": site.url}
    contexts[1].add_cookies([cookie])  # type: ignore[list-item]  # a plain dictionary is one
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def routes(site: Installation) -> Iterator[str]:
    """Yield the path of each route that answers a browser that looks."""
    for route in iter_route_contexts(site.app.routes):
        if route.methods is None or "GET" in route.methods:
            yield str(route.path)


def pattern(route: str) -> str:
    return re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route))


def test_every_page_of_the_app_is_looked_at(site: Installation) -> None:
    paths = [sight.path.partition("?")[0] for sight in SIGHTS]
    unseen = {
        route
        for route in routes(site)
        if not any(re.fullmatch(pattern(route), path) for path in paths)
    }
    assert unseen == set(NO_PAGES), "write it into tests/browser/sights.py"


def rules_for(page: Page, answer: Response) -> tuple[str, ...]:
    """Return what the page is held to; a mail, on which no script runs, goes on a blank page."""
    if "sandbox" not in answer.headers["content-security-policy"]:
        return RULES
    words = answer.text()
    page.goto("about:blank")
    page.set_content(words)
    return RULES_OF_MAILS


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
def test_everybody_can_use_it(sight: Sight, tabs: list[Page], named: dict[str, str]) -> None:
    page = tabs[sight.signed_in]
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", note)
    answer = page.goto(sight.path.format(**named))
    assert answer is not None
    assert answer.status == sight.status
    if page.locator("[hx-post]").count():
        page.wait_for_load_state("networkidle")  # what it asks for by itself has come
    assert faults(page, rules_for(page, answer)) == []
    page.remove_listener("console", note)
    assert [text for text in said if "the server responded with" not in text] == []
