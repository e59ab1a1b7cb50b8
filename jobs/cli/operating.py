"""callwatch demo, init, run, serve, doctor."""

import signal
import threading
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pydantic import AnyHttpUrl
from rich.text import Text

from config.settings import read_settings
from jobs.cli.console import FAILED, AsJson, Now, err, on_terminal, out, print_json
from jobs.cli.context import Context, open_context, read_now, shifted_clock
from jobs.cli.tables import add_line, plain_table

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    for command in (demo, init, run, serve, doctor):
        app.command()(command)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the digests; do not serve the pages.")
    ] = False,
    port: Port = 8000,
    folder: Annotated[
        Path, typer.Option(help="Where its database and its mails go; emptied at the start.")
    ] = Path("var/demo"),
    now: Now = None,
) -> None:
    """Show the whole job on bundled sample data: no network, no configuration.

    A replica of the portal is crawled over HTTP, the topics are matched to eight research groups,
    the matches are approved and the digests written to a folder.

    Example: [bold]callwatch demo --once[/bold]
    """
    from jobs.demo import run_demo

    address = f"http://127.0.0.1:{port}/"
    public = AnyHttpUrl(address) if port and not once else None
    finished = run_demo(folder, read_now(now) if now else None, out, public)
    if not once:
        out.print(f"\nThe pages are at {address} – stop with Ctrl-C.")
        if public:
            out.print(f"Subscribe at {address}subscribe – the mail to confirm joins the digests.")
        _serve(finished, ("127.0.0.1", port))


def init(
    folder: Annotated[
        Path | None, typer.Argument(help="Where the configuration goes; CALLWATCH_CONFIG_DIR.")
    ] = None,
    now: Now = None,
) -> None:
    """Write a commented configuration folder and create the database.

    Files that exist are left as they are, so it may be run again after an update.

    Example: [bold]callwatch init /etc/callwatch[/bold]
    """
    from jobs.initialise import write_configuration

    context = open_context(now)
    target = folder or context.settings.config_dir
    written = write_configuration(target)
    for path in written:
        out.print(f"wrote {path}", markup=False, soft_wrap=True)
    if not written:
        out.print(f"{target} is complete; nothing was overwritten", markup=False, soft_wrap=True)
    out.print(f"the database is up to date ({context.engine.dialect.name})", markup=False)
    if folder is not None and folder != context.settings.config_dir:
        out.print(f"now set CALLWATCH_CONFIG_DIR={folder}", markup=False, soft_wrap=True)
    out.print("next: edit organisation.yaml and profiles/, then: callwatch profiles import")


def run(now: Now = None) -> None:
    """Crawl, match and mail at their hours, until stopped; what was missed is made up at the start.

    Any number of these may run against one database: each job of each period is run by one.

    Example: [bold]callwatch run[/bold]
    """
    from jobs.pipeline import Pipeline
    from jobs.schedule import build_scheduler

    context = open_context(now)
    clock = shifted_clock(context.now)
    ended = threading.Event()
    jobs = Pipeline(context.settings, context.engine, clock, ended.is_set).jobs()
    scheduler = build_scheduler(jobs, context.engine, clock)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    scheduler.start()
    zone = context.settings.time_zone
    err.print(f"callwatch runs: {', '.join(job.name for job in jobs)} ({zone})", markup=False)
    ended.wait()
    err.print("callwatch stops after the job in hand")
    scheduler.shutdown(wait=True)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that share the port; for busy sites.")
    ] = 1,
    now: Now = None,
) -> None:
    """Serve the pages: an overview, stop page, calendars and feeds, /health for monitoring.

    Where CALLWATCH_PUBLIC_URL is set, people can also subscribe and change what they get. Where
    accounts.yaml has no account, a link is printed that signs in an administrator, once.

    A process answers about thirty pages a second and holds texts and model for itself, about 1.4 GB
    for 5,000 opportunities.

    Example: [bold]callwatch serve --host 0.0.0.0 --port 8000 --workers 2[/bold]
    """
    _serve(open_context(now), (host, port), workers)


def _serve(context: Context, listens: tuple[str, int], workers: int = 1) -> None:
    from jobs.first_login import first_login
    from jobs.serving import serve_pages

    clock = shifted_clock(context.now)

    def greet() -> None:
        if link := first_login(context.settings, context.engine, listens, clock()):
            out.print(
                f"Sign in as administrator, once and within 15 minutes: {link}",
                markup=False,
                soft_wrap=True,
            )

    serve_pages(context.settings, clock, listens, workers, greet)


def doctor(as_json: AsJson = False, now: Now = None) -> None:
    """Check database, configuration, sources, model, mail and clock; say what to do.

    Exits with 1 when something is wrong; warnings do not count.

    Example: [bold]callwatch doctor --json[/bold]
    """
    from jobs.doctor import Grade, examine

    settings = read_settings()
    with err.status("looking …") if on_terminal() else nullcontext():
        findings = list(examine(settings, read_now(now)))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        colours = {Grade.FINE: "green", Grade.WARNING: "yellow", Grade.WRONG: "red"}
        table = plain_table(("", "", ""))
        table.show_header = False
        for finding in findings:
            mark = Text(finding.grade.value, colours[finding.grade])
            advice = ("\n→ " + finding.advice, "bold") if finding.advice else ""
            add_line(table, (finding.subject, mark, Text.assemble(finding.says, advice)))
        out.print(table)
    if any(finding.grade is Grade.WRONG for finding in findings):
        raise typer.Exit(FAILED)
