"""What every command has in common: help, settings, the clock, and errors of one line."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine, make_url
from typer.main import get_group

from jobs.cli.commands import COMMANDS as LISTED
from jobs.cli.commands import imported
from store.db import open_engine
from tests.jobs.conftest import AT, Callwatch

MODEL_PACKAGES = ("torch", "sentence_transformers", "transformers", "sklearn")
HEAVY = (
    *MODEL_PACKAGES, "numpy", "scrapy", "twisted", "sqlalchemy", "alembic", "pydantic", "fastapi",
    "uvicorn",
)  # fmt: skip
WITHOUT_EXAMPLE = {("profiles", "check"), ("profiles", "list")}
"""Commands that are their own example."""


def names(command: Any, *above: str) -> Iterator[tuple[str, ...]]:
    inside = getattr(command, "commands", None)
    if inside is None:
        yield above
        return
    for name, below in inside.items():
        yield from names(below, *above, name)


def first_sentence(command: Any) -> str:
    return " ".join(command.help.split("\n\n")[0].split())


def loaded_by(code: str, packages: tuple[str, ...]) -> list[str]:
    """Return which of ``packages`` a new Python has imported after ``code``."""
    code = f"import sys\n{code}\nprint([name for name in {packages} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    found: list[str] = ast.literal_eval(ended.stdout.splitlines()[-1])
    return found


COMMANDS = sorted(found for name in LISTED for found in names(imported(name), name))
READING = (
    ("changes",), ("opportunities",), ("profiles", "list"), ("review", "list"), ("deliver",),
    ("digest", "--dry-run"), ("match",),
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(callwatch: Callwatch, command: tuple[str, ...]) -> None:
    found = callwatch(*command, "--help")
    assert found.status == 0
    assert f"Usage: callwatch {' '.join(command)}" in found.out
    assert "--now" in found.out
    if command not in WITHOUT_EXAMPLE:
        assert f": callwatch {' '.join(command)}" in " ".join(found.out.split())


def test_without_a_command_the_first_step_is_named(callwatch: Callwatch) -> None:
    found = callwatch()
    assert found.status == 2
    assert "callwatch demo --once" in found.out + found.err


@pytest.mark.parametrize("command", [("opportunites",), ("profiles", "imprt"), ("crawl", "--jsn")])
def test_a_misspelt_command_is_wrong_use(callwatch: Callwatch, command: tuple[str, ...]) -> None:
    found = callwatch(*command)
    assert found.status == 2
    assert command[-1] in found.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "--now 'yesterday': no moment; write it like 2026-05-20T06:00:00Z"),
        ("2026-05-20T06:00:00", "--now '2026-05-20T06:00:00': states no zone; append Z for UTC"),
    ],
)
@pytest.mark.parametrize("command", [*READING, ("profiles", "check"), ("doctor",), ("demo",)])
def test_a_moment_that_cannot_be_placed_in_time_is_refused(
    callwatch: Callwatch, command: tuple[str, ...], text: str, says: str
) -> None:
    found = callwatch(*command, "--now", text)
    assert (found.status, found.complaint) == (2, f"callwatch: {says}")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CALLWATCH_CRAWL_HOUR", "25"),
        ("CALLWATCH_DIGEST_WEEKDAY", "monday"),
        ("CALLWATCH_TIME_ZONE", "Europe/Trondheim"),
        ("CALLWATCH_PUBLIC_URL", "ntnu"),
        ("CALLWATCH_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    found = callwatch("opportunities")
    assert found.status == 2
    assert found.complaint.startswith(f"callwatch: {variable}={value!r}: ")


def test_a_configuration_folder_that_is_not_there_is_named(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLWATCH_CONFIG_DIR", "nowhere")
    found = callwatch("profiles", "check")
    assert found.status == 2
    assert "CALLWATCH_CONFIG_DIR" in found.complaint
    assert "callwatch init" in found.complaint


@pytest.mark.parametrize("url", ["nonsense", "var/callwatch.db", ""])
def test_a_database_address_that_is_none_is_wrong_use_and_not_shown(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("CALLWATCH_DATABASE_URL", url)
    found = callwatch("opportunities")
    assert found.status == 2
    assert found.complaint.startswith("callwatch: CALLWATCH_DATABASE_URL")


def test_a_database_in_a_folder_that_cannot_be_made_is_one_line(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CALLWATCH_DATABASE_URL", f"sqlite:///{tmp_path}/file/callwatch.db")
    found = callwatch("opportunities")
    assert found.status == 1
    assert f"{tmp_path}/file/callwatch.db" in found.complaint


def test_a_server_that_does_not_answer_is_one_line_without_the_password(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    address = f"postgresql+psycopg://reader:geheim@127.0.0.1:{closed_port}/callwatch"
    monkeypatch.setenv("CALLWATCH_DATABASE_URL", address)
    found = callwatch("opportunities")
    assert found.status == 1
    assert found.complaint.startswith("callwatch: database: ")
    assert "geheim" not in found.err


@pytest.mark.parametrize(
    "command",
    [
        ("subscribe", "a@example.org", "--profile", "power-grids", "--confirmed"),
        ("review", "approve", "--all"),
        ("digest",),
        ("deliver",),
    ],
)
def test_a_database_that_cannot_be_written_is_one_line(
    callwatch: Callwatch, matched: Engine, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    matched.dispose()
    file = make_url(str(matched.url)).database
    monkeypatch.setenv("CALLWATCH_DATABASE_URL", f"sqlite:///file:{file}?mode=ro&uri=true")
    found = callwatch(*command, *AT)
    assert found.status == 1
    assert found.complaint.startswith("callwatch: database: attempt to write a readonly database; ")
    assert callwatch("opportunities", *AT).status == 0, "what only reads still works"


def test_an_error_nobody_thought_of_is_one_line_with_where_to_look(
    callwatch: Callwatch, database: Engine
) -> None:
    with database.begin() as connection:  # what no version of Callwatch writes
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql(
            "INSERT INTO profile (slug, name, department, text, keywords, excluded_keywords,"
            " facets, programmes, action_types, roles, goals, review_policy, version, content_hash,"
            " imported, updated_at) VALUES ('x', 'x', 'x', 'x', '[]', '[]', '[]', '[]', '[]',"
            " '[]', '[]', 'whatever', 1, 'x', '{}', '2026-05-20 06:00:00')"
        )
    found = callwatch("profiles", "list")
    assert found.status == 1
    assert found.complaint.startswith("callwatch: unexpected ")
    assert found.complaint.endswith("; CALLWATCH_LOG_LEVEL=debug shows where")


@pytest.mark.parametrize("name", LISTED)
def test_a_command_is_listed_with_the_first_sentence_of_its_help(name: str) -> None:
    assert LISTED[name].says == first_sentence(imported(name))


def test_every_command_of_a_module_is_listed() -> None:
    modules = {listed.subject for listed in LISTED.values()}
    for module in modules:
        subject = typer.Typer()
        import_module(f"jobs.cli.{module}").add_commands(subject)
        listed = {name for name, command in LISTED.items() if command.subject == module}
        assert set(get_group(subject).commands) == listed


def test_the_list_of_commands_imports_nothing_heavy() -> None:
    shown = "from jobs.cli.main import app\napp(['--help'], standalone_mode=False)"
    assert loaded_by(shown, HEAVY) == []


def test_no_command_imports_a_model_before_it_needs_one() -> None:
    everything = f"from jobs.cli.commands import imported\nfor n in {list(LISTED)}: imported(n)"
    assert loaded_by(everything, MODEL_PACKAGES) == []


def test_to_check_profiles_no_model_is_imported(tmp_path: Path) -> None:
    checked = "from jobs.cli.main import app\napp(['profiles', 'check'], standalone_mode=False)"
    named = f"import os\nos.environ.update(CALLWATCH_MODEL='some/model', HF_HOME={str(tmp_path)!r})"
    assert loaded_by(checked, MODEL_PACKAGES) == []
    assert loaded_by(f"{named}\n{checked}", MODEL_PACKAGES) == []


def test_the_installed_command_explains_itself() -> None:
    command = [str(Path(sys.executable).with_name("callwatch")), "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert "callwatch demo --once" in shown.stdout
    assert shown.stderr == ""


def test_init_writes_a_configuration_that_can_be_used(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "etc" / "callwatch"
    found = callwatch("init", str(folder))
    assert found.status == 0
    assert f"wrote {folder}/organisation.yaml\n" in found.out
    assert f"now set CALLWATCH_CONFIG_DIR={folder}\n" in found.out
    assert "the database is up to date (sqlite)" in found.out
    assert (folder / "organisation.yaml").read_text("utf-8").startswith("#")
    monkeypatch.setenv("CALLWATCH_CONFIG_DIR", str(folder))
    assert callwatch("profiles", "import").out.startswith("8 new: ")


def test_init_overwrites_nothing(callwatch: Callwatch, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    callwatch("init")
    (folder / "sources.yaml").write_text("sources: {erasmus_plus: {}}\n", "utf-8")
    (folder / "profiles" / "power-grids.yaml").unlink()
    found = callwatch("init")
    assert found.status == 0
    assert found.out.count("wrote ") == 1
    assert "wrote config/profiles/power-grids.yaml" in found.out
    assert (folder / "sources.yaml").read_text("utf-8") == "sources: {erasmus_plus: {}}\n"
    assert "config is complete; nothing was overwritten" in callwatch("init").out


def test_init_in_a_folder_that_cannot_be_written_is_one_line(
    callwatch: Callwatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    found = callwatch("init", "file/config")
    assert found.status == 2
    assert found.complaint.startswith("callwatch: file/config/organisation.yaml: cannot be written")


def test_the_database_is_made_where_the_setting_says(
    callwatch: Callwatch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALLWATCH_DATABASE_URL", "sqlite:///new/folder/own.db")
    assert callwatch("opportunities").status == 0
    assert (tmp_path / "new/folder/own.db").is_file()
    open_engine("sqlite:///new/folder/own.db").dispose()
