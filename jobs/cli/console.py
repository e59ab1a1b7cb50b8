"""What every command shares: its clock, its database, how it prints and how it fails."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from config.logging import set_up_logging
from config.settings import Settings, read_settings
from store.db import open_engine, session_scope, upgrade

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


@dataclass(frozen=True, slots=True)
class Context:
    """What a command works with."""

    settings: Settings
    now: datetime
    engine: Engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a session that is committed at the end."""
        with session_scope(self.engine) as session:
            yield session


def read_now(text: str | None) -> datetime:
    """Return the moment that ``--now`` names, or the present one.

    Raises:
        ConfigurationError: If it is no moment: not ISO 8601, or without a zone.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"--now {text!r}: no moment; write it like 2026-05-20T06:00:00Z"
        ) from error
    if moment.tzinfo is None:
        raise ConfigurationError(f"--now {text!r}: states no zone; append Z for UTC")
    return moment.astimezone(UTC)


def shifted_clock(start: datetime) -> Callable[[], datetime]:
    """Return a clock that shows ``start`` now and goes on from there."""
    began = datetime.now(UTC)
    return lambda: start + (datetime.now(UTC) - began)


def open_context(now: str | None) -> Context:
    """Return the context of a command, its database brought up to date.

    Raises:
        ConfigurationError: If a setting is wrong.
        StoreError: If the database cannot be used.
    """
    settings = read_settings()
    return context_for(settings, read_now(now))


def context_for(settings: Settings, now: datetime) -> Context:
    """Return a context for given ``settings``."""
    set_up_logging(settings.log_format, settings.log_level)
    engine = open_engine(settings.database_url)
    upgrade(engine)
    return Context(settings, now, engine)


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
