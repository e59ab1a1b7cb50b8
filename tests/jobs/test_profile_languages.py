"""A profile that the model cannot read is told wherever profiles are; nothing is refused for it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.settings import Settings
from jobs.doctor import check_languages
from tests.config.test_languages import TEXTS
from tests.jobs.conftest import AT, NOW, Callwatch

SAID = (
    "callwatch: skip: text: written in Norwegian Bokmål, which the model does not read;"
    " write it in English, or set CALLWATCH_MODEL to a multilingual model"
    " such as intfloat/multilingual-e5-small"
)


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """Return the name of a file that describes a group in Norwegian."""
    file = tmp_path / "skip.yaml"
    file.write_text(
        f"name: Skip\ndepartment: imt\ntext: {TEXTS['nb']!r}\nreview: {{policy: review_all}}\n",
        "utf-8",
    )
    return str(file)


@pytest.mark.parametrize("command", ["check", "import"])
def test_a_profile_in_another_language_is_fine_with_a_warning(
    callwatch: Callwatch, profile: str, command: str
) -> None:
    found = callwatch("profiles", command, profile, "--json")
    assert (found.status, found.complaint) == (0, SAID)
    assert found.document


def test_a_multilingual_model_is_not_complained_of(
    callwatch: Callwatch, profile: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text("---\nlanguage: [multilingual]\n---\n", "utf-8")
    monkeypatch.setenv("CALLWATCH_MODEL", str(tmp_path))
    found = callwatch("profiles", "check", profile)
    assert (found.status, found.err) == (0, "")


def test_the_list_of_profiles_names_the_language_of_each(
    callwatch: Callwatch, profile: str
) -> None:
    callwatch("profiles", "import", profile)
    callwatch("profiles", "import")
    found = callwatch("profiles", "list", "--json")
    languages = {row["slug"]: row["language"] for row in found.document}
    assert languages.pop("skip") == "nb"
    assert set(languages.values()) == {"en"}


def test_matching_says_once_which_profile_it_could_not_read(
    callwatch: Callwatch, profile: str, collected: Engine
) -> None:
    callwatch("profiles", "import", profile, *AT)
    collected.dispose()
    found = callwatch("match", "--json", *AT)
    assert found.status == 0
    assert found.err.splitlines().count(SAID) == 1


def test_the_doctor_warns_of_each_such_profile(callwatch: Callwatch, profile: str) -> None:
    callwatch("profiles", "import", profile)
    [found] = check_languages(Settings(), NOW)
    assert (found.subject, found.grade) == ("profiles", "warning")
    assert f"callwatch: {found.says}; {found.advice}" == SAID
