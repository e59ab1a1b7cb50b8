"""What must not be forgotten about the project's own files, each looked for in all that exists."""

import itertools
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic.fields import FieldInfo
from scrapy.settings import Settings as ScrapySettings
from scrapy.spiderloader import SpiderLoader

from config.settings import Settings
from crawler.base import SourceSpider
from crawler.settings import SPIDER_MODULES

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES: list[str] = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LONGEST_FILE = 300

# "@" stands for a stop and "~" for a slash, so that this file names none of them
REGISTRIES = "pypi@org pythonhosted@org download@pytorch@org npmjs@org docker@io ghcr@io quay@io"
MACHINE_PATHS = "~root~ ~home~ ~Users~ ~work~ ~opt~wheels"


def run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def project_files() -> list[Path]:
    """Return what is, or would be, in the repository; all but what is made where there is none."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = run(git, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if listed.returncode == 0:  # git refuses a checkout that belongs to another user
            return [path for name in listed.stdout.split("\0") if (path := ROOT / name).is_file()]
    made = re.compile(
        r"/(\.venv|\.git|\.\w+_cache|\.hypothesis|__pycache__|var|dist|build)/|/\.env$"
    )
    found = (path for path in ROOT.rglob("*") if path.is_file())
    return [path for path in found if not made.search(f"/{path.relative_to(ROOT).as_posix()}")]


def texts() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every file that is text."""
    for path in project_files():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT).as_posix(), content.decode("utf-8")


def variable(name: str) -> str:
    return f"CALLWATCH_{name.upper()}"


def default_of(field: FieldInfo) -> str:
    if isinstance(field.default, tuple):
        return ",".join(map(str, field.default))
    return "" if field.default is None else str(field.default)


def spiders() -> list[type[SourceSpider]]:
    loader = SpiderLoader.from_settings(ScrapySettings({"SPIDER_MODULES": SPIDER_MODULES}))
    return [loader.load(name) for name in loader.list()]  # type: ignore[misc]  # all of ours are


def test_the_example_environment_has_every_setting_with_its_default_and_a_word_on_it() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    found = re.findall(r"^# (\S.*)\n#(CALLWATCH_\w+)=(.*)$", text, re.MULTILINE)
    assert {name: value for _, name, value in found} == {
        variable(name): default_of(field) for name, field in Settings.model_fields.items()
    }


def test_every_value_of_the_example_environment_is_read_as_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    text = (ROOT / ".env.example").read_text("utf-8")
    lines = re.findall(r"^#(CALLWATCH_\w+=.+)$", text, re.MULTILINE)
    (tmp_path / "example").write_text("\n".join(lines), "utf-8")
    assert Settings(_env_file=tmp_path / "example") == Settings(_env_file=None)


def test_the_table_of_settings_has_every_setting_with_its_default() -> None:
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `(CALLWATCH_\w+)` \| (.+?) \| \S.* \|$", text, re.MULTILINE)
    shown = {"": "empty", None: "not set"}
    assert dict(rows) == {
        variable(name): shown.get(field.default, f"`{default_of(field)}`")
        for name, field in Settings.model_fields.items()
    }


@pytest.mark.parametrize("spider", spiders(), ids=lambda spider: spider.name)
def test_a_source_says_what_a_healthy_run_is_and_is_described(spider: type[SourceSpider]) -> None:
    assert len(spider.expected) > 0
    assert spider.expected.start > 0, "a run that yields nothing would be green"
    row = re.search(
        rf"^\| `{spider.name}` \|.*$", (ROOT / "docs/sources.md").read_text("utf-8"), re.MULTILINE
    )
    assert row, f"docs/sources.md has no line for {spider.name}"
    assert f"{spider.__module__.replace('.', '/')}.py" in row[0]
    assert f"| {spider.expected.start:,} to {spider.expected.stop - 1:,} " in row[0]


def test_every_page_of_the_documentation_is_in_an_index() -> None:
    folder = ROOT / "docs"
    linked = {
        (index.parent / link).resolve()
        for index in folder.rglob("README.md")
        for link in re.findall(r"\]\(([^)#]+)\)", index.read_text("utf-8"))
    }
    pages = set(folder.rglob("*.md")) - {folder / "README.md"}
    assert {page.resolve() for page in pages} <= linked


def test_every_link_of_the_documentation_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!https?://)([^)#]+)\)", page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("vendor.compose-spec", "docker-compose.yml"),
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
    ],
)
def test_a_file_for_another_program_is_what_that_program_reads(schema: str, name: str) -> None:
    checked = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, name)
    assert checked.returncode == 0, checked.stdout


def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return document


def test_the_services_start_in_an_order_that_holds() -> None:
    services = compose()["services"]
    conditions = {
        (name, before): dependency["condition"]
        for name, service in services.items()
        for before, dependency in service.get("depends_on", {}).items()
    }
    assert conditions == {
        ("migrate", "db"): "service_healthy",
        ("scheduler", "migrate"): "service_completed_successfully",
        ("web", "migrate"): "service_completed_successfully",
    }
    assert services["migrate"]["restart"] == "no"
    assert {"db", "web"} <= {name for name, service in services.items() if "healthcheck" in service}


def test_only_the_mail_catcher_waits_for_a_profile() -> None:
    services = compose()["services"]
    profiles = {
        name: service["profiles"] for name, service in services.items() if "profiles" in service
    }
    assert profiles == {"mailcatcher": ["dev"]}


def test_no_service_starts_without_a_password_or_may_write_the_configuration() -> None:
    services = compose()["services"]
    ours = [services[name] for name in ("migrate", "scheduler", "web")]
    passwords = [service["environment"]["PGPASSWORD"] for service in ours]
    passwords.append(services["db"]["environment"]["POSTGRES_PASSWORD"])
    assert set(passwords) == {"${POSTGRES_PASSWORD:?set it in .env}"}
    assert all(service["volumes"][0].endswith(":/config:ro") for service in ours)


def test_every_yaml_file_can_be_read() -> None:
    for name, text in texts():
        if name.endswith((".yaml", ".yml")):
            assert yaml.safe_load(text), name


def test_no_file_has_two_subjects() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    hosts = "|".join(re.escape(host.replace("@", ".")) for host in REGISTRIES.split())
    paths = "|".join(re.escape(path.replace("~", "/")) for path in MACHINE_PATHS.split())
    refused = re.compile(rf"\b(?:{hosts})\b|(?<![\w./-])(?:{paths})")
    assert [(name, found[0]) for name, text in texts() if (found := refused.search(text))] == []


def locked() -> dict[str, list[str]]:
    """Return the pinned versions by name; a name may have one for each platform."""
    versions: dict[str, list[str]] = {}
    text = (ROOT / "requirements.lock").read_text("utf-8")
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def test_every_dependency_is_locked_to_a_version_that_fits() -> None:
    project = PYPROJECT["project"]
    lines = itertools.chain(project["dependencies"], *project["optional-dependencies"].values())
    versions = locked()
    for requirement in map(Requirement, lines):
        pinned = versions.get(canonicalize_name(requirement.name))
        assert pinned, f"{requirement.name} is not in requirements.lock; run: make lock"
        assert all(requirement.specifier.contains(v, prereleases=True) for v in pinned), pinned


def test_the_lock_says_how_it_is_made() -> None:
    head = (ROOT / "requirements.lock").read_text("utf-8").splitlines()[0]
    assert head.endswith("Written by: make lock")
    assert head.removeprefix("# ") in (ROOT / "Makefile").read_text("utf-8")


def test_every_target_of_the_makefile_is_explained() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    said = run(make).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony
    assert set(re.findall(r"^  make (\w+) +\S", said, re.MULTILINE)) == set(phony[1].split())


@pytest.mark.timeout(120)
def test_the_wheel_carries_everything_that_is_read_at_run_time(tmp_path: Path) -> None:
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        name
        for path in project_files()
        if (name := path.relative_to(ROOT).as_posix()).split("/")[0] in PACKAGES
    }
    assert needed <= carried
    kinds = {"config": ".yaml", "crawler": ".json", "notifier": ".html", "web": ".css"}
    for package, ending in kinds.items():
        assert any(name.startswith(package) and name.endswith(ending) for name in needed), package
    assert not any("__pycache__" in name or name.startswith("tests") for name in carried)
