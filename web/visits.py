"""Before a page is made: who asks for it, in which language. Nothing is written by finding out."""

from urllib.parse import urlencode

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from store.db import StoreError, session_scope
from web.accounts import KNOWN, Person, signed_in
from web.around import AROUND, Around
from web.cookies import sign_in_secret
from web.site import Site, chosen_language

LOOKING = ("GET", "HEAD")
BARE = ("/static/", "/api/")
"""What has nothing around it: files, and documents for programs."""


class Surround:
    """Finds out, once for each page, what stands around it."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find it out, then answer as the app does."""
        if scope["type"] == "http" and not scope["path"].startswith(BARE):
            request = Request(scope)
            person = await _person(self._site, request)
            setattr(request.state, KNOWN, person)
            AROUND.set(Around(person, chosen_language(request), _back(request)))
        await self._app(scope, receive, send)


async def _person(site: Site, request: Request) -> Person | None:
    if not sign_in_secret(site, request):
        return None
    try:
        return await run_in_threadpool(_signed_in, site, request)
    except StoreError:
        return None  # the page says by itself that the database does not answer


def _signed_in(site: Site, request: Request) -> Person | None:
    with session_scope(site.engine) as session:
        return signed_in(site, session, request)


def _back(request: Request) -> str:
    """Return the address of a page that was only looked at, without its language."""
    if request.method not in LOOKING:
        return ""
    kept = [one for one in request.query_params.multi_items() if one[0] != "language"]
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path
