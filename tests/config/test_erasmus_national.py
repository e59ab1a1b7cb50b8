from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from config.erasmus_national import FIELDS, erasmus_national
from config.errors import ConfigurationError
from config.settings import SHIPPED

GOOD = """\
actions:
  - code: KA220
    title: Cooperation partnerships
    funds: Joint projects.
    fields: {HED: Curricula., SCH: Teaching.}
    url: https://example.org/
    applicants: {text: Anyone., source: "https://example.org/", verified: true}
    university: A university may apply.
    amounts:
      {text: A sum., lump_sums_eur: [120000], source: "https://example.org/", verified: true}
calls:
  - year: 2026
    call_id: EAC/A12/2025
    published: 2025-11-12
    source: https://example.org/
    verified: true
    rounds:
      - actions: [KA220]
        number: 1
        deadline: 2026-03-05
        source: https://example.org/
        verified: true
"""
"""Lines 2 to 10 are the action, 12 to 16 the call, 18 to 22 its round."""

SECOND = """\
      - actions: [KA220-HED]
        number: 2
        deadline: 2026-10-01
        source: https://example.org/
        verified: false
"""

Refused = Callable[[str], str]


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """Return a function that reads a file and returns why it is refused."""

    def read(text: str) -> str:
        path = tmp_path / "erasmus_national.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(ConfigurationError) as caught:
            erasmus_national(tmp_path)
        return str(caught.value).replace(f"{path}:", "")

    return read


def test_an_action_is_offered_in_each_of_its_fields_with_its_rounds(tmp_path: Path) -> None:
    (tmp_path / "erasmus_national.yaml").write_text(GOOD + SECOND, "utf-8")
    offers = {offer.id: offer for offer in erasmus_national(tmp_path).offers()}
    assert list(offers) == ["KA220-HED", "KA220-SCH"]
    assert [found.deadline for found in offers["KA220-HED"].rounds] == [
        date(2026, 3, 5),
        date(2026, 10, 1),
    ]
    assert [found.number for found in offers["KA220-SCH"].rounds] == [1]


def test_an_action_that_a_call_does_not_name_is_not_offered(tmp_path: Path) -> None:
    text = GOOD.replace("actions: [KA220]", "actions: [KA220-SCH]")
    (tmp_path / "erasmus_national.yaml").write_text(text, "utf-8")
    assert [offer.id for offer in erasmus_national(tmp_path).offers()] == ["KA220-SCH"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("code: KA220", "code: 220", "2: actions.0.code: "),
        ("{HED: Curricula.", "{HEI: Curricula.", "5: actions.0.fields.HEI.[key]: "),
        ("university: A", "universities: A", "8: actions.0.universities: no such field"),
        ("[120000]", "[0]", "10: actions.0.amounts.lump_sums_eur.0: "),
        ("call_id: EAC/A12/2025", "call_id: A12", "13: calls.0.call_id: "),
        ("    published: 2025-11-12\n", "", "12: calls.0.published: is missing"),
        (
            "published: 2025-11-12",
            "published: null",
            "14: calls.0.published: is needed as soon as a deadline is known",
        ),
        ("[KA220]", "[KA221]", "18: calls.0.rounds.0.actions: no action 'KA221'"),
        ("[KA220]", "[KA220-ADU]", "18: calls.0.rounds.0.actions: no action 'KA220-ADU'"),
        (
            "[KA220]",
            "[KA220, KA220-HED]",
            "18: calls.0.rounds.0.actions: KA220-HED has a round 1 already",
        ),
        (
            "2026-03-05",
            "2025-03-05",
            "20: calls.0.rounds.0.deadline: 2025-03-05 is not in the year of the call",
        ),
        ("2026-03-05", "2026-02-30", "20: 2026-02-30: day is out of range for month"),
        (
            "deadline: 2026-03-05",
            "deadline: null",
            "18: calls.0.rounds.0: Value error, a deadline that is not published cannot be",
        ),
        (
            "number: 1",
            "number: 1\n        opens: 2026-03-06",
            "18: calls.0.rounds.0: Value error, opens 2026-03-06, after its deadline",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(
    old: str, new: str, says: str, refused: Refused
) -> None:
    assert GOOD.count(old) == 1
    assert refused(GOOD.replace(old, new)).splitlines()[-1].startswith(says)


def test_a_later_round_that_ends_earlier_is_refused(refused: Refused) -> None:
    wrong = GOOD + SECOND.replace("2026-10-01", "2026-03-05")
    assert refused(wrong) == "17: calls.0.rounds: KA220-HED: a later round ends no later"


def test_what_stands_twice_is_refused(refused: Refused) -> None:
    head, _, calls = GOOD.partition("calls:\n")
    action = head.removeprefix("actions:\n")
    assert "11: actions.1.code: KA220 stands twice" in refused(f"{head}{action}calls:\n{calls}")
    assert refused(GOOD + calls).endswith("23: calls.1.year: 2026 stands twice")


def test_the_shipped_file_has_the_season_of_2026_and_says_what_is_not_verified() -> None:
    offers = list(erasmus_national(SHIPPED).offers())
    days = {offer.id: offer.rounds[0] for offer in offers if offer.call.year == 2026}
    assert {offer.call.call_id for offer in offers} == {"EAC/A12/2025", None}
    assert {name.partition("-")[2] for name in days} == set(FIELDS)
    assert days["KA131-HED"].deadline == days["KA171-HED"].deadline == date(2026, 2, 19)
    assert days["KA220-HED"].deadline == date(2026, 3, 5)
    assert days["KA120-SCH"].deadline == date(2026, 9, 29)
    assert not days["KA120-SCH"].verified
    second = [found for offer in offers for found in offer.rounds if found.number == 2]
    assert all(found.note and not found.verified for found in second)


def test_the_shipped_file_gives_no_date_of_a_call_that_is_not_published() -> None:
    for call in erasmus_national(SHIPPED).calls:
        if call.published is None:
            assert all(found.deadline is None and found.note for found in call.rounds)


def test_a_reader_in_norway_is_led_to_a_page_they_can_use() -> None:
    official = {"erasmus-plus.ec.europa.eu", "erasmuspluss.no", "hkdir.no"}
    actions = erasmus_national(SHIPPED).actions
    assert {
        action.code: action.url.host for action in actions if action.url.host not in official
    } == {}


def test_what_says_that_universities_are_not_meant_is_marked_so() -> None:
    marked = {a.code for a in erasmus_national(SHIPPED).actions if not a.meant_for_universities}
    assert marked == {
        "KA120", "KA121", "KA122", "KA151", "KA152", "KA153", "KA154", "KA155", "KA182", "KA240",
    }  # fmt: skip


def test_every_action_of_one_year_is_named_in_the_next() -> None:
    by_year: dict[int, set[str]] = {}
    for offer in erasmus_national(SHIPPED).offers():
        by_year.setdefault(offer.call.year, set()).add(offer.id)
    assert len({frozenset(ids) for ids in by_year.values()}) == 1
