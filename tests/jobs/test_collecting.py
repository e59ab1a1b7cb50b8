"""callwatch crawl, changes and opportunities: what they print, and what they say at the end."""

import csv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy.orm import Session

from crawler.replica import Failure, FailureBody, Faults, PortalReplica, read_records
from jobs.cli.console import out
from jobs.demo import SAMPLES
from store.models import Endpoint, Kind, Opportunity, Status
from tests.jobs.conftest import AT, Callwatch

TOPIC = "HORIZON-CL5-2026-09-D3-03"


@pytest.fixture
def portal(callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch) -> Iterator[PortalReplica]:
    """Yield a replica of the portal that ``callwatch crawl`` reads."""
    with PortalReplica(read_records(SAMPLES)) as replica:
        monkeypatch.setenv("CALLWATCH_PORTAL_SEARCH_URL", replica.search_url)
        monkeypatch.setenv("CALLWATCH_CRAWL_DELAY_SECONDS", "0")
        folder = Path("config")
        callwatch("init")
        (folder / "sources.yaml").write_text("sources: {erasmus_plus: {expected: [10, 30]}}\n")
        yield replica


@pytest.mark.usefixtures("portal")
def test_a_crawl_tells_what_it_did_and_the_next_finds_nothing_new(
    callwatch: Callwatch,
) -> None:
    [first] = callwatch("crawl", "--json", *AT).document
    assert first.pop("fill_rates")["cutoffs"] == 1
    assert first == {
        "source": "erasmus_plus", "seen": 18, "new": 18, "changed": 0, "unchanged": 0, "missing": 0,
        "refused": 0, "pages": 1, "announced": 18, "complete": True, "healthy": True,
        "closed": 0, "withdrawn": 0, "leftovers": 0, "scans": 1, "endpoint": "search_api",
        "problems": [], "notes": [],
    }  # fmt: skip
    again = callwatch("crawl", "erasmus_plus", *AT)
    assert (again.status, again.err) == (0, "")
    heading, row = again.out.splitlines()
    assert heading.split()[:4] == ["source", "seen", "new", "changed"]
    assert row.split() == [
        "erasmus_plus", "18", "0", "0", "0", "0", "0", "18", "yes", "yes",
    ]  # fmt: skip


@pytest.mark.usefixtures("portal")
def test_a_crawl_that_read_too_little_is_done_but_unhealthy(
    callwatch: Callwatch,
) -> None:
    Path("config/sources.yaml").write_text("sources: {erasmus_plus: {expected: [100, 200]}}\n")
    found = callwatch("crawl", "--json", *AT)
    [report] = found.document
    assert found.status == 3
    assert report["seen"] == 18
    assert not report["healthy"]
    assert found.complaint == f"callwatch: erasmus_plus: {report['problems'][0]}"


def test_a_source_that_cannot_be_read_fails_and_says_why(
    callwatch: Callwatch, portal: PortalReplica
) -> None:
    portal.faults = Faults(failures=(Failure(status=403, times=99, body=FailureBody.HTML),))
    found = callwatch("crawl", *AT)
    assert found.status == 1
    assert "403" in found.complaint


def test_a_source_nobody_knows_is_wrong_use(callwatch: Callwatch) -> None:
    found = callwatch("crawl", "horizon")
    assert found.status == 2
    assert "no source 'horizon'; known are: " in found.complaint
    assert "horizon_europe" in found.complaint


@pytest.mark.usefixtures("collected")
def test_what_was_collected_is_listed_with_the_next_deadline_first(
    callwatch: Callwatch,
) -> None:
    found = callwatch("opportunities", "--status", "open", "--json", *AT)
    deadlines = [row["deadline"] for row in found.document]
    assert deadlines[0].startswith("2026-05-28")
    assert deadlines == sorted(deadlines, key=lambda text: text or "9999")
    assert {row["status"] for row in found.document} == {"open"}


@pytest.mark.usefixtures("collected")
def test_an_opportunity_as_json_has_what_a_reader_may_want(
    callwatch: Callwatch,
) -> None:
    [row] = callwatch("opportunities", "--query", f"{TOPIC} TURBINES", "--json", *AT).document
    assert set(row) == {
        "reference", "topic_id", "title", "kind", "status", "source", "programme", "call_id",
        "call_title", "action_types", "action_labels", "grant_agreements", "opens_on", "deadline",
        "deadline_model", "cutoffs", "budget_eur", "shared_budget_eur", "budget_shared_by",
        "min_contribution_eur", "max_contribution_eur", "expected_grants", "sections", "conditions",
        "destination", "keywords", "tags", "priorities", "divisions", "news", "url",
        "first_seen_at", "last_seen_at", "missing_since",
        "withdrawn_at", "parent_reference", "deadline_verified", "deadline_note",
        "confirmed_by", "confirmed_at",
    }  # fmt: skip
    assert row["deadline"] == "2026-09-15T17:00:00+02:00"
    assert row["topic_id"] == TOPIC
    assert (row["deadline_verified"], row["deadline_note"]) == (True, "")
    assert (row["confirmed_by"], row["confirmed_at"]) == ("search_api", row["last_seen_at"])


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ((), 62),
        (("--programme", "erasmus_plus"), 18),
        (("--status", "open", "--status", "forthcoming"), 62),
        (("--status", "closed"), 0),
        (("--query", "floating foundations"), 1),
    ],
)
@pytest.mark.usefixtures("collected")
def test_a_list_is_narrowed(callwatch: Callwatch, options: tuple[str, ...], number: int) -> None:
    assert len(callwatch("opportunities", *options, "--json", *AT).document) == number


def test_a_programme_nobody_knows_is_wrong_use(callwatch: Callwatch) -> None:
    found = callwatch("opportunities", "--programme", "horizon")
    assert found.status == 2
    assert "--programme 'horizon': unknown; known are horizon_europe, " in found.complaint


def test_an_empty_list_says_what_to_do(callwatch: Callwatch) -> None:
    assert callwatch("opportunities").out == (
        "No opportunities. Collect some with: callwatch crawl\n"
    )
    assert callwatch("opportunities", "--json").document == []
    assert callwatch("changes").out.startswith("Nothing has changed. ")
    assert callwatch("changes", "--json").document == []


@pytest.mark.usefixtures("collected")
def test_a_search_that_finds_nothing_does_not_ask_for_a_crawl(
    callwatch: Callwatch,
) -> None:
    found = callwatch("opportunities", "--query", "unicorns", *AT)
    assert found.out.startswith("None fits. ")


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.usefixtures("collected")
def test_a_topic_is_never_cut_and_no_line_is_wider_than_the_terminal(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(out, "width", width)
    monkeypatch.setenv("COLUMNS", str(width))
    lines = callwatch("opportunities", *AT).out.splitlines()
    assert max(map(len, lines)) <= width
    topics = {row["topic_id"] for row in callwatch("opportunities", "--json", *AT).document}
    assert topics <= {word for line in lines for word in line.split()}
    if width > 80:
        assert len(lines) == 1 + len(topics) + 2, "a heading, one each, how many, confirmed by what"


@pytest.mark.usefixtures("collected")
def test_what_goes_into_a_pipe_is_one_whole_line_each(
    callwatch: Callwatch,
) -> None:
    found = callwatch("opportunities", *AT)
    assert "…" not in found.out
    assert len(found.out.splitlines()) == 65
    assert found.out.splitlines()[-2:] == [
        "62 opportunities",
        "62 confirmed by the Search API, last 20 May 2026",
    ]


@pytest.mark.usefixtures("collected")
def test_what_is_missing_is_counted(callwatch: Callwatch, rows: Session) -> None:
    row = rows.query(Opportunity).filter_by(topic_id=TOPIC).one()
    row.missing_since, row.confirmed_by = row.last_seen_at, Endpoint.TOPIC_DETAILS
    rows.commit()
    assert callwatch("opportunities", "--query", TOPIC, *AT).out.splitlines()[-3:] == [
        "1 opportunity",
        "1 confirmed by a direct look, last 20 May 2026",
        "1 of them missing: not returned any more, though a date lies ahead",
    ]


@pytest.mark.usefixtures("collected")
def test_a_date_nobody_verified_is_marked_wherever_it_is_shown(
    callwatch: Callwatch, rows: Session
) -> None:
    [cutoff] = rows.query(Opportunity).filter_by(topic_id=TOPIC).one().cutoffs
    cutoff.verified, cutoff.note = False, "only in some countries"
    rows.commit()
    table = callwatch("opportunities", "--query", TOPIC, *AT).out
    assert "15 Sep 2026 ?" in table
    assert "? behind a date: not verified, check the official page" in table
    [row] = callwatch("opportunities", "--query", TOPIC, "--csv", "one.csv", "--json", *AT).document
    assert row["deadline_verified"] is False
    assert row["cutoffs"][0]["verified"] is False
    assert row["cutoffs"][0]["note"] == row["deadline_note"] == "only in some countries"
    with Path("one.csv").open(newline="", encoding="utf-8-sig") as file:
        [line] = csv.DictReader(file)
    assert (line["deadline_verified"], line["deadline_note"]) == ("False", row["deadline_note"])
    assert line["confirmed_by"] == "search_api"


@pytest.mark.usefixtures("collected")
def test_no_opening_is_made_up_for_a_call_that_is_not_published(
    callwatch: Callwatch, rows: Session
) -> None:
    found = rows.query(Opportunity).filter_by(topic_id=TOPIC).one()
    found.kind, found.status, found.cutoffs = Kind.NATIONAL, Status.FORTHCOMING, []
    rows.commit()
    [row] = callwatch("opportunities", "--query", TOPIC, "--json", *AT).document
    assert (row["opens_on"], row["deadline"], row["deadline_verified"]) == (None, None, None)


@pytest.mark.usefixtures("collected")
def test_brackets_in_a_title_are_no_markup(callwatch: Callwatch, rows: Session) -> None:
    rows.query(Opportunity).filter_by(topic_id=TOPIC).one().title = "Wind [bold]at sea[/x] [pilot]"
    rows.commit()
    assert "Wind [bold]at sea[/x] [pilot]" in callwatch("opportunities", *AT).out


@pytest.mark.usefixtures("collected")
def test_an_export_holds_every_row_and_no_formula(callwatch: Callwatch, rows: Session) -> None:
    rows.query(Opportunity).filter_by(topic_id=TOPIC).one().title = '=HYPERLINK("http://x")'
    rows.commit()
    found = callwatch("opportunities", "--csv", "calls.csv", "--xlsx", "calls.xlsx", *AT)
    assert (found.status, found.out) == (0, "")
    assert found.err.splitlines() == [
        "62 opportunities written to calls.csv",
        "62 opportunities written to calls.xlsx",
    ]
    with Path("calls.csv").open(newline="", encoding="utf-8-sig") as file:
        table = {row["topic_id"]: row for row in csv.DictReader(file)}
    assert len(table) == 62
    assert table[TOPIC]["title"] == '\'=HYPERLINK("http://x")'
    assert table[TOPIC]["deadline"] == "2026-09-15T17:00:00+02:00"
    with ZipFile("calls.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert sheet.count("<row ") == 63
    assert "<f>" not in sheet
    assert '=HYPERLINK("http://x")' in texts


@pytest.mark.usefixtures("collected")
def test_an_export_beside_json_leaves_one_document(callwatch: Callwatch) -> None:
    found = callwatch("opportunities", "--csv", "calls.csv", "--json", *AT)
    assert len(found.document) == 62


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.usefixtures("collected")
def test_an_export_that_cannot_be_written_is_one_line(callwatch: Callwatch, kind: str) -> None:
    found = callwatch("opportunities", f"--{kind}", f"nowhere/calls.{kind}", *AT)
    assert found.status == 2
    assert found.complaint == (
        f"callwatch: nowhere/calls.{kind}: cannot be written: No such file or directory"
    )


@pytest.mark.usefixtures("collected")
def test_changes_are_told_as_they_were_noticed(callwatch: Callwatch) -> None:
    found = callwatch("changes", "--json", *AT)
    assert {tuple(row) for row in found.document} == {
        ("reference", "topic_id", "kind", "severity", "field", "before", "after", "detected_at"),
    }  # fmt: skip
    assert {row["kind"] for row in found.document} == {"new"}
    assert callwatch("changes", *AT).out.splitlines()[-1] == f"{len(found.document)} changes"


@pytest.mark.parametrize(("since", "number"), [("2026-05-20", 62), ("2026-05-21", 0)])
@pytest.mark.usefixtures("collected")
def test_changes_since_a_day_are_told(callwatch: Callwatch, since: str, number: int) -> None:
    assert len(callwatch("changes", "--since", since, "--json", *AT).document) == number


def test_a_day_that_is_none_is_wrong_use(callwatch: Callwatch) -> None:
    found = callwatch("changes", "--since", "last week")
    assert found.status == 2
    assert found.complaint == ("callwatch: --since 'last week': no date; write it like 2026-05-20")
