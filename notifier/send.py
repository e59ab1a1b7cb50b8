"""The outbox's way out: claim, send, record, one mail at a time, each step committed."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from notifier.channels.contract import Channel, DeliveryError, Fault, Outgoing
from store.db import session_scope
from store.messages import (
    LEASE,
    claim_next,
    drop_unwanted,
    expire_stale,
    record_fault,
    record_sent,
    release_open_claims,
    waiting,
)
from store.models import Message, MessageState

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
FIRST_PAUSE = timedelta(minutes=5)
GROWTH = 1.3


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one mail in one run."""

    message_id: int
    """Id of the row."""
    subscriber_id: int
    state: MessageState


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
class _Claim:
    """A claimed mail, and what the outcome depends on."""

    outgoing: Outgoing
    attempts: int
    repeated: bool
    """Whether it was in doubt: this is its one repetition."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: MessageState
    next_attempt_at: datetime | None


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after an attempt that failed for now.

    >>> pause_after(1), pause_after(2)
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=390))
    """
    return FIRST_PAUSE * GROWTH ** (attempts - 1)


def deliver(engine: Engine, channel: Channel, clock: Clock) -> Delivery:
    """Hand over everything that is due, and return what became of it.

    Args:
        engine: Where the outbox is.
        channel: How mail leaves; it is closed at the end.
        clock: Returns the present moment; read for every step, since a run may take long.

    Raises:
        StoreError: If the database refuses.
    """
    return asyncio.run(_deliver(engine, channel, clock))


async def _deliver(engine: Engine, channel: Channel, clock: Clock) -> Delivery:
    delivered, error = _tidy(engine, clock()), None
    try:
        while error is None and (claim := _claim(engine, clock())):
            fault = await _send(channel, claim)
            delivered.append(_record(engine, claim, fault, clock()))
            error = fault.reply if fault and fault.fault is Fault.UNREACHABLE else None
    finally:
        await channel.close()
    if error is not None:
        log.info("delivery ended early", extra={"reply": error})
    with session_scope(engine) as session:
        return Delivery(tuple(delivered), waiting(session), error)


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


def _claim(engine: Engine, now: datetime) -> _Claim | None:
    with session_scope(engine) as session:
        message = claim_next(session, now)
        return _as_claim(message) if message else None


def _as_claim(message: Message) -> _Claim:
    outgoing = Outgoing(
        id=message.id,
        subscriber_id=message.subscriber_id,
        address=message.subscriber.address,
        message_id=message.message_id,
        composed_at=message.composed_at,
        body=message.body,
    )
    return _Claim(outgoing, message.attempts, repeated=message.next_attempt_at is None)


async def _send(channel: Channel, claim: _Claim) -> DeliveryError | None:
    try:
        await channel.send(claim.outgoing)
    except DeliveryError as error:
        return error
    return None


def _record(engine: Engine, claim: _Claim, fault: DeliveryError | None, now: datetime) -> Delivered:
    outcome = _outcome(claim, fault, now)
    row = claim.outgoing
    with session_scope(engine) as session:
        if fault is None:
            record_sent(session, row.id, now)
        else:
            record_fault(session, row.id, outcome.state, outcome.next_attempt_at, fault.reply)
    named = {"message_id": row.id, "subscriber_id": row.subscriber_id, "state": outcome.state.value}
    log.info("digest handed over" if fault is None else "digest not handed over", extra=named)
    return Delivered(row.id, row.subscriber_id, outcome.state)


def _outcome(claim: _Claim, fault: DeliveryError | None, now: datetime) -> _Outcome:
    """Return the state that an attempt leads to, and when to try again."""
    if fault is None:
        return _Outcome(MessageState.SENT, None)
    if fault.fault is Fault.PERMANENT:
        return _Outcome(MessageState.FAILED, None)
    if fault.fault is Fault.IN_DOUBT:
        return _Outcome(MessageState.IN_DOUBT, None if claim.repeated else now + LEASE)
    waits = MessageState.IN_DOUBT if claim.repeated else MessageState.RETRY
    return _Outcome(waits, now + pause_after(claim.attempts))
