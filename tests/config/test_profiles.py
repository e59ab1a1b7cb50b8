"""Profiles as people write them: what is taken, and how a mistake is told."""

from decimal import Decimal
from pathlib import Path

import pytest

from config.errors import ConfigurationError
from config.organisation import read_organisation
from config.profiles import read_profiles
from config.settings import SHIPPED

ORGANISATION = """\
name: A university
short_name: AU
country: "NO"
kind: university
time_zone: Europe/Oslo
goals:
  - {id: funding, title: More funding, valid_from: 2020-01-01, source: a plan}
faculties:
  - {id: sea, name: Faculty of the Sea, departments: [{id: imt, name: Marine Technology}]}
"""

GOOD = """\
name: Ships
department: imt
text: We build ships.
review: {policy: review_all}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "organisation.yaml").write_text(ORGANISATION)
    (tmp_path / "profiles").mkdir()
    return tmp_path


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / "profiles" / name
    path.write_text(text)
    return path


def refusal(folder: Path, *paths: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_profiles(paths or (folder / "profiles",), folder)
    return str(caught.value)


def test_the_shipped_profiles_are_right() -> None:
    profiles = read_profiles([SHIPPED / "profiles"], SHIPPED)
    assert len(profiles) >= 6
    assert [p.slug for p in profiles] == sorted(p.slug for p in profiles)


def test_a_profile_is_named_by_its_file(folder: Path) -> None:
    path = written(folder, "ships.yaml", GOOD)
    (profile,) = read_profiles([path], folder)
    assert profile.slug == "ships"
    assert profile.action_types == ()
    assert profile.owner is None


def test_a_folder_stands_for_the_yaml_files_in_it(folder: Path) -> None:
    written(folder, "b.yml", GOOD)
    written(folder, "a.yaml", GOOD)
    written(folder, "notes.txt", "not a profile")
    assert [p.slug for p in read_profiles([folder / "profiles"], folder)] == ["a", "b"]


def test_a_file_named_twice_is_read_once(folder: Path) -> None:
    path = written(folder, "ships.yaml", GOOD)
    assert len(read_profiles([path, folder / "profiles"], folder)) == 1


def test_a_group_of_words_weighs_one_unless_it_says_so(folder: Path) -> None:
    groups = "keywords: [{words: [hull]}, {words: [sea], weight: 1.5}]\n"
    (profile,) = read_profiles([written(folder, "ships.yaml", GOOD + groups)], folder)
    assert [group.weight for group in profile.keywords] == [1.0, 1.5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("imt", "int"), ":2: department: unknown department 'int'; did you mean imt?"),
        (GOOD + "goals: [fundng]\n", ":5: goals: unknown goal 'fundng'; did you mean funding?"),
        (
            GOOD + "programmes: [horizon]\n",
            ":5: programmes: unknown programme 'horizon'; did you mean horizon_europe?",
        ),
        (GOOD + "colour: red\n", ":5: colour: no such field"),
        (GOOD.replace("name: Ships\n", ""), ":1: name: is missing"),
        (GOOD.replace("We build ships.", '" "'), ":3: text: "),
        (GOOD + "slug: boats\n", ":5: slug: differs from the file name, 'ships'"),
        (GOOD + "roles: [leader]\n", ":5: roles.0: "),
        (GOOD + "action_types: [ria]\n", ":5: action_types.0: "),
        (GOOD + "keywords:\n  - words: [a]\n    weight: 0\n", ":7: keywords.0.weight: "),
        (GOOD + "keywords:\n  - words: []\n", ":6: keywords.0.words: "),
        (GOOD.replace("review_all", "auto_above"), ":4: review: auto_above needs a threshold"),
        (
            GOOD.replace("review_all", "auto, threshold: 0.5"),
            ":4: review: only auto_above takes a threshold",
        ),
        (
            GOOD.replace("review_all", "auto_above, threshold: 90"),
            ":4: review.threshold: ",
        ),
        ("- a list\n", ":1: a mapping of fields is expected"),
        ("name: [\n", "no valid YAML"),
    ],
)
def test_a_fault_is_told_with_file_line_and_field(folder: Path, text: str, told: str) -> None:
    path = written(folder, "ships.yaml", text)
    message = refusal(folder)
    assert message.startswith(str(path))
    assert told in message
    assert "Value error" not in message


def test_every_fault_of_every_file_is_told_at_once(folder: Path) -> None:
    written(folder, "a.yaml", GOOD.replace("imt", "xyz") + "goals: [none]\n")
    written(folder, "b.yaml", "name: B\n")
    written(folder, "c.yaml", GOOD)
    lines = refusal(folder).splitlines()
    assert sum("a.yaml" in line for line in lines) == 2
    assert sum("b.yaml" in line for line in lines) == 3
    assert not any("c.yaml" in line for line in lines)


def test_two_files_of_one_slug_are_refused(folder: Path) -> None:
    written(folder, "ships.yaml", GOOD)
    written(folder, "ships.yml", GOOD)
    assert "'ships' is the slug of 2 files" in refusal(folder)


def test_a_file_name_that_is_no_slug_is_refused(folder: Path) -> None:
    written(folder, "Our Ships.yaml", GOOD)
    assert ":1: slug: use a-z, 0-9 and -" in refusal(folder)


def test_a_folder_without_profiles_and_a_missing_file_are_told(folder: Path) -> None:
    message = refusal(folder, folder / "profiles", folder / "gone.yaml")
    assert "holds no profile" in message
    assert "gone.yaml: cannot be read" in message


def test_the_shipped_organisation_is_read() -> None:
    organisation = read_organisation(SHIPPED)
    assert len(organisation.goals) == 4
    faculty = organisation.faculty_of("imt")
    assert faculty is not None
    assert "imt" in {department.id for department in faculty.departments}
    assert organisation.faculty_of("no-such") is None


def test_an_organisation_without_a_real_time_zone_is_refused(folder: Path) -> None:
    path = folder / "organisation.yaml"
    path.write_text(ORGANISATION.replace("Europe/Oslo", "Oslo"))
    with pytest.raises(ConfigurationError, match=r"time_zone: .*no such time zone"):
        read_organisation(folder)


def test_the_size_of_a_project_is_read_exactly(folder: Path) -> None:
    path = written(folder, "ships.yaml", GOOD + "budget_eur: {least: 250_000, most: 3000000.5}\n")
    (profile,) = read_profiles([path], folder)
    assert (profile.budget_eur.least, profile.budget_eur.most) == (
        Decimal(250_000), Decimal("3000000.5"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("budget_eur: {least: 5, most: 4}", "least is more than most"),
        ("budget_eur: {least: -1}", "greater than 0"),
        ("career_stages: [professor]", "career_stages.0"),
    ],
)
def test_a_wish_that_cannot_be_is_told_with_its_line(folder: Path, line: str, said: str) -> None:
    written(folder, "ships.yaml", f"{GOOD}{line}\n")
    assert said in refusal(folder)
    assert "ships.yaml:5" in refusal(folder)
