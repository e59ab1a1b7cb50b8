"""Who asks: anybody, or whoever has a key; and how often they may."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from store.api_keys import is_use_noted, note_use, usable_key
from store.db import in_transaction, session_scope
from store.models import ApiKey
from web.api.problems import DETAILS, ProblemError
from web.limits import Limit, client_of, keep_to
from web.site import Site

WINDOW = timedelta(minutes=10)
OF_A_KEY = 10
"""How many times as often a key may ask as a client without one."""

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key that an operator made with `callwatch keys add`.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    key: ApiKey | None

    def needed_key(self) -> ApiKey:
        """Return the key that was sent.

        Raises:
            ProblemError: If none was.
        """
        if self.key is None:
            raise _unknown()
        return self.key


Admission = Callable[..., Caller]


def admission(site: Site) -> Admission:
    """Return what every request passes: its key is looked up, and it is counted."""

    def admit(
        request: Request,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    ) -> Caller:
        most, client = site.settings.api_requests, client_of(request)
        by_client = (Limit("API asks of a client", most, WINDOW), client)
        if credentials is None:
            keep_to(site, (by_client,))
            return Caller(None)
        key = _known_key(site, credentials.credentials)
        if key is None:
            keep_to(site, (by_client,))  # guessing is counted too
            raise _unknown()
        keep_to(site, ((Limit("API asks of a key", most * OF_A_KEY, WINDOW), str(key.id)),))
        return Caller(key)

    return admit


def _known_key(site: Site, secret: str) -> ApiKey | None:
    """Return the key that was sent, and keep that it was used."""
    now = site.clock()
    with session_scope(site.engine) as session:
        key = usable_key(session, secret, now)
    if key is None or is_use_noted(key, now):
        return key

    def note(session: Session) -> None:
        note_use(session, key.id, now)

    in_transaction(site.engine, note)
    return key


def _unknown() -> ProblemError:
    return ProblemError(401, DETAILS[401], {"WWW-Authenticate": "Bearer"})
