from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.actions import action_label
from notifier.amounts import amount_range, budget_line
from notifier.changes import WORDS, change_lines, worth_telling
from notifier.deadlines import dates_label, days_left_words, deadline_lines
from notifier.passages import excerpt, one_line, safe_url, shorten
from store.models import (
    Change,
    ChangeKind,
    Cutoff,
    Kind,
    OpenTo,
    Opportunity,
    Origin,
    Severity,
    Status,
)

OSLO, HELSINKI = ZoneInfo("Europe/Oslo"), ZoneInfo("Europe/Helsinki")
MakeCutoff = Callable[..., Cutoff]


def opportunity(*cutoffs: Cutoff, **columns: Any) -> Opportunity:
    values = {"status": Status.OPEN, "opens_on": date(2026, 5, 1), "deadline_model": "single-stage"}
    return Opportunity(**(values | columns), cutoffs=list(cutoffs))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "not stated by the source"),
        ({"budget_eur": Decimal(0), "budget_shared_by": 1}, "not stated by the source"),
        ({"budget_eur": Decimal("37.8e6"), "budget_shared_by": 1}, "EUR 37.8 million in all"),
        ({"expected_grants": 1}, "about 1 grant"),
        (
            {"expected_grants": 3, "min_contribution_eur": 7e6, "max_contribution_eur": 9e6},
            "about 3 grants of EUR 7\u20139 million each",
        ),
        (
            {"expected_grants": 2, "min_contribution_eur": 4e6, "max_contribution_eur": 4e6},
            "about 2 grants of EUR 4 million each",
        ),
        ({"max_contribution_eur": Decimal(400_000)}, "grants of up to EUR 400,000 each"),
        ({"min_contribution_eur": Decimal("2.5e6")}, "grants of at least EUR 2.5 million each"),
        (
            {"shared_budget_eur": Decimal("120e6"), "budget_shared_by": 11},
            "EUR 120 million shared with 10 other topics",
        ),
        ({"budget_shared_by": 2}, "budget shared with 1 other topic"),
        (
            {"budget_eur": Decimal("9e6"), "shared_budget_eur": Decimal("9e6")}
            | {"budget_shared_by": 2, "expected_grants": 4},
            "about 4 grants; EUR 9 million shared with 1 other topic",
        ),
    ],
)
def test_a_budget_is_said_in_words_and_never_as_zero(columns: dict[str, Any], words: str) -> None:
    columns = {
        name: Decimal(value) if name.endswith("_eur") else value for name, value in columns.items()
    }
    assert budget_line(opportunity(**({"budget_shared_by": 0} | columns)), "en") == words


@pytest.mark.parametrize(
    ("most", "words"),
    [
        (60_000, "a fixed lump sum, EUR 30,000–60,000"),
        (30_000, "a fixed lump sum, EUR 30,000"),
    ],
)
def test_the_sums_of_a_national_action_are_no_grants_of_any_size(most: int, words: str) -> None:
    found = opportunity(
        kind=Kind.NATIONAL,
        budget_shared_by=0,
        min_contribution_eur=Decimal(30_000),
        max_contribution_eur=Decimal(most),
    )
    assert budget_line(found, "en") == words


def test_a_range_over_two_units_says_both() -> None:
    words = amount_range(Decimal(500_000), Decimal(1_500_000), "en")
    assert words == "EUR 500,000\u20131.5 million"


def test_a_deadline_by_rule_says_so_and_adds_the_readers_own_time(
    make_cutoff: MakeCutoff, now: datetime
) -> None:
    found = opportunity(make_cutoff(origin=Origin.RULE))
    assert deadline_lines(found, now, HELSINKI, "en") == (
        "Tuesday 15 September 2026, 17:00 Brussels time (by rule)",
        "18:00 in your time zone (Europe/Helsinki)",
    )


@pytest.mark.parametrize(
    ("status", "label"), [(Status.FORTHCOMING, "Dates"), (Status.OPEN, "Deadline")]
)
def test_what_begins_with_an_opening_is_not_called_a_deadline(
    make_cutoff: MakeCutoff, now: datetime, status: Status, label: str
) -> None:
    found = opportunity(make_cutoff(), status=status, opens_on=date(2026, 6, 17))
    assert dates_label(found, now, "en") == label


def test_the_own_time_is_left_out_where_it_is_the_same(
    make_cutoff: MakeCutoff, now: datetime
) -> None:
    lines = deadline_lines(opportunity(make_cutoff()), now, OSLO, "en")
    assert lines == ("Tuesday 15 September 2026, 17:00 Brussels time",)


def test_the_own_time_names_its_day_where_that_differs(
    make_cutoff: MakeCutoff, now: datetime
) -> None:
    lines = deadline_lines(opportunity(make_cutoff()), now, ZoneInfo("Asia/Tokyo"), "en")
    assert lines[1] == "16 September 2026, 00:00 in your time zone (Asia/Tokyo)"


def test_an_hour_nobody_states_is_not_shown(make_cutoff: MakeCutoff, now: datetime) -> None:
    found = opportunity(make_cutoff(origin=Origin.UNKNOWN))
    lines = deadline_lines(found, now, HELSINKI, "en")
    assert lines == ("Tuesday 15 September 2026, hour not stated by the source",)


def test_a_second_stage_is_never_shown_as_a_date_to_submit_by(
    make_cutoff: MakeCutoff, now: datetime
) -> None:
    second = make_cutoff(date(2027, 3, 10), position=2, stage=2, open_to=OpenTo.INVITED)
    mistaken = make_cutoff(date(2027, 4, 10), position=3, stage=2)
    lines = deadline_lines(opportunity(make_cutoff(stage=1), second, mistaken), now, OSLO, "en")
    assert lines[1:] == ("stage 1; stage 2 by invitation only",)
    assert "2027" not in " ".join(lines)


def test_later_cut_offs_follow_the_next_one(make_cutoff: MakeCutoff, now: datetime) -> None:
    dates = [make_cutoff(date(2026, month, 9), position=month) for month in (3, 6, 9, 11)]
    lines = deadline_lines(opportunity(*dates), now, OSLO, "en")
    assert lines[0].startswith("Tuesday 9 June 2026")
    assert lines[1] == "further cut-offs: 9 September 2026, 9 November 2026"


def test_what_is_forthcoming_says_when_it_opens(make_cutoff: MakeCutoff, now: datetime) -> None:
    found = opportunity(
        make_cutoff(date(2027, 1, 12), 16),
        status=Status.FORTHCOMING,
        opens_on=date(2026, 11, 17),
    )
    lines = deadline_lines(found, now, OSLO, "en")
    assert lines[0] == "opens 17 November 2026"
    assert lines[1] == "deadline Tuesday 12 January 2027, 17:00 Brussels time"
    assert days_left_words(found, now, "en") == "opens in 181 days"


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("continuous", "open continuously, no deadline"),
        ("single-stage", "deadline not stated by the source"),
    ],
)
def test_a_missing_deadline_is_said(model: str, words: str, now: datetime) -> None:
    found = opportunity(deadline_model=model)
    assert deadline_lines(found, now, OSLO, "en") == (words,)
    assert days_left_words(found, now, "en") == ""


@pytest.mark.parametrize(
    ("day", "words"),
    [(20, "closes today"), (21, "closes tomorrow"), (22, "2 days left")],
)
def test_days_are_counted_by_brussels_midnights(
    day: int, words: str, make_cutoff: MakeCutoff
) -> None:
    late = datetime(2026, 5, 19, 22, 30, tzinfo=UTC)  # half past midnight in Brussels
    assert days_left_words(opportunity(make_cutoff(date(2026, 5, day))), late, "en") == words


@pytest.mark.parametrize(
    ("code", "label", "words"),
    [
        (
            "HORIZON-RIA",
            "HORIZON Research and Innovation Actions",
            "RIA \u2013 Research and Innovation Action",
        ),
        ("HORIZON-JU-IA", "HORIZON JU Innovation Actions", "IA \u2013 Innovation Action"),
        ("HORIZON-EIC", "HORIZON EIC Grants", "EIC Grants"),
        ("FPA", "Framework Partnership Agreement", "Framework Partnership Agreement"),
    ],
)
def test_a_type_of_action_is_named_as_people_do(code: str, label: str, words: str) -> None:
    assert action_label(code, label) == words


def change(kind: ChangeKind, severity: Severity = Severity.NOTABLE, **columns: Any) -> Change:
    return Change(kind=kind, severity=severity, field="x", **columns)


def test_every_kind_of_change_has_words_or_silence() -> None:
    assert set(WORDS) == set(ChangeKind)


def test_a_moved_deadline_names_both_days() -> None:
    moved = change(ChangeKind.DEADLINE_EARLIER, before="2027-01-15", after="2026-09-30")
    words = "the deadline moved earlier, from 15 January 2027 to 30 September 2026"
    assert change_lines([moved], "en") == (words,)


def test_noise_and_silent_kinds_are_not_told() -> None:
    quiet = [change(ChangeKind.TEXT, Severity.NOISE), change(ChangeKind.MISSING)]
    assert worth_telling(quiet) == []


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("A\r\nBcc: x@y.z", "A Bcc: x@y.z"),
        ("a\u2028b\u0085c\x00d", "a b cd"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
    ],
)
def test_foreign_text_becomes_one_plain_line(text: str, cleaned: str) -> None:
    assert one_line(text) == cleaned


def test_terms_are_marked_as_words_and_the_rest_is_kept_verbatim() -> None:
    pieces = excerpt("Storage <b>at</b> sea; restorage stays.", ("storage", "sea"), 200)
    assert "".join(piece.text for piece in pieces) == "Storage <b>at</b> sea; restorage stays."
    assert [piece.text for piece in pieces if piece.marked] == ["Storage", "sea"]


def test_a_long_passage_is_cut_around_its_first_term() -> None:
    pieces = excerpt("word " * 100 + "turbine " + "more " * 100, ("turbine",), 120)
    text = "".join(piece.text for piece in pieces)
    assert text.startswith("…")
    assert text.endswith("…")
    assert len(text) <= 121
    assert [piece.text for piece in pieces if piece.marked] == ["turbine"]


def test_a_text_without_a_space_is_cut_all_the_same() -> None:
    assert len(shorten("x" * 300, 50)) <= 51


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "https://a b",
        "https://a\nb.example",
        "mailto:x@y.z",
        "https://[broken",
    ],
)
def test_a_link_that_is_no_web_page_is_left_out(url: str) -> None:
    assert safe_url(url) is None
