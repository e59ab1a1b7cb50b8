"""Profiles handed in as a text: read one by one, each fault told on a line of its own."""

import time
from decimal import Decimal

import pytest

from config.bibtex import read_bibtex
from config.profile_uploads import COLUMNS, MOST, READERS, read_csv, read_yaml
from config.profiles import BudgetRange, KnownIds, ProfileDocument

KNOWN = KnownIds(["imt", "idi"], ["funding"], ["horizon_europe", "erasmus_plus"])
SHIPS = """slug: ships
name: Ships
department: imt
text: We build ships.
review: {policy: auto}
"""


def test_several_profiles_stand_in_one_text() -> None:
    found = read_yaml(f"---\n{SHIPS}---\n{SHIPS.replace('ships', 'boats')}", KNOWN)
    assert [one.slug for one in found.documents] == ["ships", "boats"]
    assert found.faults == ()


def test_a_fault_names_its_line_in_the_whole_text_and_the_rest_is_read() -> None:
    found = read_yaml(f"{SHIPS}---\n{SHIPS.replace('ships', 'boats').replace('imt', 'itm')}", KNOWN)
    assert [one.slug for one in found.documents] == ["ships"]
    (fault,) = found.faults
    assert fault.startswith("line 9: department: unknown department 'itm'; did you mean imt?")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name: Ships", "line 1: slug: is missing"),
        ("slug: ships\n- a", "line 2: no valid YAML"),
        (f"{SHIPS}facets: &a [x]\ngoals: *a", "line 7: write every value where it belongs"),
        (f"{SHIPS}facets: {'[' * 400}", "line 6: write every value where it belongs"),
        (f"{SHIPS}colour: red", "line 6: colour: no such field; check the spelling"),
    ],
)
def test_what_is_no_profile_is_told(text: str, fault: str) -> None:
    found = read_yaml(text, KNOWN)
    assert found.documents == ()
    assert found.faults[0].startswith(fault)


def test_a_slug_that_stands_twice_is_read_not_once() -> None:
    found = read_yaml(f"{SHIPS}---\n{SHIPS}", KNOWN)
    assert (found.documents, found.faults) == ((), ("ships: stands there more than once",))


def test_a_table_holds_every_field() -> None:
    row = (
        "ships,Ships,imt,We build ships.,the dean,hull; sea * 1.5 | steel,fish,an idea; another,"
        "horizon_europe,RIA; IA,coordinator,leading,funding,500000,1000000,auto_above,0.9"
    )
    (found,) = read_csv(f"{','.join(COLUMNS)}\n{row}\n", KNOWN).documents
    assert [(group.words, group.weight) for group in found.keywords] == [
        (("hull", "sea"), 1.5),
        (("steel",), 1.0),
    ]
    assert found.facets == ("an idea", "another")
    assert found.action_types == ("RIA", "IA")
    assert found.budget_eur == BudgetRange(least=Decimal(500_000), most=Decimal(1_000_000))
    assert (found.review.policy, found.review.threshold) == ("auto_above", 0.9)
    assert found.owner == "the dean"


def test_a_table_may_have_semicolons_between_its_columns() -> None:
    (found,) = read_csv(
        "slug;name;department;text\r\nships;Ships;imt;We, too.\r\n", KNOWN
    ).documents
    assert (found.text, found.review.policy) == ("We, too.", "review_all")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("slug,name\nships,Ships", "row 1: a column is missing"),
        ("slug,name,department,text,colour\n", "row 1: no such column: 'colour'"),
        ("slug,name,department,text\nships,Ships,itm,Text", "row 2: department: unknown"),
        ("slug,name,department,text\nships,,imt,Text", "row 2: name: is missing"),
        ("slug,name,department,text\nships,Ships,imt,Text,more", "row 2: has more fields"),
        ("slug,name,department,text\n=cmd|' /C calc'!A0,Ships,imt,Text", "row 2: slug: use a-z"),
        (f"slug,name,department,text\nships,Ships,imt,{'x' * 200_000}", "row 2: field larger"),
    ],
)
def test_what_is_wrong_with_a_row_is_told(text: str, fault: str) -> None:
    found = read_csv(text, KNOWN)
    assert found.documents == ()
    assert found.faults[0].startswith(fault), found.faults


def test_a_text_of_thousands_of_profiles_is_read_in_part() -> None:
    rows = "".join(f"s{n},Ships,imt,Text\n" for n in range(10_000))
    found = read_csv(f"slug,name,department,text\n{rows}", KNOWN)
    assert len(found.documents) == MOST
    assert found.faults[-1].startswith(f"more than {MOST} rows")


def test_every_column_is_a_field_of_a_profile() -> None:
    parts = {"budget_least": "budget_eur", "budget_most": "budget_eur"}
    parts |= {"review_policy": "review", "review_threshold": "review"}
    assert {parts.get(name, name) for name in COLUMNS} == set(ProfileDocument.model_fields)
    assert set(READERS) == {"yaml", "csv"}


def test_publications_are_read_the_newest_first() -> None:
    found = read_bibtex(
        """
        @comment{nothing}
        @string{sea = "Sea Journal"}
        @Article{old, title = "Waves", year = 2019, keywords = {waves; sea}, journal = sea}
        @inproceedings{new,
          title = {{Fatigue} of Mooring {L}ines in Troms{\\o} and {\\AA}lesund},
          keywords = {mooring, waves},
          year = {2025},
        }
        """
    )
    assert [(one.title, one.year) for one in found.publications] == [
        ("Fatigue of Mooring Lines in Tromsø and Ålesund", 2025),
        ("Waves", 2019),
    ]
    assert found.publications[1].keywords == ("waves", "sea")
    assert found.faults == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("@article{a, year = 2020}", "line 1: the entry has no title"),
        ("\n@article{a, title = {Waves", "line 2: the entry has no end"),
        ("@article{", "line 1: the entry has no end"),
    ],
)
def test_an_entry_that_cannot_be_read_is_told(text: str, fault: str) -> None:
    assert read_bibtex(text).faults == (fault,)


@pytest.mark.parametrize(
    "text", ["@a{" * 30_000, "{" * 100_000, "@a{x, t = {" * 9_000, "@" * 90_000]
)
def test_a_hostile_bibliography_ends_soon(text: str) -> None:
    began = time.monotonic()
    read_bibtex(text)
    assert time.monotonic() - began < 10
