"""callwatch opportunities."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from config.deadlines import BRUSSELS
from config.errors import ConfigurationError
from config.programmes import programmes
from jobs.cli.console import AsJson, Now, counted, err, out, print_json
from jobs.cli.context import open_context
from jobs.cli.tables import TopicLine, topic_table
from jobs.opportunity_rows import as_row, csv_of, xlsx_of
from store.models import Endpoint, Kind, Opportunity, Status
from store.opportunities import all_opportunities, is_opening_known, next_cutoff, status_at

DOUBT = " ?"
"""Behind a date that nobody compared with an official page."""

KINDS = {
    Kind.TOPIC: "topic",
    Kind.PROPOSALS: "external action",
    Kind.CASCADE: "cascade",
    Kind.PRIZE: "prize",
    Kind.NATIONAL: "national",
}
"""What each kind is called where there is little room."""

CONFIRMED_BY = {
    Endpoint.SEARCH_API: "the Search API",
    Endpoint.REFERENCE_FILE: "grantsTenders.json",
    Endpoint.TOPIC_DETAILS: "a direct look",
    Endpoint.CONFIGURATION: "the configuration",
}
"""What each thing that confirms an opportunity is called."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(opportunities)


def opportunities(
    status: Annotated[
        list[Status] | None,
        typer.Option(help="Only these; open and forthcoming by default. May be repeated."),
    ] = None,
    programme: Annotated[
        str | None, typer.Option(metavar="SLUG", help="Only this programme: horizon_europe, …")
    ] = None,
    kind: Annotated[
        list[Kind] | None,
        typer.Option(help="Only these kinds; all by default. May be repeated."),
    ] = None,
    query: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Only those in which every word occurs.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them to a CSV file.")
    ] = None,
    xlsx: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them to an Excel workbook.")
    ] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """List what has been collected, the next deadline first.

    Examples: [bold]callwatch opportunities --query "offshore wind"[/bold] ·
    [bold]callwatch opportunities --status open --programme erasmus_plus --xlsx calls.xlsx[/bold]
    """
    if programme is not None and programme not in programmes():
        known = ", ".join(programmes())
        raise ConfigurationError(f"--programme {programme!r}: unknown; known are {known}")
    context = open_context(now)
    wanted = status or [Status.OPEN, Status.FORTHCOMING]
    with context.session() as session:
        rows = [
            row
            for row in all_opportunities(session, programme)
            if status_at(row, context.now) in wanted
            and row.kind in (kind or Kind)
            and _has_words(row, query)
        ]
        rows.sort(key=lambda row: _next(row, context.now))
        _write(rows, csv, xlsx, context.now)
        if as_json:
            print_json([as_row(row, context.now) for row in rows])
        elif rows and not (csv or xlsx):
            _print(rows, context.now)
        elif not rows:
            _explain_nothing(bool(all_opportunities(session)))


def _has_words(row: Opportunity, query: str | None) -> bool:
    if not query:
        return True
    parts = [row.topic_id, row.title, row.call_title, row.destination, *row.keywords, *row.tags]
    text = " ".join(parts + [section["text"] for section in row.sections]).casefold()
    return all(word in text for word in query.casefold().split())


def _next(row: Opportunity, now: datetime) -> tuple[datetime, str]:
    cutoff = next_cutoff(row, now)
    return (cutoff.deadline if cutoff else datetime.max.replace(tzinfo=now.tzinfo), row.topic_id)


def _write(rows: Sequence[Opportunity], csv: Path | None, xlsx: Path | None, now: datetime) -> None:
    for path, made in ((csv, csv_of), (xlsx, xlsx_of)):
        if path is None:
            continue
        try:
            path.write_bytes(made(rows, now))
        except OSError as error:
            raise ConfigurationError(f"{path}: cannot be written: {error.strerror}") from error
        count = counted(len(rows), "opportunity", "opportunities")
        err.print(f"{count} written to {path}", markup=False, soft_wrap=True)


def _print(rows: Sequence[Opportunity], now: datetime) -> None:
    lines = [
        TopicLine(
            (_deadline_day(row, now), status_at(row, now).value, KINDS[row.kind]),
            row.topic_id,
            row.title,
        )
        for row in rows
    ]
    out.print(topic_table(("deadline", "status", "kind"), lines, out.width))
    out.print(counted(len(rows), "opportunity", "opportunities"))
    out.print("; ".join(_confirmations(rows)))
    if missing := sum(row.missing_since is not None for row in rows):
        out.print(f"{missing} of them missing: not returned any more, though a date lies ahead")
    if any(day.endswith(DOUBT) for line in lines for day in line.before[:1]):
        out.print(f"{DOUBT.strip()} behind a date: not verified, check the official page")


def _confirmations(rows: Sequence[Opportunity]) -> list[str]:
    """Return what confirmed how many of ``rows``, and when it last did."""
    seen: dict[Endpoint, list[datetime]] = {}
    for row in rows:
        seen.setdefault(row.confirmed_by, []).append(row.last_seen_at)
    return [
        f"{len(moments)} confirmed by {CONFIRMED_BY[endpoint]}, last {max(moments):%d %b %Y}"
        for endpoint, moments in sorted(seen.items())
    ]


def _explain_nothing(any_collected: bool) -> None:
    if any_collected:
        out.print(
            "None fits. Try fewer words, or another --status: open, forthcoming, invited, closed."
        )
        return
    out.print("No opportunities. Collect some with: callwatch crawl")


def _deadline_day(row: Opportunity, now: datetime) -> str:
    cutoff = next_cutoff(row, now)
    if cutoff is None:
        return "none ahead" if is_opening_known(row) else "not published"
    return f"{cutoff.deadline.astimezone(BRUSSELS):%d %b %Y}" + ("" if cutoff.verified else DOUBT)
