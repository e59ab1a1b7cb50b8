"""The outbox's way out: claim, send, record, each mail on its own, several at a time."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from notifier.booking import Clock, Delivered, Tried
from notifier.channels.contract import Channel, DeliveryError, Fault, Outgoing
from notifier.clerk import Clerk
from notifier.terms import Terms
from store.db import session_scope
from store.messages import Claimed, drop_unwanted, expire_stale, release_open_claims, waiting
from store.models import Message, MessageState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a run of the outbox did."""

    delivered: tuple[Delivered, ...]
    waiting: int
    """Mails that a later run will try."""
    error: str | None
    """Why the run ended early: nothing can leave on this channel now."""

    def count(self, state: MessageState) -> int:
        """Return how many mails this run brought to ``state``."""
        return sum(one.state is state for one in self.delivered)


@dataclass(frozen=True, slots=True)
class _Way:
    """What all senders of a run share."""

    channel: Channel
    clerk: Clerk
    terms: Terms


def never() -> bool:
    """Say that a run may go on."""
    return False


def deliver(
    engine: Engine,
    channel: Channel,
    clock: Clock,
    terms: Terms = Terms(),  # noqa: B008 - frozen
    ended: Callable[[], bool] = never,
) -> Delivery:
    """Hand over everything that is due, and return what became of it.

    Args:
        engine: Where the outbox is.
        channel: How mail leaves; it is closed at the end.
        clock: Returns the present moment; read for every step, since a run may take long.
        terms: How much at once, and how much a day.
        ended: Returns whether to finish the mails in hand and leave; asked before each.

    Raises:
        StoreError: If the database refuses.
    """
    settled = _tidy(engine, clock())
    way = _Way(channel, Clerk(engine, clock, terms, ended), terms)
    return asyncio.run(_deliver(engine, way, settled))


async def _deliver(engine: Engine, way: _Way, settled: list[Delivered]) -> Delivery:
    try:
        error = await _send_all(way)
    finally:
        await way.channel.close()
        way.clerk.close()
    error = error or (_brake(way.terms) if way.clerk.braked else None)
    if error is not None:
        log.error("delivery ended early", extra={"reply": error})
    with session_scope(engine) as session:
        return Delivery((*settled, *way.clerk.settled), waiting(session), error)


def _brake(terms: Terms) -> str:
    return (
        f"{terms.daily_limit} mails were tried in 24 hours, the most that"
        " CALLWATCH_MAIL_DAILY_LIMIT allows; the others wait"
    )


def _tidy(engine: Engine, now: datetime) -> list[Delivered]:
    """Settle what cannot be sent any more, and put in doubt what an earlier process left."""
    with session_scope(engine) as session:
        left = release_open_claims(session, now)
        for message in left:
            log.warning("claim left open by an earlier process", extra={"message_id": message.id})
        ended = [*drop_unwanted(session), *expire_stale(session, now)]
        return _as_delivered([*left, *ended])


def _as_delivered(messages: Sequence[Message]) -> list[Delivered]:
    return [Delivered(m.id, m.subscriber_id, m.state) for m in messages]


async def _send_all(way: _Way) -> str | None:
    """Send what is due; return why nothing can leave, or None.

    The first mail goes alone, so that a server that is not there is asked once. Later a sender
    that gets no connection leaves; its mail waits, and the others go on.
    """
    claim = await way.clerk.next(None)
    if claim is None:
        return None
    first = Tried(claim, await _send(way, claim))
    if (why := _unreachable(first)) is not None:
        await way.clerk.bring_back(first)
        return why
    others = (_send_on(way, None) for _ in range(way.terms.connections - 1))
    left = await asyncio.gather(_send_on(way, first), *others)
    return left[0] if all(why is not None for why in left) else None


async def _send_on(way: _Way, tried: Tried | None) -> str | None:
    """Send one mail after another; return why nothing can leave, or None where none is left."""
    while claim := await way.clerk.next(tried):
        tried = Tried(claim, await _send(way, claim))
        if (why := _unreachable(tried)) is not None:
            await way.clerk.bring_back(tried)
            return why
    return None


def _unreachable(tried: Tried) -> str | None:
    error = tried.error
    return error.reply if error is not None and error.fault is Fault.UNREACHABLE else None


async def _send(way: _Way, claim: Claimed) -> DeliveryError | None:
    path = way.terms.return_path
    outgoing = Outgoing(
        id=claim.id,
        subscriber_id=claim.subscriber_id,
        address=claim.address,
        message_id=claim.message_id,
        composed_at=claim.composed_at,
        body=claim.body,
        return_path=path.of(claim.id) if path else None,
    )
    error = None
    try:
        await way.channel.send(outgoing)
    except DeliveryError as found:
        error = found
    named = {"message_id": claim.id, "subscriber_id": claim.subscriber_id}
    log.info("digest handed over" if error is None else "digest not handed over", extra=named)
    return error
