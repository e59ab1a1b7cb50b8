"""The system's browser, and installations on loopback for it to look at."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config.settings import SHIPPED
from jobs.library import Library
from matcher.eligibility import judge_of
from matcher.embedder import model_of
from tests.browser.installation import Installation, running
from tests.browser.recorded import Recorded, portal, recorded_data, samples
from tests.conftest import shared_folder
from tests.jobs.conftest import NOW
from tests.web.openid_server import Provider
from tests.word_hashes import word_hashes

COMMANDS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = "no browser here to try the pages in; get one: sudo apt install chromium"
PATIENCE_MS = 60_000
"""With which a page waits, beside all that tests run at once."""

OpenSite = Callable[[], Installation]
OpenTab = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser of the system; none is downloaded, and CI does not do without."""
    found = next(filter(None, map(shutil.which, COMMANDS)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail(NO_BROWSER)
    if found is None:
        pytest.skip(NO_BROWSER)
    return found


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Return what installations begin with, made once for all processes of pytest.

    That is all that the portal had, where it is at hand, which the real model would read for
    minutes; elsewhere it is the bundled samples.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    scans = shared_folder() / "portal" / "search"
    if scans.is_dir():
        return recorded_data(folder, portal(scans), word_hashes(), NOW)
    return recorded_data(folder, samples(), model_of(""), NOW)


@pytest.fixture(scope="session")
def library(recorded: Recorded) -> Library:
    """Return what searches, with the model that has read what was recorded."""
    return Library(judge_of(SHIPPED), recorded.model)


@pytest.fixture(scope="session")
def provider_key() -> RSAKey:
    """Return the key of the provider; to make one takes long."""
    return RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Yield the browser, for a file of tests: its loop runs in this thread until it is closed."""
    expect.set_options(timeout=PATIENCE_MS)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # for root it does not start with one
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield found
        found.close()


@pytest.fixture(scope="module")
def open_site(
    browser: Browser,  # noqa: ARG001 - where there is none, nothing is made for it
    recorded: Recorded,
    library: Library,
    provider_key: RSAKey,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OpenSite]:
    """Yield what starts an installation, which ends with the file of tests."""
    with ExitStack() as running_sites:

        def start() -> Installation:
            provider = Provider(NOW, key=provider_key)
            folder = tmp_path_factory.mktemp("installation")
            return running_sites.enter_context(running(recorded, library, provider, folder))

        yield start


@pytest.fixture
def site(open_site: OpenSite) -> Installation:
    """Return an installation of the test's own."""
    return open_site()


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[OpenTab]:
    """Yield what opens a page at a browser of its own, which shares no cookie with another."""
    contexts: list[BrowserContext] = []

    def opened(**options: object) -> Page:
        context = browser.new_context(**options)  # type: ignore[arg-type]  # Playwright's own names
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(site: Installation, open_tab: OpenTab) -> Page:
    """Return a page at the installation."""
    return open_tab(base_url=site.url)


@pytest.fixture
def now() -> datetime:
    """Return the moment of the recorded data."""
    return NOW
