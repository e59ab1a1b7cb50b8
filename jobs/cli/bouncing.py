"""callwatch bounce."""

import mailbox
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigurationError
from jobs.cli.console import UNHEALTHY, AsJson, Now, out, print_json
from jobs.cli.context import open_context

MAILDIR = ("cur", "new")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(bounce)


def bounce(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", help="A Maildir, a folder of messages, or an mbox; else stdin is one."
        ),
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Take in mail that came back: enough bounces end the mails to an address, a complaint at once.

    Every report counts once, so a folder may be read again. Nothing in it is moved or deleted.
    Exits with 3 when a report is of no mail of ours. Examples:
    [bold]callwatch bounce < message[/bold] · [bold]callwatch bounce ~/Maildir[/bold]
    """
    from notifier.bounces import Fate, take_in
    from notifier.terms import terms_of

    context = open_context(now)
    contents = _messages(source) if source else iter([sys.stdin.buffer.read()])
    terms = terms_of(context.engine, context.settings)
    fates = take_in(context.engine, contents, terms, context.now)
    if as_json:
        print_json({fate.value: fates[fate] for fate in Fate})
    else:
        for fate in Fate:
            if fates[fate]:
                out.print(f"{fates[fate]} {fate.value.replace('_', ' ')}")
        if not fates:
            out.print("No message is there.")
    if fates[Fate.UNKNOWN]:
        raise typer.Exit(UNHEALTHY)


def _messages(source: Path) -> Iterator[bytes]:
    """Yield every message of a Maildir, of a folder of files, or of an mbox."""
    try:
        if source.is_file():
            yield from _of_mbox(source)
            return
        folders = [source / name for name in MAILDIR if (source / name).is_dir()] or [source]
        for folder in folders:
            for path in sorted(folder.iterdir()):
                if path.is_file() and not path.name.startswith("."):
                    yield path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{source}: cannot be read: {error.strerror}") from error


def _of_mbox(source: Path) -> Iterator[bytes]:
    """Yield the messages of an mbox, or of a file that is one message."""
    with source.open("rb") as file:
        is_mbox = file.read(5) == b"From "
    if not is_mbox:
        yield source.read_bytes()
        return
    box = mailbox.mbox(source, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()
