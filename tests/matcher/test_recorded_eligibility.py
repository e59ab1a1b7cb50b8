"""Who may apply to what was recorded: frozen for the samples, invariants for the rest."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

import crawler
from benchmarks.eligibility import as_row
from config.deadlines import deadline_rules
from config.settings import SHIPPED
from crawler.portal import read_record
from crawler.replica import read_records
from matcher.eligibility import judge_of
from notifier.eligibility import in_one_line, who_may_apply
from store.eligibility import Eligibility, is_barred
from store.models import Kind, Opportunity

DAY = date(2026, 5, 20)
SAMPLES = Path(crawler.__file__).parent / "samples"
EXPECTED = Path(__file__).parent.parent / "fixtures" / "eligibility" / "samples.expected.json"
Judged = list[tuple[Opportunity, Eligibility]]


def judged_in(folder: Path) -> Judged:
    judge, rules = judge_of(SHIPPED), deadline_rules(SHIPPED)
    rows = [as_row(read_record(dict(record), rules)) for record in read_records(folder)]
    return [(row, judge(row, DAY)) for row in rows]


@pytest.fixture(scope="module")
def recorded(shared: Path) -> Judged:
    return judged_in(shared / "portal" / "search")


def answers(eligibility: Eligibility) -> tuple[str, ...]:
    return tuple(verdict.answer for verdict in eligibility.roles)


def line_of(eligibility: Eligibility) -> str:
    return in_one_line(who_may_apply(eligibility, "en"))


def names(found: Sequence[tuple[Opportunity, Eligibility]]) -> set[str]:
    return {opportunity.topic_id for opportunity, _ in found}


def test_the_bundled_samples_are_judged_as_they_were_when_last_read() -> None:
    found = {
        opportunity.topic_id: " ".join(
            [*answers(verdicts), "·", verdicts.rate.says if verdicts.rate else "no rate known"]
        )
        for opportunity, verdicts in judged_in(SAMPLES)
    }
    if not EXPECTED.exists():
        EXPECTED.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
        EXPECTED.write_text(text + "\n", "utf-8")
        pytest.fail(f"{EXPECTED.name} was written: read it once, then run again")
    assert found == json.loads(EXPECTED.read_text("utf-8"))


def test_no_innovation_action_pays_a_university_seventy_percent(recorded: Judged) -> None:
    actions = [
        (opportunity, found)
        for opportunity, found in recorded
        if any(code.endswith("-IA") for code in opportunity.action_types)
    ]
    assert len(actions) > 100
    assert names([(o, e) for o, e in actions if e.rate and e.rate.percent == 70]) == set()


def test_norway_never_coordinates_a_widening_action(recorded: Judged) -> None:
    widening = [(o, e) for o, e in recorded if "-WIDENING-" in o.topic_id]
    assert len(widening) >= 5
    assert {e.verdict("coordinator").answer for _, e in widening} <= {"no", "unknown"}
    hop_on = {o.topic_id for o, _ in widening if "Hop-On" in o.title}
    assert names([(o, e) for o, e in widening if answers(e)[0] == "unknown"]) == hop_on


def test_what_no_group_can_use_is_barred_in_every_role(recorded: Judged) -> None:
    barred = [(o, e) for o, e in recorded if is_barred(e, ())]
    codes = Counter(code for opportunity, _ in barred for code in opportunity.action_types)
    assert codes == {
        "HORIZON-EIC-ACC": 1, "HORIZON-EIC-EQU": 1, "ERASMUS-CERT": 1, "ESC-CERT": 1,
        "EURATOM-IA": 2, "HORIZON-CSA": 1,
    }  # fmt: skip
    (alone,) = [o for o, _ in barred if o.action_types == ["HORIZON-CSA"]]
    assert alone.topic_id == "HORIZON-WIDERA-2027-01-WIDENING-01"  # one SME in a widening country
    accelerator = next(e for o, e in barred if o.action_types == ["HORIZON-EIC-ACC"])
    assert any("spin-out" in note.text for note in accelerator.notes)


def test_every_consortium_with_norway_is_told_to_find_a_member_state(recorded: Judged) -> None:
    cooperative = [
        (o, e)
        for o, e in recorded
        if o.action_types in (["HORIZON-RIA"], ["HORIZON-IA"])
        and e.verdict("beneficiary").rule_id in {"horizon-ria", "horizon-ia"}
    ]
    assert len(cooperative) > 300
    minima = [e.consortium for _, e in cooperative if e.consortium]
    assert len(minima) == len(cooperative)
    assert all(found.member_states >= 1 and found.entities >= 3 for found in minima)
    lines = [line_of(e) for _, e in cooperative if e.verdict("beneficiary").answer == "yes"]
    assert {line for line in lines if "in an EU Member State" not in line} == set()


def test_nobody_in_norway_is_told_that_euratom_pays_them(recorded: Judged) -> None:
    euratom = [(o, e) for o, e in recorded if "EURATOM" in o.topic_id]
    assert len(euratom) >= 12
    assert {v.answer for _, e in euratom for v in e.roles[:2]} == {"no"}


def test_no_single_entity_is_called_enough_where_the_topic_asks_for_more(
    recorded: Judged,
) -> None:
    asking = [(o, e) for o, e in recorded if e.demands]
    assert len(asking) > 80
    enough = [(o, e) for o, e in asking if "is enough" in line_of(e)]
    assert names(enough) == set()
    alone = [(o, e) for o, e in recorded if "is enough" in line_of(e)]
    counting = re.compile(r"at least (?!one)\w+ [^.]{0,60}(?:entities|participants|authorities)")
    assert not [o.topic_id for o, _ in alone if counting.search(eligibility_text(o))]


def eligibility_text(opportunity: Opportunity) -> str:
    parts = [p["text"] for p in opportunity.conditions if "ligib" in p["label"]]
    return " ".join(parts)


@pytest.mark.parametrize(
    ("topic_id", "words"),
    [
        ("HORIZON-EIE-2027-01-CONNECT-03", "at least 3 organisations in 3 countries"),
        ("HORIZON-EIE-2026-03-CONNECT-01", "at least 3 organisations in 3 countries"),
        ("HORIZON-CL2-2026-01-HERITAGE-07", "at least 3 organisations in 3 countries"),
        ("HORIZON-CL3-2026-01-BM-03", "at least 2 Border or Coast Guard Authorities"),
        ("HORIZON-CL3-2027-01-SSRI-02", "at least 6 end-user organisations"),
        ("HORIZON-JU-GH-EDCTP3-2026-03-DIGIT-02", "sub-Saharan African country"),
        ("HORIZON-JU-GH-EDCTP3-2026-03-SERP-01", "at least 3 organisations in 3 countries"),
        ("HORIZON-INFRA-2026-DEV-01-06", "at least one ESFRI Landmark"),
        ("HORIZON-CL6-2027-02-FARM2FORK-09", "African Union member state"),
        ("HORIZON-EIE-2027-01-CONNECT-01", "at least 50% of the beneficiaries"),
        ("HORIZON-JU-EUROHPC-2026-NGC-04-01", "single legal entity"),
        ("HORIZON-MISS-2027-05-SOIL-02-two-stage", "multi-actor approach"),
        ("HORIZON-WIDERA-2027-05-ERA-01", "two in EU Member States"),
    ],
)
def test_a_line_shows_what_the_topic_asks_itself(
    recorded: Judged, topic_id: str, words: str
) -> None:
    lines = {line_of(e) for o, e in recorded if o.topic_id == topic_id}
    assert lines
    assert all(words in line for line in lines), lines


def test_what_has_no_conditions_is_unknown_and_never_no(recorded: Judged) -> None:
    silent = [e for o, e in recorded if o.kind is Kind.PROPOSALS]
    assert len(silent) > 50
    assert {answers(e) for e in silent} == {("unknown", "unknown", "unknown")}


def test_a_no_always_has_a_rule_or_a_sentence_to_show(recorded: Judged) -> None:
    refused = [v for _, e in recorded for v in e.roles if v.answer == "no"]
    assert refused
    assert all(verdict.rule_id or verdict.evidence for verdict in refused)
    assert all(verdict.source.startswith("https://") for verdict in refused)


def test_every_restriction_by_strategic_interest_that_names_norway_lets_us_in(
    recorded: Judged,
) -> None:
    named = [
        (o, e)
        for o, e in recorded
        if "limited to legal entities" in e.verdict("coordinator").evidence
        and "Norway" in e.verdict("coordinator").evidence
    ]
    assert len(named) >= 20
    assert {answers(e) for _, e in named} == {("yes", "yes", "yes")}
