"""A browser without scripts, as far as the pages need one: it opens pages and sends their forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from fastapi.testclient import TestClient
from httpx2 import Response

Fields = list[tuple[str, str]]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Sheet:
    """A form of a page, as it stands."""

    action: str
    fields: Fields = field(default_factory=list)


class Page(HTMLParser):
    """What a page holds that a reader can use."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Sheet] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self._inside: list[str] = []
        self._select = self._area = ""
        self._written: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if "id" in named:
            self.ids.append(named["id"])
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag == "form":
            self.forms.append(Sheet(named.get("action", "")))
        if tag == "label":
            self._inside.append(tag)
            self.labelled.add(named.get("for", ""))
        if tag in ("input", "select", "textarea") and named.get("type") != "hidden":
            self.controls.append({**named, "wrapped": "yes" if self._inside else ""})
        self._fill(tag, named)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._inside.pop()
        if tag == "textarea":
            written = "".join(self._written).removeprefix("\n")
            self.forms[-1].fields.append((self._area, written))
            self._area, self._written = "", []

    def handle_data(self, data: str) -> None:
        if self._area:
            self._written.append(data)

    def _fill(self, tag: str, named: dict[str, str]) -> None:
        if tag == "select":
            self._select = named["name"]
        if tag == "option" and "selected" in named:
            self.forms[-1].fields.append((self._select, named["value"]))
        if tag == "textarea":
            self._area = named["name"]
        ticked = named.get("type") not in ("checkbox", "radio") or "checked" in named
        if tag == "input" and ticked:
            self.forms[-1].fields.append((named["name"], named.get("value", "")))


class Browser:
    """One person at one browser."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.at = "/"
        self.answer: Response = client.get("/")

    @property
    def page(self) -> Page:
        """Return the page that is shown."""
        return Page(self.answer.text)

    def open(self, path: str) -> Response:
        """Open a page."""
        self.at = path
        self.answer = self.client.get(path)
        return self.answer

    def form(
        self, action: str = "", **choices: str | list[str]
    ) -> tuple[str, list[tuple[str, str]]]:
        """Return where a form of the page goes, and its fields with some of them chosen anew."""
        sheet = next(s for s in self.page.forms if s.action.partition("?")[0].endswith(action))
        fields = [(name, value) for name, value in sheet.fields if name not in choices]
        for name, value in choices.items():
            fields += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return urljoin(self.at, sheet.action) if sheet.action else self.at, fields

    def press(self, action: str = "", **choices: str | list[str]) -> Response:
        """Send a form of the page, and follow where it leads."""
        where, fields = self.form(action, **choices)
        return self.send(where, fields)

    def send(self, where: str, fields: Fields) -> Response:
        """Send fields somewhere, and follow where it leads."""
        self.answer = self.client.post(where, content=urlencode(fields), headers=FORM)
        self.at = str(self.answer.url)
        return self.answer


def check_page(browser: Browser) -> None:
    """Pass where the page that is shown has labels, ids and headings as it should."""
    page = browser.page
    for control in page.controls:
        assert control.get("id") in page.labelled or control["wrapped"], control
    assert len(page.ids) == len(set(page.ids))
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
