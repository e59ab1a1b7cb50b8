"""What becomes of the entries of grantsTenders.json; each beside the search record of its topic."""

import copy
import gzip
import json
import re
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.deadlines import BRUSSELS, DeadlineRule
from crawler.portal import read_record
from crawler.records import FieldError
from crawler.reference.entries import UNKNOWN, WHO_MAY_USE_IT, read_epoch_day, read_grant
from crawler.reference.reading import (
    LiveGrants,
    ReferenceFileError,
    count_live,
    is_live,
    read_grants,
)
from crawler.replica.reference_file import as_entry
from store.collected import Collected
from store.models import OpenTo, Status

Record = dict[str, Any]
Rules = tuple[DeadlineRule, ...]

SAMPLE = Path(__file__).parents[1] / "fixtures" / "reference_file" / "grantsTenders.json"
TODAY = date(2026, 5, 20)


@pytest.fixture(scope="module")
def entries() -> dict[str, Record]:
    return {entry["identifier"]: dict(entry) for entry in read_grants(SAMPLE)}


@pytest.fixture
def entry(entries: dict[str, Record]) -> Record:
    return copy.deepcopy(entries["HORIZON-CL5-2026-09-D3-03"])


def saved(path: Path, *entries: Mapping[str, Any]) -> Path:
    path.write_text(json.dumps({"fundingData": {"GrantTenderObj": entries}}), encoding="utf-8")
    return path


def days(collected: Collected) -> list[date]:
    return [cutoff.day for cutoff in collected.cutoffs]


def told(collected: Collected) -> dict[str, Any]:
    """Return the fields that both sources tell; of two dates only one knows who may use them."""
    fields = collected.fields()
    for cutoff in fields["cutoffs"]:
        del cutoff["open_to"], cutoff["note"], cutoff["stage"]
    return {name: value for name, value in fields.items() if name not in BUDGET | UNKNOWN}


BUDGET = {
    "budget_eur", "shared_budget_eur", "budget_shared_by", "min_contribution_eur",
    "max_contribution_eur", "expected_grants",
}  # fmt: skip


# every date and word, beside the search record


def test_an_entry_says_what_the_search_record_of_its_topic_says(
    samples: list[Record], entries: dict[str, Record], rules: Rules
) -> None:
    searched = {record["metadata"]["identifier"][0]: record for record in samples}
    topics = [entry for entry in entries.values() if entry["identifier"] in searched]
    assert len(topics) == 6
    for entry in topics:
        theirs = read_record(searched[entry["identifier"]], rules)
        assert told(read_grant(entry, rules)) == told(theirs)
        assert read_grant(entry, rules).reference == theirs.reference


def recorded(shared: Path) -> Iterator[Record]:
    for path in sorted((shared / "portal" / "search").rglob("page-*.json.gz")):
        yield from json.loads(gzip.decompress(path.read_bytes()))["results"]


def recorded_entries(shared: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((shared / "portal" / "grants-tenders").glob("*.json")):
        yield from read_grants(path)


def test_every_recorded_date_is_that_of_the_search_record(shared: Path, rules: Rules) -> None:
    searched = {r["metadata"].get("ccm2Id", [""])[0]: r for r in recorded(shared)}
    compared = 0
    for entry in recorded_entries(shared):
        if entry["type"] == 0:
            continue
        ours = read_grant(entry, rules)
        theirs = read_record(searched[str(entry["ccm2Id"])], rules)
        assert (days(ours), ours.opens_on, ours.status) == (
            days(theirs), theirs.opens_on, theirs.status
        )  # fmt: skip
        assert [c.deadline for c in ours.cutoffs] == [c.deadline for c in theirs.cutoffs]
        same = ("title", "call_id", "call_title", "programme", "action_types", "action_labels",
                "grant_agreements", "keywords", "tags", "kind")  # fmt: skip
        assert all(getattr(ours, name) == getattr(theirs, name) for name in same)
        assert sorted(ours.divisions) == sorted(theirs.divisions)
        assert sorted(ours.priorities) == sorted(theirs.priorities)
        compared += 1
    assert compared == 7


def test_every_recorded_topic_written_as_an_entry_reads_as_its_search_record(
    shared: Path, rules: Rules
) -> None:
    topics = {r["reference"]: r for r in recorded(shared) if "TOPICS" in r["reference"]}
    assert len(topics) == 650
    for record in topics.values():
        ours, theirs = read_grant(as_entry(record), rules), read_record(record, rules)
        assert told(ours) | {"url": ""} == told(theirs) | {"url": ""}
        for mine, given_ in zip(ours.cutoffs, theirs.cutoffs, strict=True):
            assert (mine.open_to, given_.open_to) != (OpenTo.ALL, OpenTo.INVITED)


# days


def test_the_example_of_the_portal() -> None:
    assert read_epoch_day(1789430400000) == date(2026, 9, 15)


@given(st.dates(date(1970, 1, 2), date(2200, 1, 1)))
def test_midnight_in_utc_or_in_brussels_is_that_day(day: date) -> None:
    for zone in (UTC, BRUSSELS):
        midnight = datetime.combine(day, time(), zone)
        milliseconds = (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        assert read_epoch_day(milliseconds) == read_epoch_day(str(milliseconds)) == day


@pytest.mark.parametrize(
    "value", ["", "2026-09-15", -1, 1789430400000.0, None, True, [], {}, 10**15, "٣", "1e3"]
)
def test_what_counts_no_milliseconds_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="milliseconds since 1970 expected"):
        read_epoch_day(value)


# who may use a date


def with_days(entry: Record, *texts: str) -> Record:
    epochs = [int(datetime.fromisoformat(f"{t}T00:00:00Z").timestamp()) * 1000 for t in texts]
    entry["deadlineDatesLong"] = epochs
    entry["actions"][0]["deadlineDates"] = [str(epoch) for epoch in epochs]
    return entry


def test_a_two_stage_topic_is_known_by_its_name(entries: dict[str, Record], rules: Rules) -> None:
    grant = read_grant(entries["HORIZON-CL5-2027-04-Two-Stage-D2-07"], rules)
    assert [(c.stage, c.open_to, c.note) for c in grant.cutoffs] == [
        (1, OpenTo.ALL, ""),
        (2, OpenTo.INVITED, ""),
    ]


def test_a_second_of_two_dates_may_be_a_second_stage(
    entries: dict[str, Record], rules: Rules
) -> None:
    first, second = read_grant(entries["ERC-2026-POC"], rules).cutoffs
    assert (first.open_to, second.open_to) == (OpenTo.ALL, OpenTo.INVITED)
    assert (first.note, second.note) == ("", WHO_MAY_USE_IT)


def test_three_dates_are_cut_offs_for_all(entry: Record, rules: Rules) -> None:
    grant = read_grant(with_days(entry, "2026-09-15", "2027-02-16", "2027-09-28"), rules)
    assert [c.open_to for c in grant.cutoffs] == [OpenTo.ALL] * 3


def test_a_two_stage_topic_with_three_dates_is_refused(entry: Record, rules: Rules) -> None:
    entry["identifier"] = "HORIZON-X-TWO-STAGE"
    with pytest.raises(FieldError, match="a two-stage topic with"):
        read_grant(with_days(entry, "2026-09-15", "2027-02-16", "2027-09-28"), rules)


# what cannot be read


def test_what_the_file_does_not_say_is_said_to_be_unknown(entry: Record, rules: Rules) -> None:
    grant = read_grant(entry, rules)
    assert grant.unknown == UNKNOWN
    assert (grant.deadline_model, grant.sections, grant.conditions) == ("", (), ())
    assert json.loads(grant.raw) == entry


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"type": 8}, "type: "),
        ({"ccm2Id": 0}, "ccm2Id: "),
        ({"title": " "}, "title: "),
        ({"status": {"id": 31094599}}, "status: unknown code '31094599'"),
        ({"status": {}}, "status.id: "),
        ({"frameworkProgramme": {"id": 1}}, "frameworkProgramme: unknown framework programme '1'"),
        ({"deadlineDatesLong": ["soon"]}, "deadlineDatesLong.0: "),
        ({"deadlineDatesLong": [0]}, "deadlines: actions say "),
        ({"actions": []}, "actions: "),
        ({"callIdentifier": None}, "callIdentifier: "),
    ],
)
def test_a_field_that_cannot_be_read_is_named(
    entry: Record, rules: Rules, changes: Record, message: str
) -> None:
    with pytest.raises(FieldError, match=re.escape(message)):
        read_grant(entry | changes, rules)


# the file


def test_live_grants_are_those_of_one_programme_that_are_not_over(rules: Rules) -> None:
    horizon = LiveGrants(SAMPLE, "horizon_europe", rules, TODAY)
    assert sorted(grant.topic_id for grant in horizon) == [
        "ERC-2026-POC",
        "HORIZON-CL5-2026-09-D3-03",
        "HORIZON-CL5-2027-04-Two-Stage-D2-07",
        "HORIZON-EIC-2026-ACCELERATOR-01",
        "HORIZON-MSCA-2026-DN-01-01",
    ]
    assert not horizon.refusals
    later = LiveGrants(SAMPLE, "horizon_europe", rules, date(2026, 12, 18))
    assert [grant.topic_id for grant in later] == ["HORIZON-CL5-2027-04-Two-Stage-D2-07"]


def test_an_entry_that_cannot_be_read_is_named_and_costs_no_other(
    tmp_path: Path, entry: Record, rules: Rules
) -> None:
    strange = entry | {"identifier": "STRANGE", "actions": None}
    of_another = strange | {"frameworkProgramme": {"id": 31045243}}
    closed = strange | {"status": {"id": 31094503}}
    path = saved(tmp_path / "file.json", strange, of_another, closed, entry)
    grants = LiveGrants(path, "horizon_europe", rules, TODAY)
    assert [grant.status for grant in grants] == [Status.OPEN]
    assert list(grants.refusals) == ["STRANGE"]
    assert grants.refusals["STRANGE"].startswith("actions: ")


def test_tenders_closed_topics_and_past_dates_are_not_live(entry: Record) -> None:
    assert count_live(SAMPLE, TODAY) == 6
    assert is_live(entry, date(2026, 9, 15))
    assert not is_live(entry, date(2026, 9, 16))
    assert is_live(entry | {"deadlineDatesLong": []}, TODAY)
    assert not is_live({}, TODAY)
    assert not is_live(entry | {"deadlineDatesLong": ["soon"]}, TODAY)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99, 0.99999])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    content = SAMPLE.read_bytes().rstrip()
    path = tmp_path / "cut.json"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ReferenceFileError, match="the JSON is cut off or damaged"):
        count_live(path, TODAY)


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html>", b"\x1f\x8b\x08", b"[1, 2"])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.json"
    path.write_bytes(content)
    with pytest.raises(ReferenceFileError, match=r"no JSON, it begins with "):
        count_live(path, TODAY)


def test_ten_times_as_many_entries_need_no_more_memory(tmp_path: Path, entry: Record) -> None:
    peaks = []
    for size in (300, 3000):
        path = saved(tmp_path / f"{size}.json", *[entry] * size)
        tracemalloc.start()
        assert count_live(path, TODAY) == size
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert path.stat().st_size > 5_000_000
    assert max(peaks) < 1_000_000


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "marked.json"
    path.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes())
    assert count_live(path, TODAY) == 6


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ReferenceFileError, match="No such file"):
        count_live(tmp_path / "absent.json", TODAY)
