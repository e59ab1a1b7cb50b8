"""The entry: a list of commands, and every error as one line."""

import logging
import sys

import typer

from config.errors import ConfigurationError
from jobs.cli.commands import MARKUP, LazyGroup, list_commands
from jobs.cli.console import FAILED, WRONG_USE, complain, fit_output

log = logging.getLogger(__name__)

app = typer.Typer(
    cls=LazyGroup,
    name="callwatch",
    help="Tracks EU funding opportunities, matches them to research groups and mails each "
    "researcher one digest.\n\nStart with: callwatch demo --once",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
)
list_commands(app)


def main() -> None:
    """Run the command line; whatever goes wrong ends in one line and a status."""
    fit_output()
    try:
        app(prog_name="callwatch")
    except ConfigurationError as error:
        _fail(str(error), WRONG_USE)
    except KeyboardInterrupt:
        _fail("stopped", FAILED)
    except Exception as error:
        log.debug("the command failed", exc_info=error)
        _fail(_reason(error), FAILED)


def _reason(error: Exception) -> str:
    """Return what a person is told of ``error``."""
    from jobs.errors import KNOWN

    if isinstance(error, KNOWN):
        return str(error)
    reason = " ".join(str(error).split()) or "no message"
    hint = "CALLWATCH_LOG_LEVEL=debug shows where"
    return f"unexpected {type(error).__name__}: {reason}; {hint}"


def _fail(reason: str, status: int) -> None:
    for line in reason.splitlines():
        complain(f"callwatch: {line}")
    sys.exit(status)
