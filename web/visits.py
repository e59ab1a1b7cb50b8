"""Before a page is made: who asks for it, in which language. Nothing is written by finding out."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from store.db import StoreError, session_scope
from web.accounts import KNOWN, Person, signed_in
from web.around import AROUND, Around
from web.cookies import sign_in_secret
from web.site import Middleware, Site, chosen_language

LOOKING = ("GET", "HEAD")
FILES = "/static/"


def surround(site: Site) -> Middleware:
    """Return what finds out, once for each page, what stands around it."""

    async def answer(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if request.url.path.startswith(FILES):
            return await call_next(request)
        person = await _person(site, request)
        setattr(request.state, KNOWN, person)
        AROUND.set(Around(person, chosen_language(request), _back(request)))
        return await call_next(request)

    return answer


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
