"""The windows that mails were composed for: who has a mail of which, and which are done with."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from store.digests import NEVER_ARRIVED
from store.models import (
    Cadence,
    Change,
    DigestRun,
    Feedback,
    Message,
    MessageItem,
    Severity,
    Verdict,
)
from store.once import insert_once

Bounds: TypeAlias = tuple[Cadence, datetime, datetime]
"""A window: its cadence, its first moment, and the first moment after it."""

ALERTED = timedelta(days=7)
"""How long after a change somebody may still be alerted of it."""


def digest_run(session: Session, bounds: Bounds, now: datetime) -> DigestRun:
    """Return the run of a window; whoever asks first makes it."""
    names = ("cadence", "window_start", "window_end")
    insert_once(session, DigestRun, {**dict(zip(names, bounds, strict=True)), "created_at": now})
    return session.scalars(select(DigestRun).where(*_is(bounds))).one()


def composed_since(session: Session, since: datetime) -> set[tuple[Bounds, int]]:
    """Return who has a mail of which window, of the windows that ended at ``since`` or later."""
    rows = session.execute(
        select(
            DigestRun.cadence, DigestRun.window_start, DigestRun.window_end, Message.subscriber_id
        )
        .join(Message, Message.digest_run_id == DigestRun.id)
        .where(DigestRun.window_end >= since)
    )
    return {((cadence, start, end), subscriber) for cadence, start, end, subscriber in rows}


def finished_since(session: Session, since: datetime) -> set[Bounds]:
    """Return the windows that the scheduler is done with and that ended at ``since`` or later."""
    rows = session.execute(
        select(DigestRun.cadence, DigestRun.window_start, DigestRun.window_end).where(
            DigestRun.finished_at.is_not(None), DigestRun.window_end >= since
        )
    )
    return {(cadence, start, end) for cadence, start, end in rows}


def finish(session: Session, windows: Iterable[Bounds], now: datetime) -> None:
    """Say that every reader of ``windows`` was asked for."""
    for bounds in windows:
        digest_run(session, bounds, now).finished_at = now


def may_need_an_alert(session: Session, now: datetime) -> frozenset[int]:
    """Return whom something that cannot wait may concern: few, so that each can be looked at.

    They were told of something that changed critically of late, or they follow something.
    """
    told = (
        select(Message.subscriber_id)
        .join(MessageItem, MessageItem.message_id == Message.id)
        .join(Change, Change.opportunity_id == MessageItem.opportunity_id)
        .where(Change.severity == Severity.CRITICAL, Change.detected_at > now - ALERTED)
    )
    follow = select(Feedback.subscriber_id).where(
        Feedback.verdict == Verdict.USEFUL, Feedback.subscriber_id.is_not(None)
    )
    return frozenset({*session.scalars(told), *session.scalars(follow)} - {None})


def last_written_at(session: Session, subscriber_id: int) -> datetime | None:
    """Return when the last mail to a person was composed that did not fail; None where none was."""
    return session.scalar(
        select(func.max(Message.composed_at)).where(
            Message.subscriber_id == subscriber_id, Message.state.not_in(NEVER_ARRIVED)
        )
    )


def _is(bounds: Bounds) -> tuple[ColumnElement[bool], ...]:
    cadence, start, end = bounds
    return (
        DigestRun.cadence == cadence,
        DigestRun.window_start == start,
        DigestRun.window_end == end,
    )
