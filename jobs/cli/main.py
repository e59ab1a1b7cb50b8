"""The entry: commands by subject, and every error as one line."""

import logging
import sys

import typer

from config.errors import ConfigurationError
from jobs.cli import collecting, delivery, matching, operating, reviewing, showing
from jobs.cli.console import FAILED, WRONG_USE, complain, fit_output
from jobs.errors import KNOWN

log = logging.getLogger(__name__)

app = typer.Typer(
    name="callwatch",
    help="Tracks EU funding opportunities, matches them to research groups and mails each "
    "researcher one digest.\n\nStart with: callwatch demo --once",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for subject in (operating, collecting, showing, matching, reviewing, delivery):
    subject.add_commands(app)


def main() -> None:
    """Run the command line; whatever goes wrong ends in one line and a status."""
    fit_output()
    try:
        app(prog_name="callwatch")
    except ConfigurationError as error:
        _fail(str(error), WRONG_USE)
    except KNOWN as error:
        _fail(str(error), FAILED)
    except KeyboardInterrupt:
        _fail("stopped", FAILED)
    except Exception as error:
        log.debug("unexpected error", exc_info=error)
        reason = " ".join(str(error).split()) or "no message"
        hint = "CALLWATCH_LOG_LEVEL=debug shows where"
        _fail(f"unexpected {type(error).__name__}: {reason}; {hint}", FAILED)


def _fail(reason: str, status: int) -> None:
    for line in reason.splitlines():
        complain(f"callwatch: {line}")
    sys.exit(status)
