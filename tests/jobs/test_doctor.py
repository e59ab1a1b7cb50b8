"""callwatch doctor: every part is looked at, and what is wrong comes with what to do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import SHIPPED, Settings
from jobs.doctor import (
    Finding,
    Grade,
    check_accounts,
    check_clock,
    check_configuration,
    check_database,
    check_mail,
    check_settings,
    check_sources,
    examine,
)
from store.models import CrawlRun
from tests.jobs.conftest import AT, NOW, Callwatch

Make = Callable[..., Settings]


@pytest.fixture
def settings(tmp_path: Path) -> Make:
    """Return a function that makes settings of this test's own database."""

    def make(**values: object) -> Settings:
        own = {
            "database_url": f"sqlite:///{tmp_path / 'callwatch.db'}",
            "mail_url": f"folder:{tmp_path / 'outbox'}",
        }
        return Settings(_env_file=None, **(own | values))  # type: ignore[arg-type]  # as the test says

    return make


@pytest.fixture
def read(collected: Engine) -> Iterator[Session]:
    """Yield a session on a database whose sources were read well a minute ago."""
    with Session(collected) as session:
        for run in session.query(CrawlRun):
            run.finished_at = NOW - timedelta(minutes=1)
            run.seen, run.complete, run.healthy = 18, True, True
        session.commit()
        yield session


def told(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(one.grade.value, one.says, one.advice) for one in found]


@pytest.mark.usefixtures("read")
def test_a_sound_set_up_is_fine_with_advice(callwatch: Callwatch) -> None:
    found = callwatch("doctor", "--json", *AT)
    assert (found.status, found.err) == (0, "")
    assert {tuple(finding) for finding in found.document} == {
        ("subject", "grade", "says", "advice")
    }
    subjects = ["database", "configuration", "accounts", "sources", "model", "mail", "clock"]
    assert list(dict.fromkeys(finding["subject"] for finding in found.document)) == subjects
    assert "wrong" not in {finding["grade"] for finding in found.document}
    assert all(finding["advice"] for finding in found.document if finding["grade"] == "warning")


def test_what_is_wrong_fails_and_every_other_part_is_looked_at(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.setenv("CALLWATCH_MODEL", "./no-model")
    monkeypatch.setenv("CALLWATCH_MAIL_URL", f"smtp://127.0.0.1:{closed_port}")
    found = callwatch("doctor", *AT)
    assert found.status == 1
    lines = found.out.splitlines()
    wrong = [line.split()[0] for line in lines if " wrong " in line]
    assert wrong == ["model", "mail"]
    assert "horizon_europe: never read" in found.out
    assert "→ callwatch crawl horizon_europe" in found.out
    assert "→ check CALLWATCH_MAIL_URL and the server" in found.out


def test_every_setting_that_cannot_be_used_is_a_finding(settings: Make, tmp_path: Path) -> None:
    wrong = settings(
        database_url="nonsense", config_dir=tmp_path / "nowhere", model="./no", mail_url="x:y"
    )
    found = list(examine(wrong, NOW))
    assert {one.grade for one in found} == {Grade.WRONG}
    assert {one.subject for one in found} >= {"database", "configuration", "model", "mail"}
    assert all(one.says for one in found)


def test_a_database_that_can_only_be_read_is_wrong(collected: Engine, settings: Make) -> None:
    collected.dispose()
    url = f"sqlite:///file:{collected.url.database}?mode=ro&uri=true"
    found = [one for one in examine(settings(database_url=url), NOW) if one.subject == "database"]
    assert [one.grade for one in found] == [Grade.WRONG]
    assert "writable" in found[0].says


def test_looking_whether_a_database_can_be_written_leaves_nothing(
    collected: Engine, settings: Make
) -> None:
    assert told(list(check_database(settings(), NOW))) == [
        ("fine", "sqlite, up to date: 62 opportunities, 0 profiles, 0 matches, 0 subscribers", "")
    ]
    with collected.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM job_claim").scalar() == 0


@pytest.mark.parametrize(
    ("public", "accounts", "warned"),
    [
        (None, False, ""),
        ("https://funding.example.org", False, "nobody has an account"),
        ("https://funding.example.org", True, ""),
        ("http://funding.example.org", True, "people sign in over http"),
    ],
)
def test_who_can_be_reached_is_told_what_signing_in_lacks(
    settings: Make, tmp_path: Path, public: str | None, accounts: bool, warned: str
) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    copyfile(SHIPPED / "organisation.yaml", folder / "organisation.yaml")
    if accounts:
        line = "accounts: [{address: adviser@example.org, role: adviser}]"
        (folder / "accounts.yaml").write_text(line)
    found = list(check_accounts(settings(public_url=public, config_dir=folder), NOW))
    assert ", ".join(f.says for f in found if f.grade is Grade.WARNING).startswith(warned)
    assert len(found) == 1 + bool(warned)


def test_rules_that_end_soon_are_warned_of(settings: Make) -> None:
    later = NOW.replace(year=2035)
    found = told(list(check_configuration(settings(), later)))
    assert [grade for grade, *_ in found] == ["fine", "warning"]
    assert found[1][2] == "add the hours of the coming years to rules/deadlines.yaml"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"finished_at": None}, "horizon_europe: the last run was cut off"),
        ({"healthy": False, "problems": ["page 2: HTTP 500"]}, "horizon_europe: page 2: HTTP 500"),
        ({"finished_at": NOW - timedelta(days=2)}, "horizon_europe: last read 18 May 2026"),
    ],
)
def test_a_source_that_was_not_read_well_is_warned_of(
    read: Session, settings: Make, change: dict[str, object], says: str
) -> None:
    run = read.query(CrawlRun).filter_by(source="horizon_europe").one()
    for name, value in change.items():
        setattr(run, name, value)
    read.commit()
    found = told(list(check_sources(settings(), NOW)))
    assert next(one for one in found if one[0] == "warning")[1] == says
    assert ("fine", "erasmus_plus: 18 opportunities, complete, 20 May 05:59 UTC", "") in found


@pytest.mark.usefixtures("collected")
def test_a_clock_before_the_last_run_is_wrong(settings: Make) -> None:
    [found] = check_clock(settings(), NOW - timedelta(days=1))
    assert found.grade is Grade.WRONG
    assert "--now" in found.advice
    [fine] = check_clock(settings(), NOW)
    assert fine.grade is Grade.FINE


@pytest.mark.usefixtures("matched")
def test_mail_that_failed_is_warned_of(
    callwatch: Callwatch,
    settings: Make,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
) -> None:
    callwatch("review", "approve", "--all", *AT)
    callwatch("subscribe", "a@example.org", "--profile", "power-grids", "--confirmed", *AT)
    monkeypatch.setenv("CALLWATCH_MAIL_URL", f"smtp://127.0.0.1:{closed_port}")
    callwatch("digest", *AT)
    says = [one.says for one in check_mail(settings(), NOW) if one.grade is Grade.WARNING]
    assert says[0] == "1 message waiting for another attempt"


def test_a_variable_that_is_no_setting_is_pointed_out(
    settings: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLWATCH_PORTAL_CONTCT", "ops@example.org")
    found = [f for f in check_settings(settings(), NOW) if "CONTCT" in f.says]
    assert [f.says for f in found] == [
        "CALLWATCH_PORTAL_CONTCT is no setting; did you mean CALLWATCH_PORTAL_CONTACT?"
    ]
