"""The way in where no account is configured: a link for whoever starts the pages."""

from datetime import datetime

from sqlalchemy import Engine

from config.accounts import LOCAL, read_accounts
from config.organisation import read_organisation
from config.settings import Settings
from config.translation import SOURCE
from store.db import session_scope
from store.logins import Holder, issue_link

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not listened on
"""What is listened on where every address is, and by which this machine reaches it."""


def first_login(
    settings: Settings, engine: Engine, listens: tuple[str, int], now: datetime
) -> str | None:
    """Return a link that signs in an administrator, once; None where accounts are configured.

    Args:
        settings: Of the installation.
        engine: Of the store.
        listens: Host and port of the pages.
        now: The present moment.
    """
    departments = read_organisation(settings.configuration).departments()
    if read_accounts(settings.configuration, departments):
        return None
    holder = Holder(LOCAL.address, SOURCE, settings.time_zone)
    with session_scope(engine) as session:
        secret = issue_link(session, holder, "", now).secret
    return f"{_root(settings, *listens)}/login/link/{secret}"


def _root(settings: Settings, host: str, port: int) -> str:
    if settings.public_url is not None:
        return str(settings.public_url).rstrip("/")
    reached = ANY_ADDRESS.get(host, host)
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"
