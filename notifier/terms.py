"""How a run of the outbox works: how much at once, how much a day, and where mail comes back."""

from dataclasses import dataclass

from sqlalchemy import Engine

from config.settings import Settings
from notifier.return_path import ReturnPath, return_path
from store.db import session_scope
from store.tokens import signing_key


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run keeps to."""

    connections: int = 1
    """Mails that are in hand at once, each on a connection of its own."""
    per_domain: int = 1
    """Of these, how many may go to one domain."""
    daily_limit: int | None = None
    """Most mails in 24 hours, whoever sends them: an emergency brake. None for no limit."""
    bounce_limit: int = 4
    """Score at which an address is written to no more."""
    return_path: ReturnPath | None = None


def terms_of(engine: Engine, settings: Settings) -> Terms:
    """Return the terms that the settings name.

    Raises:
        ConfigurationError: If CALLWATCH_BOUNCE_ADDRESS is no address.
        StoreError: If the database refuses.
    """
    path = None
    if settings.bounce_address:
        with session_scope(engine) as session:
            path = return_path(settings.bounce_address, signing_key(session, settings))
    return Terms(
        connections=settings.mail_connections,
        per_domain=settings.mail_domain_connections,
        daily_limit=settings.mail_daily_limit,
        bounce_limit=settings.bounce_limit,
        return_path=path,
    )
