"""Find: a search over everything collected. Looking changes nothing."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.responses import RedirectResponse

from config.translation import say
from store.db import session_scope
from store.facts import Piece
from store.search import sections_of
from web.catalogue import Shelving, Standing
from web.criteria import PATH, Criteria
from web.exports import FILES, file_pages
from web.finding import Found, search
from web.library import Library
from web.results import Hit, groups, hits, last_page, removals, summary
from web.site import Site, language_of
from web.suiting import suiting_of

VISIBLE = ("q", "profile", "sort", "page")
"""Fields that the form shows, or that begin anew with it."""


def search_pages(site: Site, library: Library) -> APIRouter:
    """Return the routes of the search."""
    shelving = Shelving(site.engine, library)

    @asynccontextmanager
    async def warmed(_: FastAPI) -> AsyncIterator[None]:
        """Have the catalogue made while the server starts, so that nobody waits for it."""
        shelving.make_ahead(site.clock())
        yield

    router = APIRouter(lifespan=warmed)

    @router.api_route(PATH, methods=["GET", "HEAD"])
    def find(request: Request) -> Response:
        """Show what a search finds; each search has one address."""
        asked = Criteria.of(request.query_params)
        if tuple(request.query_params.multi_items()) != asked.fields:
            return _moved(asked)
        with session_scope(site.engine) as session:
            standing = shelving.at(session, site.clock())
            suiting = suiting_of(site, session, request, asked.profile)
        criteria = asked if suiting.slug else asked.for_nobody()
        found = search(standing, criteria, suiting)
        if criteria.page > last_page(found):
            return _moved(criteria.on_page(last_page(found)))
        language = language_of(request)
        shown = hits(standing, found, criteria, library, language)
        values: dict[str, object] = {
            **_values(standing, found, criteria, language),
            "hits": shown,
            "glimpses": _glimpses(site, library, shown, criteria.query),
            "profiles": suiting.profiles,
            "suits": {
                one.opportunity.id: suiting.words(one.opportunity.id, language) for one in shown
            },
            "withheld": asked != criteria,
        }
        return site.page("find.html", values, language=language)

    router.include_router(file_pages(site, library, shelving))
    return router


def _glimpses(
    site: Site, library: Library, shown: Sequence[Hit], query: str
) -> dict[int, Sequence[Piece]]:
    """Return by id where the texts of what is shown have the words of ``query``."""
    if not query:
        return {one.opportunity.id: () for one in shown}
    with session_scope(site.engine) as session:
        sections = sections_of(session, [one.opportunity.id for one in shown])
    return {number: library.glimpse(found, query) for number, found in sections.items()}


def _moved(criteria: Criteria) -> Response:
    """Return where the one address of a search is."""
    return RedirectResponse(criteria.address(PATH), 302)


def _values(
    standing: Standing, found: Found, criteria: Criteria, language: str
) -> dict[str, object]:
    last = last_page(found)
    return {
        "criteria": criteria,
        "summary": summary(found, criteria, language),
        "groups": groups(found, criteria, PATH, language),
        "removals": tuple(removals(criteria, PATH, language)),
        "bare": criteria.bare().address(PATH),
        "unbarred": criteria.unbarred().address(PATH),
        "understood": found.understood,
        "only_titles": standing.catalogue.only_titles,
        "beyond": found.beyond,
        "anything": bool(standing.catalogue.opportunities),
        "sorts": [(name, say(language, words)) for name, words in criteria.sorts],
        "hidden": [(n, v) for n, v in criteria.fields if n not in VISIBLE],
        "files": [(kind, _file_address(criteria, kind)) for kind in FILES],
        "last": last,
        "before": criteria.on_page(criteria.page - 1).address(PATH) if criteria.page > 1 else "",
        "after": criteria.on_page(criteria.page + 1).address(PATH) if criteria.page < last else "",
    }


def _file_address(criteria: Criteria, kind: str) -> str:
    return replace(criteria, page=1).address(f"{PATH}.{kind}")
