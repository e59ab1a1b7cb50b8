"""callwatch bench: the benchmarks of a checkout, which do not travel in the wheel."""

import ast
import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from typing import Annotated

import typer

import jobs
from jobs.cli.console import FAILED, WRONG_USE, AsJson, Now, out, print_json, stop
from jobs.cli.context import read_now
from jobs.cli.tables import add_line, plain_table

FOLDER = Path(jobs.__file__).parents[1] / "benchmarks"

BESIDE = "beside"
"""What the first sentence of a benchmark says before it names its peer."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(bench)


def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME", help="Benchmarks to run; all by default. Behind --, their options."
        ),
    ] = None,
    show: Annotated[
        bool, typer.Option("--list", help="Only say what is measured, and beside what.")
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Run the benchmarks of a checkout, each beside its peer in the same run.

    Examples: [bold]callwatch bench --list[/bold] · [bold]callwatch bench crawl -- --runs 1[/bold]
    """
    read_now(now)
    found = benchmarks(FOLDER)
    if not found:
        stop("the benchmarks are in a checkout of Callwatch, not in what is installed", WRONG_USE)
    if show or as_json:
        _tell(found, as_json)
        return
    wanted = list(takewhile(lambda name: not name.startswith("-"), names or ()))
    if unknown := [name for name in wanted if name not in found]:
        stop(f"no such benchmark: {unknown[0]}; known: {', '.join(found)}", WRONG_USE)
    options = (names or [])[len(wanted) :]
    failed = [name for name in wanted or found if _run(FOLDER / f"{name}.py", options) != 0]
    if failed:
        stop(f"failed: {', '.join(failed)}", FAILED)


def benchmarks(folder: Path) -> dict[str, str]:
    """Return name → first sentence of every script in ``folder`` that measures beside a peer."""
    sentences = {path.stem: _first_sentence(path) for path in sorted(folder.glob("*.py"))}
    return {name: says for name, says in sentences.items() if f" {BESIDE} " in says}


def _first_sentence(script: Path) -> str:
    said = ast.get_docstring(ast.parse(script.read_text("utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())


def _run(script: Path, options: list[str]) -> int:
    out.rule(script.stem, align="left")
    sys.stdout.flush()
    return subprocess.run([sys.executable, script, *options], check=False).returncode  # noqa: S603 - ours


def _tell(found: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json([{"name": name, "measures": says} for name, says in found.items()])
        return
    table = plain_table(("name", "measures"))
    for name, says in found.items():
        add_line(table, (name, says))
    out.print(table)
