"""How every command prints, the options that all share, and how a command fails."""

import json
import os
import sys
from typing import Annotated, NoReturn

import typer
from rich.console import Console

FAILED, WRONG_USE, UNHEALTHY = 1, 2, 3
"""Exit statuses: it failed; it was called or configured wrongly; it is done, but look at it."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

PIPED = 400
"""Columns of a line that goes into a file or another program: long titles stay whole there."""

Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="ISO8601",
        help="Pretend that it is this moment, such as 2026-05-20T06:00:00Z.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def fit_output() -> None:
    """Let lines be as long as COLUMNS says, or the terminal, or the reader at the end of a pipe."""
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = PIPED


def print_json(document: object) -> None:
    """Print ``document`` as the one thing on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")


def counted(number: int, one: str, many: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "match", "matches"), counted(0, "match", "matches")
    ('1 match', '0 matches')
    """
    return f"{number} {one if number == 1 else many}"


def complain(line: str) -> None:
    """Print one line on stderr."""
    err.print(line, style="red", markup=False, soft_wrap=True)


def stop(line: str, status: int) -> NoReturn:
    """Say why in one line, and exit with ``status``."""
    complain(f"callwatch: {line}")
    raise typer.Exit(status)


def on_terminal() -> bool:
    """Return whether somebody watches stderr, so that a progress bar makes sense."""
    return sys.stderr.isatty()
