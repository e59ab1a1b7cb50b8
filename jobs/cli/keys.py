"""callwatch keys: who may read profiles and matches through the API."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from config.organisation import read_organisation
from config.profiles import closest
from jobs.cli.console import AsJson, Now, err, out, print_json
from jobs.cli.context import Context, open_context
from jobs.cli.tables import add_line, plain_table
from store.api_keys import Grant, UnknownKeyError, all_keys, make_key, revoke_key
from store.models import ApiKey
from store.profiles import UnknownProfileError, profile_by_slug

keys = typer.Typer(
    help="Keys to the API: each opens the profiles it names, and what is approved for them.",
    no_args_is_help=True,
)

LIFE_DAYS = 365
LONGEST_DAYS = 1_830


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.add_typer(keys, name="keys")


@keys.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is for, such as “intranet”.")],
    profile: Annotated[
        list[str] | None, typer.Option(metavar="SLUG", help="A profile. May be repeated.")
    ] = None,
    department: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="All profiles of a department. May be repeated."),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=LONGEST_DAYS, help="How long it works.")
    ] = LIFE_DAYS,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Make a key and print it, this once: only its hash is kept.

    Example: [bold]callwatch keys add intranet --department iel --days 90[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        profiles = _known_profiles(session, profile or [])
        departments = _known_departments(context, department or [])
        if not profiles and not departments:
            raise ConfigurationError("name what the key opens: --profile SLUG or --department ID")
        made = make_key(
            session, Grant(name, profiles, departments, timedelta(days=days)), context.now
        )
        if as_json:
            print_json(_row(made.key, context.now) | {"key": made.secret})
            return
        out.print(made.secret, markup=False, soft_wrap=True)
        err.print(f"key {made.key.id} works until {made.key.expires_at:%d %b %Y}; keep it safe now")
        err.print("it cannot be shown again")


@keys.command("list")
def list_keys(as_json: AsJson = False, now: Now = None) -> None:
    """List the keys: what each opens, until when, and when it was last used.

    Example: [bold]callwatch keys list[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        rows = all_keys(session)
    if as_json:
        print_json([_row(key, context.now) for key in rows])
        return
    if not rows:
        out.print("No keys. Make one with: callwatch keys add NAME --profile SLUG")
        return
    table = plain_table(("id", "name", "opens", "state", "until", "last used"))
    for key in rows:
        used = f"{key.last_used_at:%d %b %Y}" if key.last_used_at else "never"
        opens = ", ".join([*key.profiles, *(f"all of {one}" for one in key.departments)])
        until = f"{key.expires_at:%d %b %Y}"
        add_line(table, (str(key.id), key.name, opens, _state(key, context.now), until, used))
    out.print(table)


@keys.command()
def revoke(
    number: Annotated[int, typer.Argument(metavar="ID", help="callwatch keys list says it.")],
    now: Now = None,
) -> None:
    """Let a key work no more, from the next request on.

    Example: [bold]callwatch keys revoke 3[/bold]
    """
    context = open_context(now)
    with context.session() as session:
        try:
            key = revoke_key(session, number, context.now)
        except UnknownKeyError as error:
            raise ConfigurationError(str(error)) from error
        out.print(f"key {key.id} ({key.name}) works no more", markup=False, soft_wrap=True)


def _known_profiles(session: Session, slugs: list[str]) -> tuple[str, ...]:
    try:
        return tuple(profile_by_slug(session, slug).slug for slug in slugs)
    except UnknownProfileError as error:
        raise ConfigurationError(f"--profile: {error}") from error


def _known_departments(context: Context, ids: list[str]) -> tuple[str, ...]:
    known = read_organisation(context.settings.configuration).departments()
    for one in ids:
        if one not in known:
            raise ConfigurationError(f"--department {one!r}: unknown{closest(one, known)}")
    return tuple(ids)


def _state(key: ApiKey, now: datetime) -> str:
    """Return whether a key works."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at <= now else "works"


def _row(key: ApiKey, now: datetime) -> dict[str, object]:
    """Return what JSON says of a key; never the key itself."""
    moments = {
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }
    return {
        "id": key.id,
        "name": key.name,
        "profiles": key.profiles,
        "departments": key.departments,
        "state": _state(key, now),
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
    }
