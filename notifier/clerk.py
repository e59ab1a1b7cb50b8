"""Who serves the senders of a run: each brings back one mail and gets the next.

A sender gets its next mail only once what became of the last is committed, so one that is
killed leaves in doubt what it had in hand and no more. Senders that come at the same time share
a transaction. It is made in the event loop itself: it takes less time than handing it to a thread
and back, and the answers of the mail servers that arrive meanwhile share the next one.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from notifier.booking import Book, Clock, Delivered, Tried
from notifier.terms import Terms
from store.messages import Claimed


@dataclass(frozen=True, slots=True)
class _Request:
    tried: Tried | None
    wants: bool
    answer: "asyncio.Future[Claimed | None]"


class Clerk:
    """Books and hands out mails."""

    def __init__(
        self, engine: Engine, clock: Clock, terms: Terms, ended: Callable[[], bool]
    ) -> None:
        self._book = Book(engine, clock, terms)
        self._ended = ended
        self._requests: list[_Request] = []
        self._idle: list[_Request] = []
        self._in_hand = 0
        self.settled: list[Delivered] = []
        """What became of every mail that was brought back."""
        self.braked = False
        """Whether the limit of the day kept mails from leaving."""

    async def next(self, tried: Tried | None) -> Claimed | None:
        """Book what became of a mail, and return another; None where there is none left.

        Raises:
            StoreError: If the database refuses.
        """
        return await self._ask(tried, wants=True)

    async def bring_back(self, tried: Tried) -> None:
        """Book what became of a mail, and want no other.

        Raises:
            StoreError: If the database refuses.
        """
        await self._ask(tried, wants=False)

    def close(self) -> None:
        """Bring everything to the disk, and let go of the database."""
        self._book.close()

    def _ask(self, tried: Tried | None, *, wants: bool) -> "asyncio.Future[Claimed | None]":
        loop = asyncio.get_running_loop()
        if not self._requests:
            loop.call_soon(self._serve)
        request = _Request(tried, wants, loop.create_future())
        self._requests.append(request)
        return request.answer

    def _serve(self) -> None:
        """Serve all who wait; they share what became of the database."""
        batch = [*self._idle, *self._requests]
        self._idle, self._requests = [], []
        try:
            self._serve_together(batch)
        except Exception as error:  # noqa: BLE001 - those who wait raise it
            for request in batch:
                if not request.answer.done():
                    request.answer.set_exception(error)

    def _serve_together(self, batch: list[_Request]) -> None:
        wanting = [request for request in batch if request.wants]
        tried = [request.tried for request in batch if request.tried is not None]
        most = 0 if self._ended() else len(wanting)
        booked = self._book.book(tried, most)
        self.settled += booked.settled
        self.braked = self.braked or booked.braked
        self._in_hand += len(booked.claims) - len(tried)
        for request in batch:
            if not request.wants:
                request.answer.set_result(None)
        self._hand_out(wanting, booked.claims)

    def _hand_out(self, wanting: list[_Request], claims: list[Claimed]) -> None:
        """Give each claim to one who wants it; the others wait until a domain is free, or go."""
        for request, claim in zip(wanting, claims, strict=False):
            request.answer.set_result(claim)
        others = wanting[len(claims) :]
        if self._in_hand and not self.braked and not self._ended():
            self._idle = [replace(request, tried=None) for request in others]
            return
        for request in others:
            request.answer.set_result(None)
