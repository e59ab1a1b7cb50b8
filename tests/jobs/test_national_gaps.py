"""callwatch doctor on the dates of national actions: what people still have to fill in."""

from datetime import date
from pathlib import Path

import pytest

from config.deadlines import DeadlineRule, deadline_rules
from config.erasmus_national import NationalActions, erasmus_national
from config.settings import SHIPPED, Settings
from jobs.doctor import Grade, check_national_actions
from jobs.national_gaps import national_gaps
from tests.jobs.conftest import NOW

FOLDER = Path("config")


@pytest.fixture(scope="module")
def shipped() -> NationalActions:
    return erasmus_national(SHIPPED)


@pytest.fixture(scope="module")
def rules() -> tuple[DeadlineRule, ...]:
    return deadline_rules(SHIPPED)


def only(document: NationalActions, year: int, *, verified: bool) -> NationalActions:
    """Return a document of one call with a date for every action, all or none verified."""
    (call,) = (call for call in document.calls if call.year == 2026)
    rounds = tuple(
        found.model_copy(
            update={
                "deadline": found.deadline and found.deadline.replace(year=year),
                "verified": verified,
            }
        )
        for found in call.rounds
    )
    renewed = call.model_copy(update={"year": year, "rounds": rounds})
    return document.model_copy(update={"calls": (renewed,)})


def said(document: NationalActions, rules: tuple[DeadlineRule, ...], today: date) -> list[str]:
    return [says for says, _ in national_gaps(document, rules, FOLDER, today)]


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 9, 30), []),
        (date(2026, 10, 1), ["no date of 2027 is filled in"]),
        (date(2026, 12, 31), ["no date of 2027 is filled in"]),
        (date(2027, 3, 1), ["no date of 2027 is filled in"]),
        (date(2030, 3, 1), ["no date of 2030 is filled in"]),
    ],
)
def test_the_coming_year_is_asked_for_from_october_on(
    shipped: NationalActions, rules: tuple[DeadlineRule, ...], today: date, missing: list[str]
) -> None:
    assert [says for says in said(shipped, rules, today) if "filled in" in says] == missing


def test_actions_without_a_date_are_counted(
    shipped: NationalActions, rules: tuple[DeadlineRule, ...]
) -> None:
    filled = only(shipped, 2027, verified=True)
    first = filled.calls[0].rounds[0].model_copy(update={"deadline": None, "verified": False})
    call = filled.calls[0].model_copy(update={"rounds": (first, *filled.calls[0].rounds[1:])})
    partly = filled.model_copy(update={"calls": (call,)})
    assert said(partly, rules, date(2027, 1, 5)) == ["5 of 28 actions of 2027 have no date"]


def test_dates_ahead_that_nobody_verified_are_counted(
    shipped: NationalActions, rules: tuple[DeadlineRule, ...]
) -> None:
    assert said(shipped, rules, date(2026, 5, 20)) == ["15 of 15 dates ahead are not verified"]


def test_a_year_filled_in_and_verified_is_fine(
    shipped: NationalActions, rules: tuple[DeadlineRule, ...]
) -> None:
    assert said(only(shipped, 2027, verified=True), rules, date(2027, 1, 5)) == []


def test_dates_that_no_rule_gives_an_hour_are_told(shipped: NationalActions) -> None:
    [(says, advice)] = national_gaps(
        only(shipped, 2026, verified=True), (), FOLDER, date(2026, 5, 20)
    )
    assert says == "no rule says at which hour these deadlines end"
    assert advice == "add a rule with kinds: [national_action] to config/rules/deadlines.yaml"


def test_the_doctor_names_the_file_to_edit() -> None:
    settings = Settings(_env_file=None, config_dir=SHIPPED)
    found = list(check_national_actions(settings, NOW.replace(month=11)))
    assert {one.grade for one in found} == {Grade.WARNING}
    assert found[0].says == "erasmus_national: no date of 2027 is filled in"
    assert found[0].advice.startswith(f"fill in the call in {SHIPPED / 'erasmus_national.yaml'}")


def test_whoever_does_not_read_the_source_is_not_asked(tmp_path: Path) -> None:
    for name in ("organisation.yaml", "sources.yaml"):
        (tmp_path / name).write_text("sources: {erasmus_plus: {}}\n", "utf-8")
    settings = Settings(_env_file=None, config_dir=tmp_path)
    assert list(check_national_actions(settings, NOW)) == []
