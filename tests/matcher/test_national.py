"""What the file of national actions says to a university."""

import shutil
from pathlib import Path

import pytest

from config.erasmus_national import erasmus_national
from config.settings import SHIPPED
from matcher.eligibility import judge_of
from store.eligibility import Eligibility, is_barred, is_hidden
from store.models import Kind
from tests.matcher.judging import DAY, answers, topic


def test_without_the_source_its_file_is_not_needed(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "erasmus_national.yaml").unlink()
    sources = folder / "sources.yaml"
    text = sources.read_text("utf-8").replace("  erasmus_national:", "  # erasmus_national:")
    sources.write_text(text, "utf-8")
    assert answers(judge_of(folder)(topic("HORIZON-RIA"), DAY)) == "yes yes yes"


def judged(code: str) -> Eligibility:
    national = topic(f"ERASMUS-{code}", kind=Kind.NATIONAL, programme="erasmus_plus")
    return judge_of(SHIPPED)(national, DAY)


@pytest.mark.parametrize("code", ["KA120", "KA121", "KA130", "KA122", "KA153", "KA240"])
def test_the_action_says_itself_what_a_university_may_do(code: str) -> None:
    (action,) = [a for a in erasmus_national(SHIPPED).actions if a.code == code]
    found = judged(code)
    assert found.verdict("coordinator").says == action.university
    assert found.verdict("coordinator").answer != "yes"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("KA240", "no unknown unknown"),
        ("KA122", "unknown unknown unknown"),
        ("KA152", "unknown unknown unknown"),
        ("KA182", "unknown unknown unknown"),
    ],
)
def test_what_is_not_meant_for_universities_is_hidden_and_not_refused(
    code: str, expected: str
) -> None:
    found = judged(code)
    assert answers(found) == expected
    assert is_hidden(found, ["coordinator", "beneficiary"])
    assert not is_barred(found, ["coordinator", "beneficiary"])


def test_what_is_meant_for_universities_is_told() -> None:
    assert not is_hidden(judged("KA220"), [])
    assert not is_hidden(judged("KA131"), [])


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("KA220", "lump sum of EUR 120,000, 250,000 or 400,000"),
        ("KA210", "lump sum of EUR 30,000 or 60,000"),
        ("KA131", "unit costs"),
    ],
)
def test_the_sums_of_the_action_are_the_rate(code: str, says: str) -> None:
    rate = judged(code).rate
    assert rate is not None
    assert rate.says == says
