"""The outbox's way in: what is due is composed, each mail once, and queued."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import TemplateError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.composing import Post, Written, post_of, written
from notifier.message import Envelope, message_id, write_message
from notifier.quiet import Watched, watched
from notifier.turns import Turn, finish_windows, scheduled_turns, turns_by_hand
from store.db import session_scope
from store.digest_runs import digest_run
from store.digests import Draft, keep_message
from store.models import Cadence, Purpose, Subscriber
from store.tokens import signing_key, stop_token

log = logging.getLogger(__name__)

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
    text: str = ""
    """The whole mail as plain text."""
    failure: str | None = None
    """Why this one mail could not be composed; the others were."""


def plan_due(engine: Engine, settings: Settings, now: datetime) -> list[Composed]:
    """Return what ``compose_due`` would queue, and write nothing."""
    post = post_of(settings, None, _watched(engine, now), now)
    with session_scope(engine) as session:
        turns = turns_by_hand(session, settings, now)
    return _of_each(turns, lambda turn: _plan_one(engine, turn, post))


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
    return _of_each(turns, lambda turn: _compose_one(engine, turn, post))


def _watched(engine: Engine, now: datetime) -> Callable[[], Watched]:
    @cache
    def read() -> Watched:
        with session_scope(engine) as session:
            return watched(session, now)

    return read


def _of_each(turns: list[Turn], work: Callable[[Turn], Composed | None]) -> list[Composed]:
    """Return what ``work`` makes of each turn; one that cannot be composed keeps no other back."""
    done = (_guarded(turn, work) for turn in turns)
    return [composed for composed in done if composed is not None]


def _guarded(turn: Turn, work: Callable[[Turn], Composed | None]) -> Composed | None:
    try:
        return work(turn)
    except BROKEN as error:
        names = {"subscriber_id": turn.subscriber_id}
        log.error("digest not composed", extra=names, exc_info=error)  # noqa: TRY400 - given
        return Composed(
            turn.subscriber_id, turn.cadence, "", (), None, failure=type(error).__name__
        )


def _plan_one(engine: Engine, turn: Turn, post: Post) -> Composed | None:
    with session_scope(engine) as session:
        mail = written(session, turn, post)
        return _composed(turn, mail, None) if mail else None


def _compose_one(engine: Engine, turn: Turn, post: Post) -> Composed | None:
    """Queue one reader's mail in a transaction of its own; None where there is none to queue."""
    with session_scope(engine) as session:
        mail = written(session, turn, post)
        return _queue(session, turn, mail, post) if mail else None


def _queue(session: Session, turn: Turn, mail: Written, post: Post) -> Composed | None:
    """Freeze a mail as bytes; None where another process did so first."""
    subscriber = session.get_one(Subscriber, turn.subscriber_id)
    run = digest_run(session, turn.windows[0], post.now)
    envelope = Envelope(
        subscriber.id,
        subscriber.address,
        mail.purpose,
        series=f"run{run.id}",
        turn="|".join([turn.cadence, run.window_end.isoformat()]),
        stop_token=stop_token(post.key or "", subscriber),
    )
    draft = Draft(
        digest_run_id=run.id,
        subscriber_id=subscriber.id,
        message_id=message_id(post.sender, envelope),
        body=write_message(mail.rendered, post.sender, envelope, post.now),
        items=mail.items,
        purpose=mail.purpose,
    )
    message = keep_message(session, draft, post.now)
    return _composed(turn, mail, message.id) if message else None


def _composed(turn: Turn, mail: Written, row: int | None) -> Composed:
    return Composed(
        turn.subscriber_id,
        turn.cadence,
        mail.rendered.subject,
        tuple(item.opportunity_id for item in mail.items),
        row,
        mail.purpose,
        mail.rendered.text,
    )
