"""callwatch profiles, match and review."""

import getpass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import SHIPPED
from jobs.cli.console import out
from matcher.eligibility import judge_of
from store.eligibility import as_kept
from store.models import Match, Profile, Review, ReviewStatus
from tests.jobs.conftest import AT, Callwatch

SLUGS = sorted(path.stem for path in (SHIPPED / "profiles").glob("*.yaml"))
SHIPPED_PROFILE = (SHIPPED / "profiles" / "power-grids.yaml").read_text("utf-8")


@pytest.fixture
def misspelt(tmp_path: Path) -> Path:
    """Return a folder of two profiles, one with a field that is not one."""
    folder = tmp_path / "groups"
    folder.mkdir()
    (folder / "good.yaml").write_text(SHIPPED_PROFILE.replace("slug: power-grids\n", ""), "utf-8")
    wrong = SHIPPED_PROFILE.replace("slug: power-grids\n", "") + "\nkeyword: [wind]\n"
    (folder / "wrong.yaml").write_text(wrong, "utf-8")
    return folder


def ids(rows: Session, status: ReviewStatus = ReviewStatus.PENDING) -> list[int]:
    rows.expire_all()
    return [m.id for m in rows.query(Match).filter_by(review_status=status).order_by(Match.id)]


def test_profiles_are_imported_once_and_changed_where_they_changed(
    callwatch: Callwatch, tmp_path: Path
) -> None:
    assert callwatch("profiles", "import", "--json", *AT).document == {
        "new": SLUGS, "changed": [], "unchanged": [], "left": [],
    }  # fmt: skip
    changed = tmp_path / "power-grids.yaml"
    changed.write_text(SHIPPED_PROFILE.replace("name: ", "name: New "), "utf-8")
    found = callwatch("profiles", "import", str(changed), *AT)
    assert found.out == "0 new\n1 changed: power-grids\n0 unchanged\n"


def test_a_misspelt_field_is_named_with_file_and_line_and_nothing_is_imported(
    callwatch: Callwatch, misspelt: Path, rows: Session
) -> None:
    line = len((misspelt / "wrong.yaml").read_text("utf-8").splitlines())
    for command in ("import", "check"):
        found = callwatch("profiles", command, "groups")
        assert (found.status, found.out) == (2, "")
        assert found.complaint == (
            f"callwatch: groups/wrong.yaml:{line}: keyword: no such field; check the spelling"
        )
    assert rows.query(Profile).count() == 0


def test_every_fault_of_every_file_is_a_line(callwatch: Callwatch, misspelt: Path) -> None:
    good = misspelt / "good.yaml"
    good.write_text(good.read_text("utf-8").replace("department: ", "department: x"), "utf-8")
    found = callwatch("profiles", "check", "groups")
    assert found.status == 2
    lines = found.err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("callwatch: groups/") for line in lines)


def test_the_shipped_profiles_are_fine(callwatch: Callwatch) -> None:
    assert callwatch("profiles", "check").out == "8 profiles are fine\n"
    assert callwatch("profiles", "check", "--json").document == SLUGS


@pytest.mark.usefixtures("matched")
def test_imported_profiles_are_listed(callwatch: Callwatch) -> None:
    found = callwatch("profiles", "list", "--json", *AT).document
    assert [row["slug"] for row in found] == SLUGS
    assert set(found[0]) == {
        "slug",
        "name",
        "department",
        "language",
        "review",
        "version",
        "updated_at",
    }
    table = callwatch("profiles", "list", *AT).out
    assert all(slug in table for slug in SLUGS)


def test_without_profiles_the_next_step_is_named(callwatch: Callwatch) -> None:
    assert callwatch("profiles", "list").out == (
        "No profiles. Import some with: callwatch profiles import\n"
    )
    found = callwatch("match")
    assert found.status == 0
    assert "there are no profiles to match" in found.complaint


@pytest.mark.usefixtures("matched")
def test_a_profile_nobody_knows_is_one_line(callwatch: Callwatch) -> None:
    for command in (("match",), ("review", "list"), ("review", "approve", "--all")):
        found = callwatch(*command, "--profile", "power-grid", *AT)
        assert found.status == 1
        assert "power-grid" in found.complaint


@pytest.mark.usefixtures("matched")
def test_a_model_that_is_not_there_is_named(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLWATCH_MODEL", "./no-model")
    found = callwatch("match", *AT)
    assert found.status == 2
    assert found.complaint == "callwatch: CALLWATCH_MODEL='./no-model': no such folder"


@pytest.mark.usefixtures("matched")
def test_what_waits_is_listed_best_first(callwatch: Callwatch, rows: Session) -> None:
    found = callwatch("review", "list", "--json", *AT).document
    assert {row["id"] for row in found} == set(ids(rows))
    assert set(found[0]) == {
        "id", "profile", "topic_id", "reference", "title", "deadline", "basis", "band",
        "percentile", "probability", "reasons", "against", "proposed_at", "reopened", "eligibility",
    }  # fmt: skip
    one = callwatch("review", "list", "--profile", "trustworthy-ai", "--json", *AT).document
    assert {row["profile"] for row in one} == {"trustworthy-ai"}


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.usefixtures("matched")
def test_the_number_to_decide_by_and_the_topic_are_never_cut(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    waiting = callwatch("review", "list", "--json", *AT).document
    monkeypatch.setattr(out, "width", width)
    monkeypatch.setenv("COLUMNS", str(width))
    lines = callwatch("review", "list", *AT).out.splitlines()
    assert max(map(len, lines)) <= width
    words = {word for line in lines for word in line.split()}
    for row in waiting:
        assert {str(row["id"]), row["profile"], row["topic_id"]} <= words
    assert "callwatch review approve" in lines[-1]


@pytest.mark.usefixtures("matched")
def test_approving_some_keeps_who_when_and_why(callwatch: Callwatch, rows: Session) -> None:
    first, second, *_ = ids(rows)
    comment = ("--by", "Kari", "--comment", "fits well")
    found = callwatch("review", "approve", str(first), str(second), *comment, *AT)
    assert found.out == "2 approved\n"
    review = rows.query(Review).filter_by(match_id=first).one()
    assert (review.by, review.comment, review.decision.value) == ("Kari", "fits well", "approve")
    assert review.at.isoformat() == "2026-05-20T06:00:00+00:00"


@pytest.mark.usefixtures("matched")
def test_approving_all_leaves_nothing_waiting(callwatch: Callwatch, rows: Session) -> None:
    waiting = ids(rows)
    of_one = callwatch("review", "approve", "--all", "--profile", "trustworthy-ai", *AT)
    assert of_one.out == "2 approved\n"
    rest = callwatch("review", "approve", "--all", *AT)
    assert rest.out == f"{len(waiting) - 2} approved\n"
    assert ids(rows) == []
    assert callwatch("review", "list", *AT).out == "Nothing waits for a decision.\n"
    assert getpass.getuser() in {review.by for review in rows.query(Review)}


@pytest.mark.usefixtures("matched")
def test_rejecting_keeps_the_reason(callwatch: Callwatch, rows: Session) -> None:
    first = ids(rows)[0]
    found = callwatch("review", "reject", str(first), "--reason", "not-eligible", *AT)
    assert found.out == "1 rejected\n"
    assert rows.query(Review).filter_by(match_id=first).one().reason_code == "not-eligible"
    assert first in ids(rows, ReviewStatus.REJECTED)


@pytest.mark.parametrize("act", ["approve", "reject"])
@pytest.mark.usefixtures("matched")
def test_an_unknown_number_is_one_line_and_nothing_is_decided(
    callwatch: Callwatch, rows: Session, act: str
) -> None:
    before = ids(rows)
    found = callwatch("review", act, str(before[0]), "99999", *AT)
    assert found.status == 1
    assert found.complaint == "callwatch: unknown match 99999; see: callwatch review list"
    assert ids(rows) == before


@pytest.mark.parametrize("options", [(), ("3", "--all")])
def test_approving_says_either_which_or_all(callwatch: Callwatch, options: tuple[str, ...]) -> None:
    found = callwatch("review", "approve", *options)
    assert found.status == 2
    assert "--all" in found.err


@pytest.fixture
def barred(matched: Engine, rows: Session) -> Match:
    """Return a waiting match to which nobody of us may apply."""
    del matched
    match = rows.query(Match).filter_by(review_status=ReviewStatus.PENDING).first()
    assert match is not None
    opportunity = match.opportunity
    opportunity.programme, opportunity.action_types = "horizon_europe", ["HORIZON-EIC-ACC"]
    match.eligibility = as_kept(judge_of(SHIPPED)(opportunity, date(2026, 5, 20)))
    rows.commit()
    return match


def test_the_queue_says_in_a_word_who_may_apply_and_in_json_all(
    callwatch: Callwatch, barred: Match
) -> None:
    found = callwatch("review", "list", "--json", *AT).document
    (row,) = (row for row in found if row["id"] == barred.id)
    assert {role["answer"] for role in row["eligibility"]["roles"]} == {"no"}
    assert row["eligibility"]["roles"][0]["rule_id"] == "eic-accelerator"
    assert any("spin-out" in note["text"] for note in row["eligibility"]["notes"])
    listed = callwatch("review", "list", *AT).out
    assert "no · " in listed
    assert "spin-out" in " ".join(listed.split())


@pytest.mark.parametrize("width", [80, 140])
def test_what_speaks_against_a_match_is_a_line_of_the_queue(
    callwatch: Callwatch, barred: Match, rows: Session, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    barred.against = [{"kind": "budget", "text": "how much a project gets is unknown"}]
    rows.commit()
    monkeypatch.setattr(out, "width", width)
    monkeypatch.setenv("COLUMNS", str(width))
    lines = callwatch("review", "list", *AT).out.splitlines()
    (told,) = [line.strip() for line in lines if "against" in line]
    assert told == "against: how much a project gets is unknown"


@pytest.mark.usefixtures("matched")
def test_what_a_rule_recommends_is_printed_under_a_heading_of_its_own(callwatch: Callwatch) -> None:
    told = callwatch("match", "--profile", "trustworthy-ai", "--json", *AT).document
    ruled = [best for best in told[0]["best"] if best["basis"] == "rule"]
    assert {(best["score"], best["band"]) for best in ruled} == {(0.0, "by rule")}
    printed = callwatch("match", "--profile", "trustworthy-ai", "--all", *AT).out
    _, _, below = printed.partition("  open to any subject\n")
    assert all(f"by rule   {best['topic_id']}" in below for best in ruled)
    assert "You named the career stage" in below


@pytest.mark.usefixtures("matched")
def test_a_match_is_printed_with_who_may_apply_and_every_note(callwatch: Callwatch) -> None:
    printed = " ".join(callwatch("match", "--all", *AT).out.split())
    told = callwatch("match", "--json", *AT).document
    matches = [best for result in told for best in result["best"]]
    notes = {note["text"] for best in matches for note in best["eligibility"]["notes"]}
    assert "A public body or university needs a gender equality plan." in notes
    assert {note for note in notes if note not in printed} == set()
    assert "may apply: You may lead or join" in printed


def test_approving_what_we_may_not_apply_for_is_said_to_stay_hidden(
    callwatch: Callwatch, barred: Match
) -> None:
    found = callwatch("review", "approve", str(barred.id), *AT)
    assert found.out == "1 approved\n"
    assert found.complaint.startswith("callwatch: 1 match is kept from readers all the same")
