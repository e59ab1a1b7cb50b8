"""callwatch calendar, callwatch feed."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from config.internal_deadlines import internal_deadlines
from config.settings import Settings
from jobs.cli.console import Now, out
from jobs.cli.context import Context, open_context
from store.models import Subscriber
from store.profiles import UnknownProfileError, profile_by_slug
from store.tokens import calendar_token, feed_token, signing_key

if TYPE_CHECKING:
    from notifier.publishing import Publisher

Link = Annotated[
    bool,
    typer.Option("--link", help="Print the address under which it can be read, and nothing else."),
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(calendar)
    app.command()(feed)


def calendar(
    subscriber: Annotated[
        int, typer.Option(metavar="ID", help="Whose; callwatch subscribe --json says the id.")
    ],
    link: Link = False,
    now: Now = None,
) -> None:
    """Write the deadlines that concern a reader as a calendar file, on stdout.

    With --link it is an address to subscribe to, which stays up to date. Whoever knows it can read
    it: give it to the reader alone.

    Example: [bold]callwatch calendar --subscriber 3 > deadlines.ics[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        row = session.get(Subscriber, subscriber)
        if row is None:
            raise ConfigurationError(f"--subscriber {subscriber}: there is no such reader")
        if link:
            token = calendar_token(signing_key(session, context.settings), row)
            _tell_link(context.settings, f"calendar/{token}.ics")
            return
        _write(publisher(context.settings).calendar(session, row.id, context.now).body)


def feed(
    profile: Annotated[str, typer.Option(metavar="SLUG", help="Of which profile.")],
    link: Link = False,
    now: Now = None,
) -> None:
    """Write what is approved for a profile as an Atom feed, on stdout.

    With --link it is an address for a feed reader. Whoever knows it can read it.

    Example: [bold]callwatch feed --profile power-grids --link[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        path = _feed_path(context, session, profile)
        if link:
            _tell_link(context.settings, path)
            return
        row = profile_by_slug(session, profile)
        address = f"{_root(context.settings)}/{path}"
        made = publisher(context.settings).profile_feed(session, row, address, context.now)
        _write(made.body)


def publisher(settings: Settings) -> "Publisher":
    """Return what makes calendars and feeds.

    Raises:
        ConfigurationError: If the internal deadlines cannot be read.
    """
    from notifier.publishing import Publisher

    return Publisher(internal_deadlines(settings.configuration), settings)


def _feed_path(context: Context, session: Session, slug: str) -> str:
    try:
        row = profile_by_slug(session, slug)
    except UnknownProfileError as error:
        raise ConfigurationError(f"--profile: {error}") from error
    return f"feeds/{feed_token(signing_key(session, context.settings), row)}.atom"


def _tell_link(settings: Settings, path: str) -> None:
    if settings.public_url is None:
        raise ConfigurationError("CALLWATCH_PUBLIC_URL is not set: nobody could open the link")
    out.print(f"{_root(settings)}/{path}", markup=False, soft_wrap=True)


def _root(settings: Settings) -> str:
    return str(settings.public_url or "http://localhost").rstrip("/")


def _write(body: bytes) -> None:
    """Write bytes as they are: a calendar ends its lines as its standard says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()
