"""callwatch profiles, callwatch match."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.languages import language_of
from config.model_languages import ADVICE, Unread
from config.profiles import read_profiles
from config.settings import read_settings
from jobs.cli.console import AsJson, Now, complain, counted, err, on_terminal, out, print_json
from jobs.cli.context import Context, open_context, read_now
from jobs.cli.match_lines import tell_matches
from jobs.cli.tables import add_line, plain_table
from jobs.languages import unread_in_documents, unread_in_profiles
from store.profiles import all_profiles, import_profiles, profile_by_slug

if TYPE_CHECKING:
    from matcher.results import MatchRun
    from matcher.vectors import Progress as Report

profiles = typer.Typer(
    help="The research groups: what they work on and may apply for.", no_args_is_help=True
)

SHOWN = 3
"""Matches of each profile that are printed when not all are asked for."""

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help="Files or folders; the configured ones by default."),
]
Slug = Annotated[str | None, typer.Option("--profile", metavar="SLUG", help="Only this profile.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.add_typer(profiles, name="profiles")
    app.command()(match)


@profiles.command("import")
def import_(files: Files = None, as_json: AsJson = False, now: Now = None) -> None:
    """Read profiles from YAML into the database; one wrong file, and nothing is imported.

    Example: [bold]callwatch profiles import config/profiles[/bold]
    """
    context = open_context(now)
    folder = context.settings.configuration
    documents = read_profiles(files or [folder / "profiles"], folder)
    with context.session() as session:
        result = import_profiles(session, documents, context.now)
    _warn_of(unread_in_documents(documents, context.settings.model))
    for field in result.left:
        complain(
            f"callwatch: {field}: differs from the file, and stays as it was changed elsewhere"
        )
    if as_json:
        print_json(asdict(result))
        return
    counts = {"new": result.new, "changed": result.changed, "unchanged": result.unchanged}
    for what, slugs in counts.items():
        line = f"{len(slugs)} {what}{': ' if slugs else ''}{', '.join(slugs)}"
        out.print(line, markup=False, soft_wrap=True)


@profiles.command()
def check(files: Files = None, as_json: AsJson = False, now: Now = None) -> None:
    """Check profiles without importing them; each fault with its file, line and field."""
    read_now(now)
    settings = read_settings()
    folder = settings.configuration
    documents = read_profiles(files or [folder / "profiles"], folder)
    _warn_of(unread_in_documents(documents, settings.model))
    if as_json:
        print_json([document.slug for document in documents])
        return
    out.print(counted(len(documents), "profile is fine", "profiles are fine"))


@profiles.command("list")
def list_(as_json: AsJson = False, now: Now = None) -> None:
    """List the imported profiles."""
    context = open_context(now)
    with context.session() as session:
        rows = [
            {
                "slug": profile.slug,
                "name": profile.name,
                "department": profile.department,
                "language": language_of(profile.text),
                "review": profile.review_policy.value,
                "version": profile.version,
                "updated_at": profile.updated_at.isoformat(),
            }
            for profile in all_profiles(session)
        ]
    if as_json:
        print_json(rows)
        return
    if not rows:
        out.print("No profiles. Import some with: callwatch profiles import")
        return
    shown = ("slug", "name", "department", "language", "review", "version")
    table = plain_table(shown)
    table.columns[0].no_wrap = True
    for row in rows:
        add_line(table, [str(row[name] or "unknown").replace("_", " ") for name in shown])
    out.print(table)


def match(
    profile: Slug = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Print every match, not the best three of each profile.")
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Match profiles to what is open or forthcoming, and print the best with their reasons.

    Texts are embedded once; what did not change is not embedded again.

    Example: [bold]callwatch match --profile ocean-structures --all[/bold]
    """
    context = open_context(now)
    done = run_matching(context, profile)
    with context.session() as session:
        slugs = {result.slug for result in done.results}
        matched = [found for found in all_profiles(session) if found.slug in slugs]
        _warn_of(unread_in_profiles(matched, context.settings.model))
    if as_json:
        print_json([asdict(result) for result in done.results])
        return
    if done.note:
        complain(f"callwatch: {done.note}")
    for result in done.results:
        tell_matches(result, None if everything else SHOWN)
    current = counted(done.opportunities, "opportunity", "opportunities")
    out.print(f"\n{current}; {counted(done.embedded, 'text', 'texts')} newly embedded")


def _warn_of(unread: Iterable[Unread]) -> None:
    for found in unread:
        complain(f"callwatch: {found}; {ADVICE}")


def run_matching(context: Context, slug: str | None) -> "MatchRun":
    """Match one profile, or all, with a bar on a terminal."""
    from matcher.embedder import model_of
    from matcher.run import match_profiles, means_of

    slugs = None if slug is None else [slug]
    with context.session() as session:
        if slug is not None:
            profile_by_slug(session, slug)
    settings = context.settings
    means = means_of(model_of(settings.model, settings.engine_dir), settings.configuration)
    with embedding_bar() as report:
        return match_profiles(context.engine, means, context.now, slugs, report)


@contextmanager
def embedding_bar() -> "Iterator[Report]":
    """Yield a callback that draws how many texts are embedded; only where somebody looks."""
    bar = Progress(
        TextColumn("embedding"), BarColumn(), MofNCompleteColumn(), TextColumn("texts"),
        TimeRemainingColumn(), console=err, transient=True, disable=not on_terminal(),
    )  # fmt: skip
    with bar:
        task = bar.add_task("embedding", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
