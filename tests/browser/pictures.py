"""Takes the pictures of the docs: each page as it is on the recorded samples; `make pictures`."""

import io
import math
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from joserfc.jwk import RSAKey
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from config.settings import SHIPPED
from jobs.library import Library
from matcher.eligibility import judge_of
from matcher.embedder import model_of
from tests.browser.conftest import COMMANDS, PATIENCE_MS
from tests.browser.gallery import GALLERY, PICTURES, gallery, picture, pictured
from tests.browser.installation import Installation, running
from tests.browser.lived_in import lived_in, signed_in
from tests.browser.recorded import recorded_data, samples
from tests.browser.sights import ADVISER, SIGHTS, Sight
from tests.jobs.conftest import NOW
from tests.web.openid_server import Provider
from web.cookies import PLAIN

WIDTH, TALLEST = 1100, 1400
COLOURS = 128


def main() -> None:
    """Take every picture anew, and write the page that shows them."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        recorded = recorded_data(folder, samples(), model_of(""), NOW)
        library = Library(judge_of(SHIPPED), recorded.model)
        provider = Provider(NOW, key=RSAKey.generate_key(2048, {"kid": "one"}))
        with running(recorded, library, provider, folder) as site:
            browser = playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, COMMANDS))),
                args=["--no-sandbox"] if os.geteuid() == 0 else [],
            )
            _take_all(browser, site)
            browser.close()
    GALLERY.write_text(gallery(SIGHTS), "utf-8")


def _take_all(browser: Browser, site: Installation) -> None:
    named = lived_in(site)
    pages = [_page(browser, site) for _ in range(2)]
    secret = signed_in(site, ADVISER)
    pages[True].context.add_cookies([{"name": PLAIN, "value": secret, "url": site.url}])
    for sight in pictured(SIGHTS):
        _take(pages[sight.signed_in], sight, named)


def _page(browser: Browser, site: Installation) -> Page:
    viewport = {"width": WIDTH, "height": 800}
    context = browser.new_context(base_url=site.url, viewport=viewport)  # type: ignore[arg-type]  # a plain dictionary is one
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def _take(page: Page, sight: Sight, named: dict[str, str]) -> None:
    page.goto(sight.path.format(**named))
    page.wait_for_load_state("networkidle")  # what a page asks for by itself has come
    image = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    end = math.ceil(page.evaluate("document.body.getBoundingClientRect().bottom"))
    shown = image.convert("RGB").crop((0, 0, WIDTH, min(image.height, end, TALLEST)))
    shown.quantize(COLOURS).save(picture(sight), optimize=True)


if __name__ == "__main__":
    main()
