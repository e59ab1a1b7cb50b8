"""One transaction of the outbox: what was sent is booked, and what is next is claimed."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from notifier.channels.contract import DeliveryError
from notifier.retry import outcome
from notifier.terms import Terms
from store.bounces import Effect, Returned, note_bounce
from store.db import QuickStore
from store.messages import Claimed, claim_due, is_due, record, tried_within_a_day
from store.models import BounceKind, MessageState

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

SYNC_EVERY = timedelta(seconds=1)
"""What a power cut may take back at most: those mails are sent again, with the same bytes."""

RECOUNT_EVERY = 100
"""Claims between two looks at what other senders tried today; near the limit, every time."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A mail that was in hand, and what came of it."""

    claim: Claimed
    error: DeliveryError | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one mail in one run."""

    message_id: int
    """Id of the row."""
    subscriber_id: int
    state: MessageState


@dataclass(frozen=True, slots=True)
class Booked:
    """What one transaction did."""

    settled: list[Delivered]
    claims: list[Claimed]
    braked: bool
    """Whether mails are due and the limit of the day keeps them."""


class Book:
    """The outbox of one run; used from one thread."""

    def __init__(self, engine: Engine, clock: Clock, terms: Terms) -> None:
        self._store, self._clock, self._terms = QuickStore(engine), clock, terms
        self._in_hand: Counter[str] = Counter()
        self._left, self._recount_in = 0, 0
        self._synced_at = clock()

    def book(self, tried: Sequence[Tried], most: int) -> Booked:
        """Book what was tried, and claim up to ``most`` mails.

        Raises:
            StoreError: If the database refuses.
        """
        now = self._clock()
        in_hand = self._in_hand - Counter(_domain(one.claim) for one in tried)
        booked = self._store.in_transaction(
            lambda connection: self._work(connection, tried, _Wish(now, most, in_hand.copy()))
        )
        self._in_hand = in_hand + Counter(map(_domain, booked.claims))
        self._left -= len(booked.claims)
        self._recount_in -= len(booked.claims)
        if now - self._synced_at >= SYNC_EVERY:
            self._store.sync()
            self._synced_at = now
        return booked

    def close(self) -> None:
        """Bring everything to the disk, and let go of the database."""
        try:
            self._store.sync()
        finally:
            self._store.close()

    def _work(self, connection: Connection, tried: Sequence[Tried], wish: "_Wish") -> Booked:
        settled = [self._settle(connection, one, wish.now) for one in tried]
        allowed = self._allowed(connection, wish)
        claims = self._claim(connection, wish, allowed)
        kept_back = len(claims) == allowed < wish.most
        return Booked(settled, claims, kept_back and is_due(connection, wish.now))

    def _allowed(self, connection: Connection, wish: "_Wish") -> int:
        """Return how many mails may be claimed: what was asked for, or what the day leaves."""
        limit = self._terms.daily_limit
        if limit is None:
            return wish.most
        if self._recount_in <= 0 or self._left < RECOUNT_EVERY:
            self._left = limit - tried_within_a_day(connection, wish.now)
            self._recount_in = RECOUNT_EVERY
        return max(0, min(wish.most, self._left))

    def _claim(self, connection: Connection, wish: "_Wish", most: int) -> list[Claimed]:
        if most == 0 or self._terms.per_domain >= self._terms.connections:
            return claim_due(connection, wish.now, most) if most else []
        claims: list[Claimed] = []
        while len(claims) < most:
            full = [d for d, n in wish.in_hand.items() if n >= self._terms.per_domain]
            found = claim_due(connection, wish.now, 1, full)
            if not found:
                break
            claims += found
            wish.in_hand.update(map(_domain, found))
        return claims

    def _settle(self, connection: Connection, tried: Tried, now: datetime) -> Delivered:
        claim, error = tried.claim, tried.error
        settled = outcome(claim, error, now)
        if not record(connection, settled, now):
            log.warning("claim lost to another sender", extra={"message_id": claim.id})
        elif error is not None and error.bounce is not None:
            self._count(connection, claim, error.bounce, now)
        return Delivered(claim.id, claim.subscriber_id, settled.state)

    def _count(
        self, connection: Connection, claim: Claimed, kind: BounceKind, now: datetime
    ) -> None:
        returned = Returned(claim.subscriber_id, claim.id, kind, "")
        with Session(connection) as session:
            effect = note_bounce(session, returned, self._terms.bounce_limit, now)
            session.flush()
        if effect is Effect.SUSPENDED:
            log.warning("address suspended", extra={"subscriber_id": claim.subscriber_id})


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a transaction is asked for."""

    now: datetime
    most: int
    in_hand: Counter[str]
    """Domain → mails in hand."""


def _domain(claim: Claimed) -> str:
    return claim.address.rpartition("@")[2]
