"""callwatch subscribe, callwatch digest, callwatch deliver."""

import csv
import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config.errors import ConfigurationError
from config.translation import LANGUAGES, SOURCE
from jobs.cli.console import FAILED, UNHEALTHY, AsJson, Now, complain, counted, out, print_json
from jobs.cli.context import Context, open_context, shifted_clock
from jobs.cli.ending import told_to_end
from store.models import Cadence, MessageState
from store.subscribers import Outcome, Signup, SignupError, Subscribed, subscribe

if TYPE_CHECKING:
    from notifier.outbox import Composed
    from notifier.send import Delivery


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command("subscribe")(subscribe_people)
    app.command()(digest)
    app.command("deliver")(deliver_queued)


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


def digest(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go out, and write nothing.")
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Compose the digests that are due and send them; run again, it sends nothing twice.

    Exits with 1 when nothing could leave, and with 3 when messages are in doubt or failed, or a
    digest could not be composed.

    Example: [bold]callwatch digest --dry-run[/bold]
    """
    from notifier.channels import open_channel
    from notifier.outbox import compose_due, plan_due

    context = open_context(now)
    if dry_run:
        planned = plan_due(context.engine, context.settings, context.now)
        _tell_composed([one for one in planned if one.failure is None], as_json)
        _tell_failures(planned)
        return
    open_channel(context.settings)  # a wrong setting is told before anything is composed
    composed = compose_due(context.engine, context.settings, context.now)
    delivery = flush(context)
    if as_json:
        print_json(_states(context, composed))
    else:
        queued = [one for one in composed if one.failure is None]
        out.print(f"{counted(len(queued), 'digest', 'digests')} composed")
        _tell_delivery(delivery)
    failed = _tell_failures(composed)
    _exit_for(delivery)
    if failed:
        raise typer.Exit(UNHEALTHY)


def _tell_failures(composed: "list[Composed]") -> bool:
    failed = [one for one in composed if one.failure]
    for one in failed:
        complain(f"callwatch: subscriber {one.subscriber_id}: not composed: {one.failure}")
    return bool(failed)


def _tell_composed(composed: "list[Composed]", as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "subscriber": one.subscriber_id,
                    "message_id": None,
                    "state": "planned",
                    "subject": one.subject,
                    "items": len(one.items),
                }
                for one in composed
            ]
        )
        return
    if not composed:
        out.print("Nothing is due: nobody has anything new to read in this window.")
    for one in composed:
        line = f"subscriber {one.subscriber_id} ({one.cadence.value}): {one.subject}"
        out.print(line, markup=False, soft_wrap=True)


def _states(context: Context, composed: "list[Composed]") -> list[dict[str, object]]:
    from store.messages import message_by_id

    rows: list[dict[str, object]] = []
    with context.session() as session:
        for one in composed:
            found = None if one.message_id is None else message_by_id(session, one.message_id)
            rows.append(
                {
                    "subscriber": one.subscriber_id,
                    "message_id": found.message_id if found else None,
                    "state": found.state.value if found else MessageState.FAILED.value,
                    "items": len(one.items),
                }
            )
    return rows


def deliver_queued(as_json: AsJson = False, now: Now = None) -> None:
    """Send what is queued, and try again what is due for another attempt.

    Example: [bold]callwatch deliver --json[/bold]
    """
    delivery = flush(open_context(now))
    if as_json:
        print_json(
            [
                {
                    "message": one.message_id,
                    "subscriber": one.subscriber_id,
                    "state": one.state.value,
                }
                for one in delivery.delivered
            ]
        )
    else:
        _tell_delivery(delivery)
    _exit_for(delivery)


def flush(context: Context) -> "Delivery":
    """Send what may leave now; told to end, finish the mails in hand."""
    from notifier.channels import open_channel
    from notifier.send import deliver
    from notifier.terms import terms_of

    channel, terms = open_channel(context.settings), terms_of(context.engine, context.settings)
    with told_to_end() as ended:
        return deliver(context.engine, channel, shifted_clock(context.now), terms, ended)


def _tell_delivery(delivery: "Delivery") -> None:
    for state in MessageState:
        if number := delivery.count(state):
            out.print(f"{number} {state.value.replace('_', ' ')}")
    if not delivery.delivered and not delivery.error:
        out.print("Nothing was waiting to be sent.")
    if delivery.waiting:
        out.print(f"{counted(delivery.waiting, 'waits', 'wait')} for a later run")


def _exit_for(delivery: "Delivery") -> None:
    if delivery.error:
        complain(f"callwatch: {delivery.error}")
        raise typer.Exit(FAILED)
    if any(map(delivery.count, (MessageState.IN_DOUBT, MessageState.FAILED, MessageState.EXPIRED))):
        raise typer.Exit(UNHEALTHY)
