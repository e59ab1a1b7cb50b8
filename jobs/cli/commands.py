"""The table of commands: enough to list them, so that only the one that is called is imported."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

import typer
from typer.core import TyperGroup
from typer.main import get_group

if TYPE_CHECKING:
    from typer._click import Command, Context  # what Typer's own methods are annotated with

MARKUP: Literal["rich"] = "rich"
"""How texts of help are marked up."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A command as the list of commands shows it."""

    subject: str
    """The module of ``jobs.cli`` that has it."""
    says: str
    """The first sentence of its help."""


COMMANDS = {
    "demo": Listed(
        "operating", "Show the whole job on bundled sample data: no network, no configuration."
    ),
    "init": Listed("operating", "Write a commented configuration folder and create the database."),
    "run": Listed(
        "operating",
        "Crawl, match and mail at their hours, until stopped; what was missed is made up at the"
        " start.",
    ),
    "serve": Listed(
        "operating",
        "Serve the pages: an overview, stop page, calendars and feeds, /health for monitoring.",
    ),
    "doctor": Listed(
        "operating",
        "Check database, configuration, sources, model, mail and clock; say what to do.",
    ),
    "crawl": Listed("collecting", "Collect opportunities from their sources."),
    "changes": Listed(
        "collecting",
        "List what changed between crawls: new topics, moved deadlines, budgets, texts, news.",
    ),
    "opportunities": Listed("showing", "List what has been collected, the next deadline first."),
    "profiles": Listed("matching", "The research groups: what they work on and may apply for."),
    "match": Listed(
        "matching",
        "Match profiles to what is open or forthcoming, and print the best with their reasons.",
    ),
    "review": Listed("reviewing", "The queue of proposed matches, without a browser."),
    "feedback": Listed(
        "feedback",
        "Say what a match is worth to its group: it acts at once, and later matching learns of it.",
    ),
    "report": Listed(
        "reporting",
        "Count what was matched, approved, sent, called useful, applied for and awarded.",
    ),
    "subscribe": Listed(
        "subscribing", "Let people follow a profile. Without --confirmed nobody is written to."
    ),
    "digest": Listed(
        "delivery",
        "Compose the digests that are due and send them; run again, it sends nothing twice.",
    ),
    "deliver": Listed(
        "delivery", "Send what is queued, and try again what is due for another attempt."
    ),
    "calendar": Listed(
        "feeds", "Write the deadlines that concern a reader as a calendar file, on stdout."
    ),
    "feed": Listed("feeds", "Write what is approved for a profile as an Atom feed, on stdout."),
    "keys": Listed(
        "keys",
        "Keys to the API: each opens the profiles it names, and what is approved for them.",
    ),
    "bounce": Listed(
        "bouncing",
        "Take in mail that came back: enough bounces end the mails to an address, a complaint at"
        " once.",
    ),
    "evaluate": Listed(
        "evaluating",
        "Measure how well the matcher ranks, beside well-known ways to rank.",
    ),
    "rank": Listed(
        "evaluating",
        "Rank documents for queries as the matcher ranks opportunities for profiles.",
    ),
    "bench": Listed(
        "measuring", "Run the benchmarks of a checkout, each beside its peer in the same run."
    ),
}
"""Name → command, in the order of the list."""


class LazyGroup(TyperGroup):
    """Lists every command by what the table says, and imports the one that is called."""

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, Command | None, list[str]]":
        """Return the real command in place of the listed one, and what is left of ``args``."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, imported(str(name)), rest


def imported(name: str) -> "Command":
    """Return the command ``name`` of the table, its module imported."""
    subject = typer.Typer(rich_markup_mode=MARKUP, pretty_exceptions_enable=False)
    import_module(f"jobs.cli.{COMMANDS[name].subject}").add_commands(subject)
    return get_group(subject).commands[name]


def list_commands(app: typer.Typer) -> None:
    """Let ``app`` list the commands of the table."""
    for name, listed in COMMANDS.items():
        app.command(name, help=listed.says)(_stand_in)


def _stand_in() -> None:
    """Stand for a command that is imported when it is called."""
