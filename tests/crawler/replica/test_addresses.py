import pytest
import urllib3

from crawler.replica import (
    Faults,
)
from tests.crawler.asking import Asker, record


def test_there_is_no_robots_txt_unless_told(portal: Asker) -> None:
    assert portal.get(portal.replica.robots_url).status == 404
    portal.replica.faults = Faults(robots_status=200, robots_body="User-agent: *\nDisallow: /\n")
    answer = portal.get(portal.replica.robots_url)
    assert (answer.status, answer.body) == (200, b"User-agent: *\nDisallow: /\n")


def test_topic_details_are_made_of_the_record(portal: Asker) -> None:
    portal.replica.records = [
        record(
            1,
            title="A topic",
            descriptionByte="<p>Scope</p>",
            topicConditions="<p>Conditions</p>",
            budgetOverview='{"budgetTopicActionMap": {}}',
            actions='[{"deadlineDates": ["2026-09-03"]}]',
            latestInfos="[]",
            links="[]",
            keywords=["HORIZON-001"],
        )
    ]
    answer = portal.get(f"{portal.replica.data_url}/topicDetails/horizon-001.json")
    assert answer.json["TopicDetails"] == {
        "identifier": "HORIZON-001",
        "title": "A topic",
        "type": 1,
        "description": "<p>Scope</p>",
        "conditions": "<p>Conditions</p>",
        "budgetOverviewJSONItem": {"budgetTopicActionMap": {}},
        "actions": [{"deadlineDates": ["2026-09-03"]}],
        "latestInfos": [],
        "links": [],
        "keywords": ["HORIZON-001"],
        "tags": [],
    }


def test_topic_details_prefer_the_current_record_to_a_stale_one(portal: Asker) -> None:
    stale = record(
        1, DATASOURCE="SEDIA_PRD_CENTRICITY", esDA_IngestDate="2027-01-01T00:00:00.000+0100"
    )
    portal.replica.records = [record(1, title="current"), stale]
    answer = portal.get(f"{portal.replica.data_url}/topicDetails/horizon-001.json")
    assert answer.json["TopicDetails"]["title"] == "current"


@pytest.mark.parametrize("name", ["HORIZON-001.json", "horizon-999.json", "horizon-001", ""])
def test_topic_details_of_an_unknown_or_upper_case_name_are_not_found(
    portal: Asker, name: str
) -> None:
    assert portal.get(f"{portal.replica.data_url}/topicDetails/{name}").status == 404


def test_every_other_address_is_not_found(portal: Asker, pool: urllib3.PoolManager) -> None:
    assert portal.get(portal.replica.base_url).status == 404
    assert pool.request("POST", portal.replica.robots_url, body=b"").status == 404
