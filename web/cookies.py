"""The one cookie of people who sign in, and noting after an answer that it was used."""

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from store.db import StoreError, in_transaction
from store.sign_ins import LONGEST, note_use
from web.site import Site, is_encrypted

PLAIN = "callwatch"
HOST = "__Host-callwatch"
"""Over https: browsers take this name only from this very host, encrypted, for all its pages."""


def sign_in_secret(site: Site, request: Request) -> str:
    """Return the secret of the browser that asks; empty where it has none."""
    return request.cookies.get(_name(site, request), "")


def give_secret(site: Site, request: Request, response: Response, secret: str) -> None:
    """Let the browser keep the secret that it is signed in by; no script can read it."""
    response.set_cookie(
        _name(site, request),
        secret,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        secure=is_encrypted(site, request),
        samesite="lax",
    )


def take_secret(site: Site, request: Request, response: Response) -> None:
    """Let the browser forget the secret."""
    response.delete_cookie(
        _name(site, request),
        httponly=True,
        secure=is_encrypted(site, request),
        samesite="lax",
    )


class NoteUses:
    """Notes after an answer that a sign-in was used, where that is due.

    It is apart from the page, which only reads, and which is answered whether or not it works.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, then note."""
        await self._app(scope, receive, send)
        used = scope.get("state", {}).get("used_sign_in")
        if used is not None:
            await run_in_threadpool(_note, self._site, used)


def _note(site: Site, secret_hash: str) -> None:
    def work(session: Session) -> None:
        note_use(session, secret_hash, site.clock())

    try:
        in_transaction(site.engine, work)
    except StoreError:
        return  # the page was answered, and the next one notes it


def _name(site: Site, request: Request) -> str:
    return HOST if is_encrypted(site, request) else PLAIN
