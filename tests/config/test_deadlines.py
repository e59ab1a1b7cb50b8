from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config.deadlines import (
    BRUSSELS,
    NATIONAL,
    DeadlineRule,
    KindName,
    deadline_rules,
    placed_in_time,
)
from config.errors import ConfigurationError
from config.settings import SHIPPED
from store.models import Kind

FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
DAYS = st.dates(FIRST, LAST)
NO_SUCH_HOUR, TWICE_THE_HOUR = date(2026, 3, 29), date(2026, 10, 25)
"""The nights on which Brussels has no 02:30, and has it twice."""


def rule(name: str = "one", **values: object) -> DeadlineRule:
    common = {
        "id": name,
        "programme": "erasmus_plus",
        "time": "17:00",
        "zone": "Europe/Brussels",
        "valid_from": FIRST,
        "valid_to": LAST,
        "source": "https://example.org/",
    }
    return DeadlineRule.model_validate(common | values)


@given(day=DAYS, hour=st.times())
@example(day=NO_SUCH_HOUR, hour=time(2, 30))
@example(day=TWICE_THE_HOUR, hour=time(2, 30))
@example(day=NO_SUCH_HOUR, hour=time(0, 0))
@example(day=TWICE_THE_HOUR, hour=time(23, 59, 59))
def test_a_rule_never_moves_a_deadline_to_another_day(day: date, hour: time) -> None:
    moment = placed_in_time(day, "erasmus_plus", (rule(time=hour),))
    assert moment.rule_id == "one"
    assert moment.at.astimezone(BRUSSELS).date() == day
    assert moment.at >= datetime.combine(day, time(), BRUSSELS)


@given(day=DAYS)
@example(day=NO_SUCH_HOUR)
@example(day=TWICE_THE_HOUR)
def test_without_a_rule_a_deadline_is_the_last_second_of_its_day(day: date) -> None:
    moment = placed_in_time(day, "life", (rule(),))
    assert moment.rule_id is None
    assert moment.at.astimezone(BRUSSELS).replace(tzinfo=None) == datetime.combine(
        day, time(23, 59, 59)
    )
    following = (moment.at + timedelta(seconds=1)).astimezone(BRUSSELS)
    assert following.date() == day + timedelta(days=1)


@given(day=st.dates(date(2021, 1, 1), date(2027, 12, 31)))
def test_a_national_action_ends_at_noon_and_a_central_one_at_five(day: date) -> None:
    rules = deadline_rules(SHIPPED)
    for kind in Kind:
        placed = placed_in_time(day, "erasmus_plus", rules, kind=kind.value)
        hour = placed.at.astimezone(BRUSSELS).hour
        assert hour == (12 if kind is Kind.NATIONAL else 17)
    assert placed_in_time(day, "erasmus_plus", rules).at.astimezone(BRUSSELS).hour == 17


@given(day=DAYS)
def test_a_rule_that_names_no_kind_never_speaks_of_national_actions(day: date) -> None:
    placed = placed_in_time(day, "erasmus_plus", (rule(),), kind=NATIONAL)
    assert placed.rule_id is None


def test_the_kinds_of_rules_are_those_of_the_store() -> None:
    assert set(get_args(KindName)) == {kind.value for kind in Kind}
    assert Kind.NATIONAL.value == NATIONAL


@pytest.mark.parametrize(
    ("kind", "action_types", "wins"),
    [
        ("topic", [], "all"),
        ("prize", [], "prizes"),
        ("topic", ["ERASMUS-EMJM"], "masters"),
        ("prize", ["ERASMUS-EMJM-X"], "masters"),
        ("topic", ["ERASMUS-LS", "ERASMUS-EMJM"], "masters"),
        ("topic", ["ERASMUS-LS"], "all"),
    ],
)
def test_the_most_specific_rule_wins(kind: str, action_types: list[str], wins: str) -> None:
    rules = (
        rule("all"),
        rule("masters", action_types=["ERASMUS-EMJM*"]),
        rule("prizes", kinds=["prize"]),
    )
    for order in (rules, rules[::-1]):
        placed = placed_in_time(
            date(2026, 2, 12), "erasmus_plus", order, kind=kind, action_types=action_types
        )
        assert placed.rule_id == wins


def test_of_two_types_of_action_the_earlier_hour_counts() -> None:
    rules = (
        rule("late", action_types=["ERASMUS-A"], time="17:00"),
        rule("early", action_types=["ERASMUS-B"], time="12:00"),
    )
    codes = ["ERASMUS-A", "ERASMUS-B"]
    placed = placed_in_time(date(2026, 2, 12), "erasmus_plus", rules, action_types=codes)
    assert placed.rule_id == "early"


LINES = """\
rules:
  - id: one
    programme: life
    time: "17:00"
    zone: Europe/Brussels
    valid_from: 2026-01-01
    valid_to: 2026-06-30
    source: https://example.org/
"""

Refused = Callable[[str], str]


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """Return a function that reads rules and returns why they are refused."""

    def read(text: str) -> str:
        path = tmp_path / "rules" / "deadlines.yaml"
        path.parent.mkdir()
        path.write_text(text, "utf-8")
        with pytest.raises(ConfigurationError) as caught:
            deadline_rules(tmp_path)
        return str(caught.value).replace(f"{path}:", "")

    return read


def second(**changes: str) -> str:
    """Return another rule as YAML, like the first but for ``changes``."""
    text = LINES.removeprefix("rules:\n").replace("id: one", "id: two")
    for name, value in changes.items():
        old = next((line for line in text.splitlines() if line.strip(" -").startswith(name)), "")
        new = f"    {name}: {value}"
        text = text.replace(old, new) if old else f"{text}{new}\n"
    return text


def test_two_rules_for_the_same_day_are_refused(refused: Refused) -> None:
    assert refused(LINES + second()).startswith("9: rules.1: one and two both say the hour")


@pytest.mark.parametrize(
    ("one", "other"),
    [("LIFE-A*", "LIFE-AB"), ("LIFE-AB*", "LIFE-A*"), ("LIFE-A", "LIFE-A")],
)
def test_patterns_that_may_mean_the_same_type_are_refused(
    one: str, other: str, refused: Refused
) -> None:
    first = f'{LINES}    action_types: ["{one}"]\n'
    assert "both say the hour" in refused(first + second(action_types=f'["{other}"]'))


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": "2026-07-01", "valid_to": "2026-12-31"},
        {"programme": "cerv"},
        {"kinds": "[prize]"},
        {"action_types": "[LIFE-A]"},
    ],
)
def test_rules_that_do_not_meet_stand_beside_each_other(
    changes: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "deadlines.yaml").write_text(LINES + second(**changes), "utf-8")
    assert [found.id for found in deadline_rules(tmp_path)] == ["one", "two"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("valid_to: 2026-06-30", "valid_to: 2025-06-30", "2: rules.0: Value error, valid_from"),
        ("Europe/Brussels", "America/New_York", "5: rules.0.zone: "),
        ('"17:00"', '"25:00"', "4: rules.0.time: "),
        ("id: one", "id: one\n    kinds: [topics]", "3: rules.0.kinds.0: "),
        ("id: one", "id: one\n    action_types: ['A*B']", "3: rules.0.action_types.0: "),
        ("programme", "program", "3: rules.0.program: no such field; check the spelling"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(
    old: str, new: str, says: str, refused: Refused
) -> None:
    assert says in refused(LINES.replace(old, new, 1))


def test_an_identifier_that_stands_twice_is_refused(refused: Refused) -> None:
    twice = second(valid_from="2026-07-01", valid_to="2026-12-31").replace("two", "one")
    assert refused(LINES + twice) == "9: rules.1.id: one stands twice"


@given(day=st.dates(FIRST + timedelta(days=1), LAST))
def test_a_rule_holds_from_its_first_day_to_its_last(day: date) -> None:
    one = rule(valid_from=day, valid_to=day)
    found = [
        placed_in_time(day + timedelta(days=shift), "erasmus_plus", (one,)).rule_id
        for shift in (-1, 0, 1)
    ]
    assert found == [None, "one", None]
