"""What a search finds, taken along as a file."""

import xml.etree.ElementTree as ET
from io import BytesIO
from zipfile import ZipFile

from fastapi.testclient import TestClient
from icalendar import Calendar

from tests.notifier.conftest import World
from tests.web.finding import PATH, titles


def test_a_file_holds_every_page(world: World, seeker: TestClient) -> None:
    for number in range(25):
        world.opportunity(f"Topic {number:02}")
    assert len(titles(seeker, "?page=2")) == 25


def test_a_cell_of_a_table_is_no_formula(world: World, seeker: TestClient) -> None:
    world.opportunity("=cmd|' /C calc'!A0")
    assert titles(seeker) == ["'=cmd|' /C calc'!A0"]


def test_a_workbook_holds_what_is_found(world: World, seeker: TestClient) -> None:
    world.opportunity("=1+1")
    with ZipFile(BytesIO(seeker.get(f"{PATH}.xlsx").content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"=1+1" in book.read("xl/sharedStrings.xml")
    assert b"<f>" not in sheet


def test_a_calendar_holds_the_deadlines_of_what_is_found(world: World, seeker: TestClient) -> None:
    world.opportunity("Robots at sea")
    world.opportunity("Cheese")
    calendar = Calendar.from_ical(seeker.get(f"{PATH}.ics?q=robots").content)
    (found,) = calendar.walk("VEVENT")
    assert "Robots at sea" in str(found["SUMMARY"])


def test_a_feed_names_the_search_it_is_of(world: World, seeker: TestClient) -> None:
    world.opportunity("Robots at sea")
    feed = ET.fromstring(seeker.get(f"{PATH}.atom?q=robots").content)  # noqa: S314 - our own
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.findtext(f"{atom}title") == "EU funding for robots"
    assert feed.findtext(f"{atom}entry/{atom}title") == "Robots at sea"
    assert feed.findtext(f"{atom}id", "").startswith("urn:uuid:")


def test_there_is_no_file_of_another_kind(seeker: TestClient) -> None:
    assert seeker.get(f"{PATH}.exe").status_code == 404
