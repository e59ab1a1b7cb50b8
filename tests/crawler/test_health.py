"""What is usual of a source, and what is not."""

from dataclasses import replace
from typing import Any

import pytest

from crawler.health import EarlierRun, Gauge, Shape, drift, is_too_few, thin_fields, usual_total
from store.collected import CollectedBudget
from tests.store.records import topic_record


def gauge(records: int = 40, **metadata: Any) -> Gauge:
    """Return the gauge of a run of equal records."""
    taken = Gauge()
    raw = {"reference": "1TOPICSen", "metadata": {"title": ["A"], "tags": ["a"]} | metadata}
    for _ in range(records):
        taken.take_raw(raw)
        taken.take(topic_record())
    return taken


def earlier(number: int = 10, announced: int | None = 100, **metadata: Any) -> list[EarlierRun]:
    past = gauge(**metadata)
    return [EarlierRun(announced, past.fill_rates(), past.shape())] * number


def test_a_run_like_the_others_is_no_drift() -> None:
    assert drift(gauge(), earlier()) == []


@pytest.mark.parametrize(
    ("now", "past", "sentence"),
    [
        ({"mission": ["1"]}, {}, "new field 'mission' in 100% of the records"),
        ({"tags": []}, {}, "field 'tags' is gone; 100% of the records had it"),
        ({"title": [3]}, {}, "field 'title' now holds a number, until now a text"),
        ({"title": ['{"en": "A"}']}, {}, "field 'title' now holds a document, until now a text"),
        ({}, {"lots": ["x"]}, "field 'lots' is gone; 100% of the records had it"),
    ],
)
def test_a_key_unlike_those_of_earlier_runs_is_told(
    now: dict[str, Any], past: dict[str, Any], sentence: str
) -> None:
    assert drift(gauge(**now), earlier(**past)) == [sentence]


def test_a_field_that_fewer_records_fill_is_told() -> None:
    half = gauge()
    for _ in range(40):
        half.take_raw({"reference": "2TOPICSen", "metadata": {"title": ["A"]}})
        half.take(replace(topic_record(), sections=(), budget=CollectedBudget()))
    assert drift(half, earlier()) == [
        "field 'tags' is in 50% of the records, usually 100%",
        "budget says something in 50% of the opportunities, usually 100%",
        "sections says something in 50% of the opportunities, usually 100%",
    ]


def test_the_median_forgives_one_strange_run() -> None:
    strange = EarlierRun(5, {}, gauge(tags=[]).shape())
    assert drift(gauge(), [*earlier(5), strange]) == []


def test_too_few_runs_or_records_say_nothing() -> None:
    assert drift(gauge(lots=["x"]), earlier(2)) == []
    assert drift(gauge(records=5, lots=["x"]), earlier()) == []


@pytest.mark.parametrize(
    ("announced", "too_few"), [(100, False), (80, False), (79, True), (0, True)]
)
def test_a_total_far_below_the_usual_is_not_believed(announced: int, *, too_few: bool) -> None:
    assert is_too_few(announced, earlier()) is too_few


def test_a_total_is_believed_while_nothing_is_usual_yet() -> None:
    assert not is_too_few(1, earlier(2))
    assert usual_total(earlier(2)) is None
    assert not is_too_few(0, earlier(announced=3))


def test_a_fall_that_lasts_becomes_the_usual() -> None:
    assert not is_too_few(50, [*earlier(6, announced=50), *earlier(4)])


def test_fields_below_their_least_share_are_named() -> None:
    assert list(
        thin_fields({"sections": 0.5, "cutoffs": 1.0}, {"sections": 0.9, "cutoffs": 0.9})
    ) == ["sections says something in 50% of the opportunities; 90% is the least of a healthy run"]


def test_a_shape_survives_the_store() -> None:
    shape = gauge().shape()
    assert Shape.of_json(shape.as_json()) == shape
    assert Shape.of_json({}) == Shape(0, {})
