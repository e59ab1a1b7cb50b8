"""Find: a search over everything collected. Looking changes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.responses import RedirectResponse

from config.translation import say
from store.db import session_scope
from web.accounts import signed_in
from web.catalogue import Shelving, Standing
from web.criteria import PATH, SORTS, Criteria
from web.exports import FILES, file_pages
from web.finding import Found, search
from web.library import Library
from web.results import groups, hits, last_page, removals, summary
from web.site import Site, language_of


def search_pages(site: Site, library: Library) -> APIRouter:
    """Return the routes of the search."""
    shelving = Shelving(site.engine, library)

    @asynccontextmanager
    async def warmed(_: FastAPI) -> AsyncIterator[None]:
        """Have the catalogue made while the server starts, so that nobody waits for it."""
        shelving.make_ahead(site.clock())
        yield

    router = APIRouter(lifespan=warmed)

    @router.get(PATH)
    def find(request: Request) -> Response:
        """Show what a search finds; each search has one address."""
        criteria = Criteria.of(request.query_params)
        if tuple(request.query_params.multi_items()) != criteria.fields:
            return _moved(criteria)
        with session_scope(site.engine) as session:
            standing = shelving.at(session, site.clock())
            person = signed_in(site, session, request)
        found = search(standing, criteria)
        if criteria.page > last_page(found):
            return _moved(criteria.on_page(last_page(found)))
        language = language_of(request)
        values = _values(standing, found, criteria, library, language)
        return site.page("find.html", {**values, "person": person}, language=language)

    router.include_router(file_pages(site, library, shelving))
    return router


def _moved(criteria: Criteria) -> Response:
    """Return where the one address of a search is."""
    return RedirectResponse(criteria.address(PATH), 302)


def _values(
    standing: Standing, found: Found, criteria: Criteria, library: Library, language: str
) -> dict[str, object]:
    last = last_page(found)
    shown = hits(standing, found, criteria, library, language)
    return {
        "criteria": criteria,
        "hits": shown,
        "summary": summary(found, criteria, language),
        "groups": groups(found, criteria, PATH, language),
        "removals": tuple(removals(criteria, PATH, language)),
        "bare": criteria.bare().address(PATH),
        "unbarred": criteria.unbarred().address(PATH),
        "understood": found.understood,
        "only_titles": standing.catalogue.only_titles,
        "beyond": found.beyond,
        "anything": bool(standing.catalogue.opportunities),
        "sorts": [(name, say(language, words)) for name, words in SORTS.items()],
        "hidden": [(n, v) for n, v in criteria.fields if n not in ("q", "sort", "page")],
        "files": [(kind, _file_address(criteria, kind)) for kind in FILES],
        "last": last,
        "before": criteria.on_page(criteria.page - 1).address(PATH) if criteria.page > 1 else "",
        "after": criteria.on_page(criteria.page + 1).address(PATH) if criteria.page < last else "",
    }


def _file_address(criteria: Criteria, kind: str) -> str:
    return replace(criteria, page=1).address(f"{PATH}.{kind}")
