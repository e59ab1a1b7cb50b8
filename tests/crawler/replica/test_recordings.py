from pathlib import Path

import pytest

from crawler.replica import (
    Record,
    read_records,
)
from tests.crawler.asking import BY_IDENTIFIER, HORIZON_TOPICS, Asker


@pytest.fixture(scope="module")
def day(shared: Path) -> list[Record]:
    return read_records(shared / "portal" / "search" / "2026-05-20")


def test_a_sorted_scan_of_a_recorded_day_is_complete(portal: Asker, day: list[Record]) -> None:
    portal.replica.records = day
    parts = {"query": HORIZON_TOPICS, "languages": ["en"]}
    pages = [
        portal.search({**parts, "sort": BY_IDENTIFIER}, page=p, size=100).json for p in range(1, 6)
    ]
    assert [len(page["results"]) for page in pages] == [100, 100, 100, 100, 57]
    assert {page["totalResults"] for page in pages} == {457}
    assert len({row["reference"] for page in pages for row in page["results"]}) == 457
    assert len(set(portal.scan(5, parts, size=100))) < 457


def test_every_recorded_topic_has_its_topic_details(portal: Asker, day: list[Record]) -> None:
    portal.replica.records = day
    topics = [r["metadata"] for r in day if r["metadata"]["type"] == ["1"]]
    for topic in topics[::20]:
        name = topic["identifier"][0].lower()
        answer = portal.get(f"{portal.replica.data_url}/topicDetails/{name}.json")
        details = answer.json["TopicDetails"]
        assert details["description"] == topic["descriptionByte"][0]
        assert details["budgetOverviewJSONItem"]["budgetTopicActionMap"]
        assert [type(details[key]) for key in ("actions", "latestInfos", "links")] == [list] * 3


def test_a_clause_on_the_datasource_keeps_the_stale_index_out(
    portal: Asker, shared: Path, day: list[Record]
) -> None:
    mixed = read_records(shared / "portal" / "search-mixed-index")
    portal.replica.records = [*day, *mixed]
    rows = portal.search({"query": HORIZON_TOPICS, "sort": BY_IDENTIFIER}, page=1, size=100).json[
        "results"
    ]
    assert {row["metadata"]["DATASOURCE"][0] for row in rows} == {"SEDIA"}
    stale = {"term": {"DATASOURCE": "SEDIA_PRD_CENTRICITY"}}
    assert portal.search({"query": stale}).json["totalResults"] == 100


def test_the_whole_collection_of_recordings_is_readable(shared: Path) -> None:
    records = read_records(shared / "portal")
    topics = {r["reference"] for r in records if r["reference"].endswith("TOPICSen")}
    assert len(topics) >= 650
