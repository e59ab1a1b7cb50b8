"""Callwatch beside the baselines, each stratum apart."""

import csv
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from matcher.evaluation.comparison import ORACLE, OURS, Comparison, compared
from matcher.evaluation.measures import MEASURES, Draws
from matcher.evaluation.plot import TITLE, write_plot
from matcher.evaluation.ranking import as_opportunity, as_profile, ranked
from matcher.evaluation.report import COLUMNS, write_csv
from tests.matcher.evaluation.tasks import (
    DOCUMENTS,
    JUDGEMENTS,
    QUERIES,
    TASK,
    counting_models,
    counting_reader,
)

DRAWS = Draws(200, 1)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def comparisons() -> tuple[Comparison, ...]:
    return compared(TASK, counting_models(), DRAWS)


def test_a_document_is_ranked_as_an_opportunity_and_a_query_as_a_profile() -> None:
    opportunities = [as_opportunity(document) for document in DOCUMENTS]
    profiles = [as_profile(query) for query in QUERIES]
    scores = ranked(opportunities, profiles, counting_reader())
    assert scores.shape == (3, 4)
    assert np.isfinite(scores).all()
    assert [DOCUMENTS[row.argmax()].id for row in scores[[0, 2]]] == ["C-SHIP", "B-SCHOOL"]
    assert {DOCUMENTS[at].id for at in np.argsort(-scores[1])[:2]} == {"A-GRID", "D-WIND"}


def test_each_project_of_a_history_is_a_facet() -> None:
    profile = as_profile(QUERIES[1])
    assert profile.facets == ["Batteries. For the grid", "Wind power. "]
    assert as_profile(QUERIES[0]).text == QUERIES[0].text


def test_headings_within_a_description_begin_sections() -> None:
    text = "Expected Outcome: Better grids. Scope: All of Europe."
    found = as_opportunity(DOCUMENTS[0].model_copy(update={"description": text}))
    assert [section["label"] for section in found.sections] == ["Expected Outcome", "Scope"]


def test_strata_are_reported_apart(comparisons: tuple[Comparison, ...]) -> None:
    assert [(c.stratum, c.queries) for c in comparisons] == [("thematic", 2), ("bottom-up", 1)]


def test_a_perfect_ranking_has_perfect_figures(comparisons: tuple[Comparison, ...]) -> None:
    for measure in MEASURES:
        found = comparisons[0].of(OURS, measure)
        assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_the_gain_is_over_the_best_baseline(comparisons: tuple[Comparison, ...]) -> None:
    found = comparisons[0]
    assert found.rankings[0] == OURS
    for gain in found.gains:
        reached = {name: found.of(name, gain.measure).value for name in found.rankings[1:-1]}
        assert reached[gain.over] == max(reached.values())
        assert found.of(ORACLE, gain.measure).value >= reached[gain.over]
        assert gain.difference.value == found.of(OURS, gain.measure).value - reached[gain.over]


def test_a_ratio_to_nothing_is_not_stated() -> None:
    task = replace(TASK, judgements=dict(JUDGEMENTS) | {"q3": {"ELSEWHERE": 1}})
    (_, missed) = compared(task, counting_models(), DRAWS)
    assert {gain.ratio for gain in missed.gains} == {None}
    assert {gain.difference.value for gain in missed.gains} == {0.0}


def test_the_order_of_queries_changes_no_value(comparisons: tuple[Comparison, ...]) -> None:
    turned = replace(TASK, queries=TASK.queries[::-1])
    again = {found.stratum: found for found in compared(turned, counting_models(), DRAWS)}
    for found in comparisons:
        for figure in found.figures:
            other = again[found.stratum].of(figure.ranking, figure.measure)
            assert other.value == pytest.approx(figure.estimate.value)


def test_a_file_of_figures_has_every_value(
    comparisons: tuple[Comparison, ...], tmp_path: Path
) -> None:
    write_csv(tmp_path / "figures.csv", comparisons)
    with (tmp_path / "figures.csv").open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
    assert tuple(heading) == COLUMNS
    assert ["b-open", "thematic", "2", "4", "MRR", OURS, "1.0", "1.0", "1.0"] in rows
    assert any(row[5].startswith(f"{OURS} minus ") for row in rows)
    assert len(rows) == 2 * len(MEASURES) * (6 + 2)


def test_the_picture_says_in_words_what_it_shows(
    comparisons: tuple[Comparison, ...], tmp_path: Path
) -> None:
    write_plot(tmp_path / "a.svg", comparisons)
    write_plot(tmp_path / "b.svg", comparisons)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    root = ET.parse(tmp_path / "a.svg").getroot()  # noqa: S314 - we have just written it
    assert root.findtext(f"{SVG}title") == TITLE
    assert f"{OURS} 1.000 (1.000 to 1.000)" in str(root.findtext(f"{SVG}desc"))
    written = "".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert "bare model" in written
