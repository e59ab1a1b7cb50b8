"""callwatch subscribe."""

import csv
import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from config.errors import ConfigurationError
from config.translation import LANGUAGES, SOURCE
from jobs.cli.console import AsJson, Now, out, print_json
from jobs.cli.context import Context, open_context
from store.models import Cadence
from store.subscribers import Outcome, Signup, SignupError, Subscribed, subscribe


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command("subscribe")(subscribe_people)


def subscribe_people(
    address: Annotated[str | None, typer.Argument(help="Where the digests go.")] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="SLUG", help="The profile to follow.")
    ] = None,
    cadence: Annotated[Cadence, typer.Option(help="How often.")] = Cadence.WEEKLY,
    language: Annotated[str, typer.Option(help=f"{' or '.join(LANGUAGES)}.")] = SOURCE,
    file: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Many: address, profile, cadence, language."),
    ] = None,
    confirmed: Annotated[
        bool,
        typer.Option("--confirmed", help="You vouch that the person agreed; recorded as consent."),
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Let people follow a profile. Without --confirmed nobody is written to.

    Examples: [bold]callwatch subscribe group@example.org --profile power-grids --confirmed[/bold] ·
    [bold]callwatch subscribe --csv people.csv --confirmed[/bold]
    """
    if (address is None) == (file is None):
        raise typer.BadParameter("name an address with --profile, or a --csv file; not both")
    if address is not None and profile is None:
        raise typer.BadParameter("--profile says what to follow; see: callwatch profiles list")
    context = open_context(now)
    rows = (
        [_Row("address", address, str(profile), cadence, language)] if address else _rows_of(file)
    )
    done = _subscribe(context, rows, confirmed)
    if as_json:
        print_json([_as_row(one) for one in done])
        return
    for outcome in Outcome:
        if number := sum(one.outcome is outcome for one in done):
            out.print(f"{number} {outcome.value.replace('_', ' ')}")
    if not confirmed:
        out.print("Not confirmed: nobody is written to before --confirmed says they agreed.")


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    """Where it was read, for messages."""
    address: str
    profile: str
    cadence: Cadence
    language: str


def _rows_of(file: Path | None) -> list[_Row]:
    if file is None:
        return []
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            delimiter = ";" if ";" in lines.readline() else ","  # spreadsheets differ by country
            lines.seek(0)
            return list(_read_rows(file, csv.DictReader(lines, delimiter=delimiter)))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: is not UTF-8 text; save it as CSV UTF-8") from error
    except csv.Error as error:
        raise ConfigurationError(f"{file}: is no CSV file: {error}") from error


def _read_rows(file: Path, reader: "csv.DictReader[str]") -> Iterator[_Row]:
    missing = {"address", "profile"} - set(reader.fieldnames or [])
    if missing:
        raise ConfigurationError(f"{file}:1: the header lacks {', '.join(sorted(missing))}")
    for row in reader:
        where = f"{file}:{reader.line_num}"
        cadence = (row.get("cadence") or "weekly").strip()
        if cadence not in list(Cadence):
            raise ConfigurationError(f"{where}: cadence {cadence!r}: one of {', '.join(Cadence)}")
        yield _Row(
            where,
            (row["address"] or "").strip(),
            (row["profile"] or "").strip(),
            Cadence(cadence),
            (row.get("language") or SOURCE).strip(),
        )


def _subscribe(context: Context, rows: list[_Row], confirmed: bool) -> list[Subscribed]:
    """Sign up everybody of ``rows`` in one transaction: all or none."""
    done = []
    with context.session() as session:
        for row in rows:
            if row.language not in LANGUAGES:
                raise ConfigurationError(
                    f"{row.where}: language {row.language!r}: {' or '.join(LANGUAGES)}"
                )
            signup = Signup(
                row.address,
                row.profile,
                row.cadence,
                row.language,
                context.settings.time_zone,
                confirmed_by=f"operator {getpass.getuser()}" if confirmed else None,
            )
            try:
                done.append(subscribe(session, signup, context.now))
            except (SignupError, LookupError) as error:
                raise ConfigurationError(f"{row.where}: {error}") from error
    return done


def _as_row(one: Subscribed) -> dict[str, object]:
    return {
        "subscriber": one.subscriber_id,
        "state": one.state.value,
        "outcome": one.outcome.value,
    }
