"""The page of the docs that shows a picture of each page; pictures.py takes them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.browser.sights import Sight

DOCS = Path(__file__).parents[2] / "docs"
GALLERY = DOCS / "reference" / "pages.md"
PICTURES = DOCS / "images" / "pages"

HEAD = """# Pages

Every page of `callwatch serve`, on the recorded samples. `make pictures` takes the pictures again
and writes this page; what is pictured stands in `tests/browser/sights.py`.
"""


def pictured(sights: Iterable[Sight]) -> Iterator[Sight]:
    """Yield the sights of which the docs have a picture."""
    yield from (sight for sight in sights if sight.shows)


def picture(sight: Sight) -> Path:
    """Return where the picture of a sight is."""
    return PICTURES / f"{sight.name}.png"


def gallery(sights: Iterable[Sight]) -> str:
    """Return the page, as Markdown."""
    return "\n".join([HEAD, *map(_entry, pictured(sights))])


def _entry(sight: Sight) -> str:
    source = picture(sight).relative_to(DOCS)
    return f'{sight.shows}:\n\n<img src="../{source}" width="640" alt="{sight.shows}">\n'
