"""What an attempt leads to, and when to try again. Pure: reads no clock and draws no lots."""

import hashlib
from datetime import datetime, timedelta

from notifier.channels.contract import DeliveryError, Fault
from store.messages import LEASE, LIFE, Claimed, Settled
from store.models import MessageState

FIRST_PAUSE = timedelta(minutes=5)
GROWTH = 1.3
JITTER = 0.1
"""Part of a pause that is added at most, so that what failed together does not come back so."""

MOST_SILENCES = 2
"""How often a mail is handed over without an answer: the first time, and once more."""


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait at least after an attempt that failed for now.

    >>> pause_after(1), pause_after(2)
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=390))
    """
    return min(FIRST_PAUSE * GROWTH ** (attempts - 1), LIFE)


def jitter(message_id: str, attempts: int) -> float:
    """Return which part of a pause is added, from 0 to ``JITTER``; the same for the same attempt.

    >>> 0 <= jitter("<digest.1.1@example.org>", 1) <= JITTER
    True
    """
    drawn = hashlib.sha256(f"{message_id} {attempts}".encode()).digest()
    return JITTER * int.from_bytes(drawn[:4]) / 2**32


def outcome(claim: Claimed, error: DeliveryError | None, now: datetime) -> Settled:
    """Return what an attempt leads to: the state, and when to try again."""
    if error is None:
        return Settled(claim, MessageState.SENT, None, None)
    if error.fault is Fault.PERMANENT:
        return Settled(claim, MessageState.FAILED, None, error.reply)
    if error.fault is Fault.IN_DOUBT:
        again = now + LEASE if claim.silences + 1 < MOST_SILENCES else None
        return Settled(claim, MessageState.IN_DOUBT, again, error.reply, silent=True)
    waits = MessageState.IN_DOUBT if claim.in_doubt else MessageState.RETRY
    return Settled(claim, waits, now + _pause(claim, error.wait), error.reply)


def _pause(claim: Claimed, asked: timedelta | None) -> timedelta:
    pause = asked or pause_after(claim.attempts)
    return pause * (1 + jitter(claim.message_id, claim.attempts))
