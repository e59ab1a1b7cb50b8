"""What the pages ask of whoever writes mails, which is another package.

``notifier.letters`` writes them; the web does not know it, and whoever starts the app hands it in.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.db import StoreError, in_transaction
from store.issued_tokens import Issued

log = logging.getLogger(__name__)


class Correspondence(Protocol):
    """Writes to one person what they asked for."""

    def write(self, session: Session, issued: Issued, now: datetime) -> None:
        """Queue the mail that carries a link."""

    def next_mail_at(self, session: Session, subscriber_id: int, now: datetime) -> datetime | None:
        """Return when a person may next get a digest; None where they follow nothing by date."""

    def flush(self) -> None:
        """Send what is queued."""


def mail_afterwards(
    engine: Engine, correspondence: Correspondence, write: Callable[[Session], None]
) -> None:
    """Write a mail and send it, after the page was answered.

    What the database refuses is logged and not written: whoever waits for it asks again.
    """
    try:
        in_transaction(engine, write)
    except StoreError:
        log.error("no link was mailed: the database refused")  # noqa: TRY400 - a traceback holds the address
        return
    flush(correspondence)


def flush(correspondence: Correspondence) -> None:
    """Send what is queued after a page was answered; what cannot leave now, the scheduler sends."""
    try:
        correspondence.flush()
    except Exception as error:  # noqa: BLE001 - the page was answered, and the mail stays queued
        log.error("mail not sent yet", extra={"error": type(error).__name__})  # noqa: TRY400 - a traceback holds the address
