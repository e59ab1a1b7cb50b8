"""callwatch digest, callwatch deliver."""

from typing import TYPE_CHECKING, Annotated

import typer

from jobs.cli.console import FAILED, UNHEALTHY, AsJson, Now, complain, counted, out, print_json
from jobs.cli.context import Context, open_context, shifted_clock
from jobs.cli.ending import told_to_end
from jobs.cli.planned import print_planned, tell_planned
from store.models import MessageState

if TYPE_CHECKING:
    from notifier.outbox import Composed
    from notifier.send import Delivery


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command()(digest)
    app.command("deliver")(deliver_queued)


def digest(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go out, and write nothing.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="With --dry-run: print each mail as it would be read.")
    ] = False,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Compose the digests that are due and send them; run again, it sends nothing twice.

    Exits with 1 when nothing could leave, and with 3 when messages are in doubt or failed, or a
    digest could not be composed.

    Examples: [bold]callwatch digest --dry-run[/bold] ·
    [bold]callwatch digest --dry-run --whole[/bold]
    """
    from notifier.channels import open_channel
    from notifier.outbox import compose_due, plan_due

    context = open_context(now)
    if dry_run:
        planned = plan_due(context.engine, context.settings, context.now)
        sound = [one for one in planned if one.failure is None]
        print_planned(sound) if as_json else tell_planned(sound, whole=whole)
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
