"""What two sources say of the same programme, side by side."""

from datetime import date
from typing import Any

import pytest

from config.deadlines import DeadlineRule
from crawler.cross_check import CrossCheck, Standing, cross_check, standing, topic_number
from crawler.portal import read_record
from crawler.reference.entries import read_grant
from crawler.replica.reference_file import as_entry
from store.models import Status

BUILT_ON = date(2026, 5, 18)


def topic(
    number: int, *days: date, status: Status = Status.OPEN, pattern: str = "TOPICSen"
) -> Standing:
    return Standing(f"{number}{pattern}", f"HORIZON-{number}", status, days or (date(2026, 9, 15),))


def test_sources_that_agree_leave_nothing_to_say() -> None:
    check = cross_check([topic(1), topic(2)], [topic(2), topic(1)])
    assert check.compared == 2
    assert check.notes(BUILT_ON) == []


def test_each_difference_is_a_sentence_with_names() -> None:
    check = cross_check(
        [topic(1), topic(2), topic(3, date(2026, 10, 1)), topic(4)],
        [topic(2), topic(3, date(2026, 9, 1)), topic(4, status=Status.FORTHCOMING), topic(5)],
    )
    assert check.notes(BUILT_ON) == [
        "1 live in grantsTenders.json of 2026-05-18, not returned by the Search API: HORIZON-5",
        "1 returned by the Search API, not live in grantsTenders.json of 2026-05-18: HORIZON-1",
        "1 with other dates in grantsTenders.json of 2026-05-18: HORIZON-3",
        "1 with another status in grantsTenders.json of 2026-05-18: HORIZON-4",
    ]


def test_five_names_are_told_and_the_rest_counted() -> None:
    check = cross_check([], [topic(number) for number in range(11, 19)])
    (note,) = check.notes(BUILT_ON)
    assert note.startswith("8 live in ")
    assert note.endswith(": HORIZON-11, HORIZON-12, HORIZON-13, HORIZON-14, HORIZON-15 and 3 more")


def test_an_old_reference_is_the_same_topic() -> None:
    old = topic(44774210, pattern="ERASMUSECHECharter1645574400000")
    assert cross_check([old], [topic(44774210)]) == CrossCheck(1, (), (), (), ())


@pytest.mark.parametrize("reference", ["186571PROSPECTSEN", "4711COMPETITIVE_CALLen", "KA131"])
def test_what_the_file_never_shows_is_not_missed_there(reference: str) -> None:
    assert topic_number(reference) is None
    other = Standing(reference, "X", Status.OPEN, ())
    assert cross_check([other], []) == CrossCheck(0, (), (), (), ())


def test_the_bundled_topics_stand_the_same_in_both(
    samples: list[dict[str, Any]], rules: tuple[DeadlineRule, ...]
) -> None:
    searched = [standing(read_record(record, rules)) for record in samples]
    filed = [standing(read_grant(as_entry(record), rules)) for record in samples]
    assert cross_check(searched, filed) == CrossCheck(len(samples), (), (), (), ())
