"""What a command works with: its clock, its settings and its database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.errors import ConfigurationError
from config.logging import set_up_logging
from config.settings import Settings, read_settings
from store.db import open_engine, session_scope, upgrade


@dataclass(frozen=True, slots=True)
class Context:
    """What a command works with."""

    settings: Settings
    now: datetime
    engine: Engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a session that is committed at the end."""
        with session_scope(self.engine) as session:
            yield session


def read_now(text: str | None) -> datetime:
    """Return the moment that ``--now`` names, or the present one.

    Raises:
        ConfigurationError: If it is no moment: not ISO 8601, or without a zone.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"--now {text!r}: no moment; write it like 2026-05-20T06:00:00Z"
        ) from error
    if moment.tzinfo is None:
        raise ConfigurationError(f"--now {text!r}: states no zone; append Z for UTC")
    return moment.astimezone(UTC)


def shifted_clock(start: datetime) -> Callable[[], datetime]:
    """Return a clock that shows ``start`` now and goes on, also in another process."""
    return partial(_shifted, start - datetime.now(UTC))


def _shifted(shift: timedelta) -> datetime:
    return datetime.now(UTC) + shift


def open_context(now: str | None) -> Context:
    """Return the context of a command, its database brought up to date.

    Raises:
        ConfigurationError: If a setting is wrong.
        StoreError: If the database cannot be used.
    """
    settings = read_settings()
    return context_for(settings, read_now(now))


def context_for(settings: Settings, now: datetime) -> Context:
    """Return a context for given ``settings``."""
    set_up_logging(settings.log_format, settings.log_level)
    engine = open_engine(settings.database_url)
    upgrade(engine)
    return Context(settings, now, engine)
