"""The outbox's way in: what is due is composed, each mail once, and queued."""

import logging
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import TemplateError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines, internal_deadlines
from config.settings import Settings
from notifier.cadence import Window, due_windows
from notifier.digest import Digest, Reader, compose
from notifier.message import (
    Envelope,
    Sender,
    calendar_link,
    message_id,
    read_sender,
    stop_link,
    write_message,
)
from notifier.render import render_fitting
from store.db import session_scope
from store.digests import Draft, approved_matches, digest_run, is_composed, keep_message, ledger
from store.models import Cadence, Subscriber
from store.subscribers import active_subscribers
from store.tokens import calendar_token, signing_key, stop_token

log = logging.getLogger(__name__)

BROKEN = (ValueError, LookupError, TypeError, AttributeError, TemplateError)
"""What one reader's broken data may raise; nobody else is kept from their mail."""

LANGUAGE = "en"
"""The language mails are written in; a reader's other wish waits for a translation."""


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
    failure: str | None = None
    """Why this one mail could not be composed; the others were."""


@dataclass(frozen=True, slots=True)
class _Due:
    """One reader's turn in one window."""

    cadence: Cadence
    window: Window
    subscriber_id: int


@dataclass(frozen=True, slots=True)
class _Post:
    """What every mail of a run has in common."""

    sender: Sender
    key: str
    rules: InternalDeadlines
    now: datetime


def plan_due(engine: Engine, settings: Settings, now: datetime) -> list[Composed]:
    """Return what ``compose_due`` would queue, and write nothing."""
    sender = read_sender(settings.mail_from, settings.public_url)
    post = _Post(sender, "", internal_deadlines(settings.configuration), now)
    done = (_plan_one(engine, due, post) for due in _due(engine, settings, now))
    return [planned for planned in done if planned is not None]


def _plan_one(engine: Engine, due: _Due, post: _Post) -> Composed | None:
    """Return what one reader's mail would be; None where there is none to send."""
    try:
        with session_scope(engine) as session:
            digest = _digest(session, due, post)
        if digest is None:
            return None
        fitting, rendered = render_fitting(
            digest, stop_link(post.sender, ""), calendar_link(post.sender, "")
        )
        return _composed(due, fitting, rendered.subject, None)
    except BROKEN as error:
        return _not_composed(due, error)


def compose_due(engine: Engine, settings: Settings, now: datetime) -> list[Composed]:
    """Queue one mail for each reader who has something to read in the last window of a cadence.

    A reader's broken data is logged and keeps nobody else from their mail.

    Raises:
        ConfigurationError: If CALLWATCH_MAIL_FROM or the rules of deadlines cannot be used.
        StoreError: If the database refuses.
    """
    sender = read_sender(settings.mail_from, settings.public_url)
    rules = internal_deadlines(settings.configuration)
    with session_scope(engine) as session:
        post = _Post(sender, signing_key(session, settings), rules, now)
    done = (_compose_one(engine, due, post) for due in _due(engine, settings, now))
    return [composed for composed in done if composed is not None]


def _due(engine: Engine, settings: Settings, now: datetime) -> list[_Due]:
    """Return the readers without a mail of the last window, cadence by cadence."""
    zone = ZoneInfo(settings.time_zone)
    windows = due_windows(now, zone, settings.digest_weekday, settings.digest_hour)
    with session_scope(engine) as session:
        return [
            _Due(cadence, window, subscriber.id)
            for cadence, window in windows.items()
            for subscriber in active_subscribers(session, cadence, now)
            if not is_composed(session, cadence, window.end, subscriber.id)
        ]


def _compose_one(engine: Engine, due: _Due, post: _Post) -> Composed | None:
    """Queue one reader's mail in a transaction of its own; None where there is none to queue."""
    try:
        with session_scope(engine) as session:
            digest = _digest(session, due, post)
            return _queue(session, due, digest, post) if digest else None
    except BROKEN as error:
        return _not_composed(due, error)


def _not_composed(due: _Due, error: Exception) -> Composed:
    log.error("digest not composed", extra={"subscriber_id": due.subscriber_id}, exc_info=error)
    return Composed(due.subscriber_id, due.cadence, "", (), None, type(error).__name__)


def _digest(session: Session, due: _Due, post: _Post) -> Digest | None:
    subscriber = session.get_one(Subscriber, due.subscriber_id)
    zone = ZoneInfo(subscriber.time_zone)
    reader = Reader(subscriber.id, LANGUAGE, zone, post.rules)
    matches = approved_matches(session, subscriber.id, due.cadence)
    return compose(matches, ledger(session, subscriber.id), reader, due.cadence, post.now)


def _queue(session: Session, due: _Due, digest: Digest, post: _Post) -> Composed | None:
    """Freeze a digest as bytes; None where another process did so first."""
    subscriber = session.get_one(Subscriber, due.subscriber_id)
    run = digest_run(session, due.cadence, due.window.start, due.window.end, post.now)
    token = stop_token(post.key, subscriber)
    envelope = Envelope(
        run.id, due.cadence, due.window.end, subscriber.id, subscriber.address, token
    )
    calendar = calendar_link(post.sender, calendar_token(post.key, subscriber))
    fitting, rendered = render_fitting(digest, stop_link(post.sender, token), calendar)
    draft = Draft(
        digest_run_id=run.id,
        subscriber_id=subscriber.id,
        message_id=message_id(post.sender, envelope),
        body=bytes(write_message(rendered, post.sender, envelope, post.now)),
        items=tuple((entry.opportunity_id, entry.content_hash) for entry in fitting.entries),
    )
    message = keep_message(session, draft, post.now)
    return _composed(due, fitting, rendered.subject, message.id) if message else None


def _composed(due: _Due, digest: Digest, subject: str, row: int | None) -> Composed:
    items = tuple(entry.opportunity_id for entry in digest.entries)
    return Composed(due.subscriber_id, due.cadence, subject, items, row)
