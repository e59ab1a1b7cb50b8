"""Cascade funding: records of type 8, bundled and recorded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.deadlines import DeadlineRule
from config.sources import Source
from crawler.portal import read_record
from crawler.records import FieldError
from crawler.replica import PortalReplica
from crawler.run import crawl
from store.models import Kind, OpenTo, Opportunity, Origin
from tests.crawler.conftest import Crawl

Record = dict[str, Any]
PAGE = "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/"


def cascade(number: int = 11143, **metadata: list[str]) -> Record:
    """Return a record as the portal writes it; identifier and title are the parent topic's."""
    return {
        "reference": f"{number}COMPETITIVE_CALLen",
        "url": f"{PAGE}competitive-calls-cs/46214053",
        "language": "en",
        "metadata": {
            "type": ["8"],
            "status": ["31094502"],
            "DATASOURCE": ["SEDIA"],
            "frameworkProgramme": ["43152860"],
            "identifier": ["DIGITAL-2023-SKILLS-05-SPECIALEDU"],
            "title": ["Specialised education programmes in key capacity areas"],
            "callTitle": [f"Internships offer {number}"],
            "callccm2Id": [str(number)],
            "projectAcronym": ["SUSA"],
            "projectName": ["Sustainable Healthcare"],
            "description": ["<p>Internships for <strong>students</strong>.</p>"],
            "budget": ["30500"],
            "startDate": ["2025-06-30T00:00:00.000+0000"],
            "deadlineDate": ["2026-09-02T03:59:00.000+0000", "2027-01-03T07:59:00.000+0000"],
            "deadlineModel": ["multiple cut-off"],
        }
        | metadata,
    }


def test_a_call_is_known_by_its_reference_and_linked_to_its_topic(
    rules: tuple[DeadlineRule, ...],
) -> None:
    first, second = (read_record(cascade(number), rules) for number in (11143, 11145))
    assert first.reference != second.reference
    assert first.topic_id == second.topic_id == "DIGITAL-2023-SKILLS-05-SPECIALEDU"
    assert first.parent_reference == second.parent_reference == "46214053TOPICSen"
    assert first.kind is Kind.CASCADE
    assert first.title == "Internships offer 11143"
    assert first.call_title == "SUSA – Sustainable Healthcare"
    assert first.sections[0].text == "Internships for students."
    assert first.budget.own_eur == 30500


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-09-07T23:59:00.000+0000", "2026-09-07"),
        ("2026-09-02T03:59:00.000+0000", "2026-09-02"),
        ("2026-09-30T17:00:04.000+0000", "2026-09-30"),
        ("2026-09-07T00:00:00.000+0000", "2026-09-07"),
        ("2026-09-07T22:00:00.000+0000", "2026-09-08"),
        ("2027-01-07T23:00:00.000+0000", "2027-01-08"),
    ],
)
def test_a_clock_that_a_project_set_gives_a_day_that_nobody_misses(
    written: str, day: str, rules: tuple[DeadlineRule, ...]
) -> None:
    (cutoff,) = read_record(cascade(deadlineDate=[written]), rules).cutoffs
    assert cutoff.day.isoformat() == day
    assert (cutoff.origin, cutoff.rule_id, cutoff.open_to) == (Origin.UNKNOWN, None, OpenTo.ALL)


@pytest.mark.parametrize("missing", ["callTitle", "identifier", "startDate", "status"])
def test_a_call_without_a_field_we_need_is_refused(
    missing: str, rules: tuple[DeadlineRule, ...]
) -> None:
    without = cascade()
    without["metadata"][missing] = []
    with pytest.raises(FieldError, match=missing):
        read_record(without, rules)


def test_an_address_that_names_no_topic_is_refused(rules: tuple[DeadlineRule, ...]) -> None:
    with pytest.raises(FieldError, match="names no parent topic"):
        read_record(cascade() | {"url": PAGE}, rules)


def test_calls_of_every_programme_are_crawled_beside_each_other(
    crawling: Crawl, topic: Callable[..., Record]
) -> None:
    records = [cascade(number) for number in range(11000, 11250)]
    records[0]["metadata"]["frameworkProgramme"] = ["43108390"]
    with PortalReplica([*records, topic()]) as replica:
        settings = crawling.settings.model_copy(
            update={"portal_search_url": AnyHttpUrl(replica.search_url)}
        )
        (report,) = crawl([Source("cascade_funding")], settings, crawling.now)
    assert report.problems == []
    assert (report.seen, report.new, report.complete, report.healthy) == (250, 250, True, True)
    assert kinds(crawling.engine) == {Kind.CASCADE}


def kinds(engine: Engine) -> set[Kind]:
    with Session(engine) as session:
        return set(session.scalars(select(Opportunity.kind)))


def test_the_recorded_calls_are_read(shared: Path, rules: tuple[DeadlineRule, ...]) -> None:
    document = json.loads((shared / "portal/cascade/sedia-type8-trimmed.json").read_bytes())
    rows = document if isinstance(document, list) else document["results"]
    collected = [read_record({"language": "en"} | row, rules) for row in rows]
    assert [one.reference for one in collected] == [row["reference"] for row in rows]
    assert {one.parent_reference for one in collected} >= {"46214053TOPICSen", "45033429TOPICSen"}
    assert all(one.cutoffs and one.title for one in collected)
