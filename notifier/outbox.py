"""The outbox's way in: what is due is composed, each mail once, and queued."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeVar

from jinja2 import TemplateError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.composing import Post, Written, post_of, written
from notifier.entries import Entry
from notifier.message import Envelope, message_id, write_message
from notifier.quiet import Watched, watched
from notifier.turns import Turn, finish_windows, scheduled_turns, turns_by_hand
from store.db import session_scope
from store.digest_runs import digest_run
from store.digests import Draft, keep_messages
from store.models import Cadence, Purpose, Subscriber
from store.readings import Reading, Readings
from store.subscribers import masked
from store.tokens import signing_key, stop_token

Result = TypeVar("Result")

log = logging.getLogger(__name__)

SHARD = 200
"""Mails composed and kept together: few enough that nobody waits long to write."""

BROKEN = (ValueError, LookupError, TypeError, AttributeError, TemplateError)
"""What one reader's broken data may raise; nobody else is kept from their mail."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail that was queued, or would be."""

    subscriber_id: int
    cadence: Cadence
    subject: str
    items: tuple[int, ...]
    """Ids of the opportunities it tells."""
    message_id: int | None
    """Id of the row; None where nothing was written, or where it failed."""
    purpose: Purpose = Purpose.DIGEST
    to: str = ""
    """The address, all but its first letter hidden."""
    text: str = ""
    """The whole mail as plain text."""
    entries: tuple[Entry, ...] = ()
    """What it tells."""
    failure: str | None = None
    """Why this one mail could not be composed; the others were."""


def plan_due(engine: Engine, settings: Settings, now: datetime) -> list[Composed]:
    """Return what ``compose_due`` would queue, and write nothing."""
    post = post_of(settings, None, _watched(engine, now), now)
    with session_scope(engine) as session:
        turns = turns_by_hand(session, settings, now)
        composer = _Composer(session, post)
        mails = [mail for some in _shards(turns) for mail in composer.mails(some)]
    return [*composer.failed, *(_composed(mail, None) for mail in mails)]


def compose_due(engine: Engine, settings: Settings, now: datetime) -> list[Composed]:
    """Queue one mail for each reader who has something to read and no mail of the last window.

    A reader's broken data is logged and keeps nobody else from their mail.

    Raises:
        ConfigurationError: If CALLWATCH_MAIL_FROM or the rules of deadlines cannot be used.
        StoreError: If the database refuses.
    """
    with session_scope(engine) as session:
        turns = turns_by_hand(session, settings, now)
    return _compose(engine, settings, turns, now)


def compose_scheduled(engine: Engine, settings: Settings, now: datetime) -> list[Composed]:
    """Queue the same, for the windows that nobody is done with; then they are done with.

    Raises:
        ConfigurationError: If CALLWATCH_MAIL_FROM or the rules of deadlines cannot be used.
        StoreError: If the database refuses.
    """
    with session_scope(engine) as session:
        turns = scheduled_turns(session, settings, now)
    composed = _compose(engine, settings, turns, now)
    with session_scope(engine) as session:
        finish_windows(session, turns, now)
    return composed


def _compose(
    engine: Engine, settings: Settings, turns: list[Turn], now: datetime
) -> list[Composed]:
    with session_scope(engine) as session:
        key = signing_key(session, settings)
    post = post_of(settings, key, _watched(engine, now), now)
    composed: list[Composed] = []
    with session_scope(engine) as session:
        composer = _Composer(session, post)
        for some in _shards(turns):
            composed += _queue(engine, composer, composer.mails(some), post)
    return [*composer.failed, *composed]


def _shards(turns: list[Turn]) -> Iterator[list[Turn]]:
    return (turns[start : start + SHARD] for start in range(0, len(turns), SHARD))


def _watched(engine: Engine, now: datetime) -> Callable[[], Watched]:
    @cache
    def read() -> Watched:
        with session_scope(engine) as session:
            return watched(session, now)

    return read


@dataclass(frozen=True, slots=True)
class _Mail:
    """What one reader is to be told, in their turn."""

    turn: Turn
    subscriber: Subscriber
    written: Written


class _Composer:
    """Composes mails of what is read; one that cannot be composed keeps no other back."""

    def __init__(self, session: Session, post: Post) -> None:
        self._session, self._post = session, post
        self._readings = Readings(session)
        self.failed: list[Composed] = []

    def mails(self, turns: list[Turn]) -> list[_Mail]:
        """Return the mail of each reader who has something to read."""
        cadences = {turn.subscriber_id: turn.cadences for turn in turns}
        try:
            found = self._readings.of(cadences)
        except BROKEN as error:
            if len(turns) == 1:
                self._fail(turns[0], error)
                return []
            return [mail for turn in turns for mail in self.mails([turn])]
        mails = (self._guarded(turn, lambda turn: self._mail(turn, found)) for turn in turns)
        return [mail for mail in mails if mail is not None]

    def draft(self, mail: _Mail, run_id: int) -> Draft | None:
        """Return a mail as it is kept; None where it cannot be written."""
        return self._guarded(mail.turn, lambda _: _draft(mail, run_id, self._post))

    def _guarded(self, turn: Turn, work: Callable[[Turn], Result | None]) -> Result | None:
        """Return what ``work`` makes of a turn; None where there is nothing, or it cannot."""
        try:
            return work(turn)
        except BROKEN as error:
            self._fail(turn, error)
            return None

    def _mail(self, turn: Turn, found: Mapping[int, Reading]) -> _Mail | None:
        reading = found[turn.subscriber_id]
        mail = written(self._session, reading, turn, self._post)
        return _Mail(turn, reading.subscriber, mail) if mail else None

    def _fail(self, turn: Turn, error: Exception) -> None:
        names = {"subscriber_id": turn.subscriber_id}
        log.error("digest not composed", extra=names, exc_info=error)
        failure = type(error).__name__
        self.failed.append(
            Composed(turn.subscriber_id, turn.cadence, "", (), None, failure=failure)
        )


def _queue(engine: Engine, composer: _Composer, mails: list[_Mail], post: Post) -> list[Composed]:
    """Freeze mails as bytes, and keep those that no other process kept first."""
    with session_scope(engine) as session:
        windows = {mail.turn.windows[0] for mail in mails}
        runs = {bounds: digest_run(session, bounds, post.now).id for bounds in sorted(windows)}
    drafted = [(mail, composer.draft(mail, runs[mail.turn.windows[0]])) for mail in mails]
    kept = [(mail, draft) for mail, draft in drafted if draft is not None]
    with session_scope(engine) as session:
        ids = keep_messages(session, [draft for _, draft in kept], post.now)
    return [_composed(mail, number) for (mail, _), number in zip(kept, ids, strict=True) if number]


def _draft(mail: _Mail, run_id: int, post: Post) -> Draft:
    subscriber, turn = mail.subscriber, mail.turn
    envelope = Envelope(
        subscriber.id,
        subscriber.address,
        mail.written.purpose,
        series=f"run{run_id}",
        turn="|".join([turn.cadence, turn.windows[0][-1].isoformat()]),
        stop_token=stop_token(post.key or "", subscriber),
    )
    return Draft(
        digest_run_id=run_id,
        subscriber_id=subscriber.id,
        message_id=message_id(post.sender, envelope),
        body=write_message(mail.written.rendered, post.sender, envelope, post.now),
        items=mail.written.items,
        purpose=mail.written.purpose,
    )


def _composed(mail: _Mail, row: int | None) -> Composed:
    said = mail.written
    return Composed(
        mail.turn.subscriber_id,
        mail.turn.cadence,
        said.rendered.subject,
        tuple(item.opportunity_id for item in said.items),
        row,
        said.purpose,
        masked(said.address),
        said.rendered.text,
        said.entries,
    )
