"""callwatch crawl, callwatch changes."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from config.errors import ConfigurationError
from crawler.items import CrawlReport
from jobs.cli.console import (
    FAILED,
    UNHEALTHY,
    AsJson,
    Now,
    complain,
    counted,
    on_terminal,
    out,
    print_json,
)
from jobs.cli.context import Context, open_context
from jobs.cli.tables import Cell, TopicLine, add_line, plain_table, topic_table
from store.events import described_changes

LONGEST = 90
"""Characters of a value that a table of changes shows."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(crawl)
    app.command()(changes)


def crawl(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="Sources to collect; all configured by default."),
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Collect opportunities from their sources.

    Exits with 1 when a source could not be read or stored, and with 3 when a run was incomplete or
    not healthy; what was collected is kept.

    Examples: [bold]callwatch crawl[/bold] · [bold]callwatch crawl horizon_europe --json[/bold]
    """
    context = open_context(now)
    reports = crawl_sources(context, sources or [])
    if as_json:
        print_json([_as_row(report) for report in reports])
    else:
        out.print(_table(reports))
    for report in reports:
        for problem in report.problems:
            complain(f"callwatch: {report.source}: {problem}")
        for note in report.notes:
            complain(f"callwatch: {report.source}: note: {note}")
    if any(report.failed for report in reports):
        raise typer.Exit(FAILED)
    if not all(report.healthy for report in reports):
        raise typer.Exit(UNHEALTHY)


def crawl_sources(context: Context, names: list[str]) -> list[CrawlReport]:
    """Crawl the named sources, or all, and return what each run did."""
    from crawler.run import chosen_sources
    from crawler.run import crawl as run_crawls

    sources = chosen_sources(context.settings, names)
    return list(run_crawls(sources, context.settings, context.now, progress=on_terminal()))


_PRINTED = (
    "source", "seen", "new", "changed", "unchanged", "missing", "refused", "pages", "announced",
    "complete", "healthy",
)  # fmt: skip


_FURTHER = (
    "closed", "withdrawn", "leftovers", "scans", "endpoint", "fill_rates", "problems", "notes",
)  # fmt: skip
"""What --json tells beside."""

_SHOWN = (
    "seen", "new", "changed", "closed", "missing", "refused", "announced", "complete", "healthy",
)  # fmt: skip
"""Columns of the table beside the source: what fits a terminal of 80 columns."""


def _as_row(report: CrawlReport) -> dict[str, object]:
    row = asdict(report)
    return {name: row[name] for name in (*_PRINTED, *_FURTHER)}


def _table(reports: list[CrawlReport]) -> Table:
    table = plain_table(("source", *_SHOWN))
    for report in reports:
        row = _as_row(report)
        add_line(table, (report.source, *(_cell(row[name]) for name in _SHOWN)))
    return table


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return Text("yes", "green") if value else Text("no", "red")
    return "–" if value is None else str(value)


def changes(
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only what was noticed since this day.")
    ] = None,
    noise: Annotated[
        bool, typer.Option("--noise", help="Also what no reader would care about.")
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List what changed between crawls: new topics, moved deadlines, budgets, texts, news.

    Example: [bold]callwatch changes --since 2026-05-20[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        rows = described_changes(session, _read_day(since), with_noise=noise)
    if as_json:
        print_json(rows)
        return
    if not rows:
        out.print("Nothing has changed. Changes are noticed by the second crawl of a source.")
        return
    lines = [
        TopicLine(
            (str(row["detected_at"])[:10], str(row["kind"]).replace("_", " ")),
            str(row["topic_id"]),
            _difference(row["before"], row["after"]),
        )
        for row in rows
    ]
    out.print(topic_table(("noticed", "what"), lines, out.width, "before → after"))
    out.print(counted(len(rows), "change", "changes"))


def _difference(before: object, after: object) -> str:
    """Return what became of what on one line; all of it is in --json."""
    parts = [_short(value) for value in (before, after) if value is not None]
    return " → ".join(parts)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _read_day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"--since {text!r}: no date; write it like 2026-05-20") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
