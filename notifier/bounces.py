"""Reports of undeliverable mail and complaints, traced to a mail and counted."""

import enum
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from notifier.refusals import bounce_kind
from notifier.reports import Report, ReportError, read_report
from notifier.terms import Terms
from store.bounces import (
    Effect,
    Returned,
    message_by_mail_id,
    note_bounce,
    subscriber_by_address,
)
from store.db import in_transaction
from store.messages import message_by_id
from store.models import BounceKind, Message

log = logging.getLogger(__name__)


class Fate(enum.StrEnum):
    """What became of one message that was taken in."""

    COUNTED = "counted"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    KNOWN = "known"
    NOT_COUNTED = "not_counted"
    """A refusal that says nothing of the address: of our server, or of the mail."""
    UNKNOWN = "unknown"
    """A report of a mail and an address that are not ours."""
    NO_REPORT = "no_report"
    """No report of something that came back."""


_FATES = {
    Effect.COUNTED: Fate.COUNTED,
    Effect.SUSPENDED: Fate.SUSPENDED,
    Effect.STOPPED: Fate.STOPPED,
    Effect.KNOWN: Fate.KNOWN,
}


@dataclass(frozen=True, slots=True)
class _Traced:
    """Whose mail came back."""

    subscriber_id: int
    message_id: int | None


def take_in(
    engine: Engine, contents: Iterable[bytes], terms: Terms, now: datetime
) -> Counter[Fate]:
    """Count what came back, each message on its own, and return how many had which fate.

    Raises:
        StoreError: If the database refuses.
    """
    return Counter(_take_in_one(engine, content, terms, now) for content in contents)


def _take_in_one(engine: Engine, content: bytes, terms: Terms, now: datetime) -> Fate:
    try:
        report = read_report(content)
    except ReportError as error:
        log.info("message is no bounce", extra={"why": str(error)})
        return Fate.NO_REPORT
    kind = BounceKind.COMPLAINT if report.complaint else bounce_kind(report.status)
    if kind is None:
        log.warning("mail refused because of us", extra={"status": report.status})
        return Fate.NOT_COUNTED
    return in_transaction(engine, lambda session: _count(session, report, kind, terms, now))


def _count(session: Session, report: Report, kind: BounceKind, terms: Terms, now: datetime) -> Fate:
    traced = _trace(session, report, terms)
    if traced is None:
        log.warning("bounce of no mail of ours", extra={"status": report.status})
        return Fate.UNKNOWN
    returned = Returned(traced.subscriber_id, traced.message_id, kind, report.status, report.hash)
    fate = _FATES[note_bounce(session, returned, terms.bounce_limit, now)]
    named = {"subscriber_id": traced.subscriber_id, "kind": kind.value, "status": report.status}
    log.info("bounce taken in", extra={**named, "fate": fate.value})
    return fate


def _trace(session: Session, report: Report, terms: Terms) -> _Traced | None:
    """Return whose mail a report is of: by return path, by Message-ID, or by the address."""
    path = terms.return_path
    rows = [path.read(address) for address in report.sent_to] if path else []
    by_path = (message_by_id(session, row) for row in rows if row is not None)
    by_id = (message_by_mail_id(session, mail_id) for mail_id in report.mail_ids)
    for message in (*by_path, *by_id):
        if message is not None:
            return _as_traced(message)
    for address in report.recipients:
        if (subscriber := subscriber_by_address(session, address)) is not None:
            return _Traced(subscriber.id, None)
    return None


def _as_traced(message: Message) -> _Traced:
    return _Traced(message.subscriber_id, message.id)
