"""The whole job on bundled sample data, told step by step: no network, no configuration."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AnyHttpUrl
from rich.console import Console
from rich.table import Table

import crawler
from config.errors import ConfigurationError
from config.profiles import read_profiles
from config.settings import SHIPPED, Settings
from config.sources import Source
from crawler.items import CrawlReport
from crawler.replica import PortalReplica, read_records
from crawler.run import crawl
from jobs.cli.console import on_terminal
from jobs.cli.context import Context, context_for, shifted_clock
from jobs.cli.matching import embedding_bar
from jobs.cli.tables import TopicLine, topic_table
from matcher.embedder import model_of
from matcher.results import MatchRun
from matcher.run import match_profiles, means_of
from notifier.channels import open_channel
from notifier.outbox import compose_due
from notifier.send import deliver
from store.models import Cadence, ReviewStatus
from store.profiles import all_profiles, import_profiles
from store.reviews import approve_all
from store.subscribers import Signup, subscribe
from store.tallies import matches_by_status

SAMPLES = Path(crawler.__file__).parent / "samples"
PICTURED = datetime(2026, 5, 20, 6, tzinfo=UTC)
"""The moment of which the samples are a picture."""
SOURCES = (
    Source("horizon_europe", (40, 60)),
    Source("erasmus_plus", (10, 30)),
    Source("erasmus_national"),
)
SHOWN_FILES = 3


def run_demo(
    folder: Path, now: datetime | None, out: Console, public_url: AnyHttpUrl | None = None
) -> Context:
    """Run every step in ``folder`` and tell ``out`` what was done.

    Args:
        folder: Where its database and its mails go; emptied first.
        now: The moment that is played; None for that of the samples.
        out: Where it is told.
        public_url: Where the pages will be, which mails then link to; None where none will.

    Raises:
        ConfigurationError: If the folder holds something that is not a demo's.
        RuntimeError: If the samples could not be crawled.
    """
    context = _fresh(folder, now or PICTURED, public_url)
    out.print(f"[bold]Callwatch demo[/bold] – the clock is set to {context.now:%d %B %Y %H:%M} UTC")
    _crawl(context, out)
    _import(context, out)
    _match(context, out)
    _approve(context, out)
    _subscribe(context, out)
    _send(context, folder / "outbox", out)
    return context


def _fresh(folder: Path, now: datetime, public_url: AnyHttpUrl | None) -> Context:
    """Return the context of a new demo in ``folder``; only a demo's own folder is emptied."""
    marker = folder / "this-is-a-callwatch-demo"
    if folder.exists() and any(folder.iterdir()) and not marker.exists():
        raise ConfigurationError(f"{folder}: is not empty and no demo's; name another --folder")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        marker.touch()
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written: {error.strerror}") from error
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'callwatch.db'}",
        config_dir=SHIPPED,
        mail_url=f"folder:{folder / 'outbox'}",
        mail_from="Callwatch demo <callwatch@example.org>",
        public_url=public_url,
        crawl_delay_seconds=0,
        model="",
    )
    return context_for(settings, now)


def _crawl(context: Context, out: Console) -> None:
    _step(out, 1, "Crawl", "a replica of the Funding & Tenders Portal, over HTTP")
    with PortalReplica(read_records(SAMPLES)) as replica:
        here = context.settings.model_copy(
            update={"portal_search_url": AnyHttpUrl(replica.search_url)}
        )
        reports = list(crawl(SOURCES, here, context.now, progress=on_terminal()))
    for report in reports:
        out.print(f"   {report.source}: {_told(report)}")
    out.print("   Erasmus+ actions of national agencies are not on the portal; a dated file")
    out.print("   of the configuration has them.")
    if problems := [problem for report in reports for problem in report.problems]:
        raise RuntimeError("; ".join(problems))


def _told(report: CrawlReport) -> str:
    complete = "complete" if report.complete else "incomplete"
    return f"{report.seen} topics on {report.pages} page(s), {report.refused} refused, {complete}"


def _import(context: Context, out: Console) -> None:
    _step(out, 2, "Profiles", "eight research groups of the example organisation")
    documents = read_profiles([SHIPPED / "profiles"], SHIPPED)
    with context.session() as session:
        import_profiles(session, documents, context.now)
    for document in documents:
        policy = document.review.policy.replace("_", " ")
        out.print(f"   {document.name} ({document.department}; {policy})", markup=False)


def _match(context: Context, out: Console) -> None:
    _step(out, 3, "Match", "passages of the topics against facets of the profiles")
    with embedding_bar() as report:
        done = match_profiles(
            context.engine, means_of(model_of(""), SHIPPED), context.now, None, report
        )
    out.print(f"   {done.embedded} texts embedded; the best match of each group:")
    out.print(_best_table(done, out.width))


def _best_table(done: MatchRun, width: int) -> Table:
    best = [(result.slug, result.best[0]) for result in done.results if result.best]
    lines = [TopicLine((f"   {slug}", one.band), one.topic_id, one.title) for slug, one in best]
    table = topic_table(("", ""), lines, width)
    table.show_header = False
    return table


def _approve(context: Context, out: Console) -> None:
    _step(out, 4, "Review", "what the policies did not approve, an adviser would; here all is")
    with context.session() as session:
        before = matches_by_status(session)
        number = approve_all(session, "demo adviser", context.now)
    automatic = before.get(ReviewStatus.APPROVED, 0)
    out.print(f"   {automatic} approved by policy, {number} by the adviser")


def _subscribe(context: Context, out: Console) -> None:
    _step(out, 5, "Subscribers", "one confirmed address for each group")
    with context.session() as session:
        slugs = [profile.slug for profile in all_profiles(session)]
        for slug in slugs:
            signup = Signup(
                f"{slug}@example.org", slug, Cadence.WEEKLY, "en", "Europe/Oslo", "the demo"
            )
            subscribe(session, signup, context.now)
    out.print(f"   {len(slugs)} subscribers")


def _send(context: Context, outbox: Path, out: Console) -> None:
    _step(out, 6, "Digest", "one mail a week to each, written to a folder")
    for _ in range(2):  # the second time shows that nothing is sent twice
        composed = compose_due(context.engine, context.settings, context.now)
        delivery = deliver(
            context.engine, open_channel(context.settings), shifted_clock(context.now)
        )
        out.print(f"   {len(composed)} composed, {len(delivery.delivered)} delivered")
    pages = sorted(outbox.glob("*.html"))
    out.print(f"\n[bold]{len(pages)} digests are in {outbox.resolve()}[/bold]")
    out.print("Each is a mail (.eml, for a mail program) and a page (.html, for a browser):")
    for page in pages[:SHOWN_FILES]:
        out.print(f"   {page.resolve().as_uri()}", markup=False, soft_wrap=True)
    if len(pages) > SHOWN_FILES:
        out.print(f"   … and {len(pages) - SHOWN_FILES} more")
    if pages:
        out.print("Open one with:", end=" ")
        out.print(f"xdg-open '{pages[0]}'", markup=False, soft_wrap=True, style="bold")


def _step(out: Console, number: int, name: str, what: str) -> None:
    out.print(f"\n[bold cyan]{number}/6 {name}[/bold cyan] – {what}")
