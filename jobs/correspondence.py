"""What the pages need to write to one person at once: letters, and a channel that they leave by."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.settings import Settings
from notifier.channels import open_channel
from notifier.letters import Letters
from notifier.send import deliver
from notifier.terms import terms_of
from store.db import session_scope
from store.issued_tokens import Issued
from store.letters import burn_letters


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Writes letters, and sends what is queued."""

    settings: Settings
    engine: Engine
    clock: Callable[[], datetime]
    letters: Letters
    _sending: threading.Lock = field(default_factory=threading.Lock)
    _wanted: threading.Event = field(default_factory=threading.Event)

    def write(self, session: Session, issued: Issued, now: datetime) -> None:
        """Queue the mail that carries a link."""
        self.letters.write(session, issued, now)

    def next_mail_at(self, session: Session, subscriber_id: int, now: datetime) -> datetime | None:
        """Return when a person may next get a digest; None where they follow nothing by date."""
        return self.letters.next_mail_at(session, subscriber_id, now)

    def flush(self) -> None:
        """Send what is queued, in one thread at a time: a slow server keeps no page waiting.

        What is queued while that one ends is sent by the scheduler.
        """
        self._wanted.set()
        if not self._sending.acquire(blocking=False):
            return
        try:
            while self._wanted.is_set():
                self._wanted.clear()
                self._send()
        finally:
            self._sending.release()

    def _send(self) -> None:
        terms = terms_of(self.engine, self.settings)
        deliver(self.engine, open_channel(self.settings), self.clock, terms)
        with session_scope(self.engine) as session:
            burn_letters(session)


def correspondence_of(
    settings: Settings, engine: Engine, clock: Callable[[], datetime]
) -> Correspondence | None:
    """Return who writes letters; None where there is no self-service."""
    if not settings.self_service:
        return None
    return Correspondence(settings, engine, clock, Letters(settings))
