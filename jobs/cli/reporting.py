"""callwatch report: how far matches came, as the page of reports shows it."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from jobs.cli.console import WRONG_USE, AsJson, Now, out, print_json, stop
from jobs.cli.context import open_context
from jobs.cli.tables import add_line, plain_table
from store.coverage import Period

if TYPE_CHECKING:
    from web.report_rows import Report  # imported when it is asked for

DAY = "%Y-%m-%d"


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command("report")(report)


def report(
    by: Annotated[
        str, typer.Option(help="What has a row: department, faculty, profile, programme or month.")
    ] = "department",
    since: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], help="First day; the first of January if absent."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=[DAY], help="Last day; today if absent.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write it to this file as CSV.")] = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Count what was matched, approved, sent, called useful, applied for and awarded.

    Numbers that few readers stand behind are withheld, as on the page.

    Example: [bold]callwatch report --by month --since 2026-01-01 --csv report.csv[/bold]
    """
    from config.organisation import read_organisation
    from config.translation import SOURCE
    from web.report_files import csv_of
    from web.report_rows import Asked, Grouping, report_of

    if by not in list(Grouping):
        stop(f"no such rows: {by!r}; known: {', '.join(Grouping)}", WRONG_USE)
    context = open_context(now)
    organisation = read_organisation(context.settings.configuration)
    zone = ZoneInfo(organisation.time_zone)
    last = until.date() if until else context.now.astimezone(zone).date()
    first = since.date() if since else date(last.year, 1, 1)
    if last < first:
        stop(f"the last day, {last}, is before the first, {first}", WRONG_USE)
    with context.session() as session:
        asked = Asked(Grouping(by), Period(first, last, zone), None)
        found = report_of(session, asked, organisation, SOURCE)
    if csv is not None:
        csv.write_bytes(csv_of(found, SOURCE))
        out.print(f"{len(found.rows)} rows and their total written to {csv}", markup=False)
        return
    _show(found, as_json=as_json)


def _show(found: "Report", *, as_json: bool) -> None:
    from config.translation import SOURCE
    from web.report_files import cells_of, headings_of

    headings, rows = headings_of(found, SOURCE), cells_of(found, SOURCE)
    if as_json:
        print_json([dict(zip(headings, row, strict=True)) for row in rows])
        return
    table = plain_table(headings)
    for row in rows:
        add_line(table, map(str, row))
    out.print(table)
