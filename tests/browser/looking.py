"""Whether a page can be used by everybody: at two widths, by day and by night."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES_OF_MAILS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
RULES = (*RULES_OF_MAILS, "best-practice")
"""Good practice wants landmarks, which a mail has none of."""
WIDTHS = (320, 1100)
SCHEMES = ("light", "dark")

EXAMINE = """
async (tags) => {
  const found = await axe.run(document, {
    runOnly: tags, resultTypes: ["violations"], iframes: false, elementRef: false,
  });
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return [
    ...found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`),
    ...(wide > 0 ? [`${wide} px too wide`] : []),
  ];
}
"""
"""Frames are left out: a mail in one runs no script, and is a page of its own beside."""


def faults(page: Page, rules: Sequence[str] = RULES) -> list[str]:
    """Return what is wrong with the page that is shown, at each width and in each scheme."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            said = page.evaluate(EXAMINE, list(rules))
            found += [f"{scheme}, {width} px: {one}" for one in said]
    return found
