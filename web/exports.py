"""What a search found as a file, in the order in which it is shown."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from store.db import session_scope
from store.facts import Selection
from store.models import Opportunity
from store.search import whole_opportunities
from web.catalogue import Shelving, Standing
from web.criteria import PATH, Criteria
from web.finding import Found, search
from web.library import Library
from web.site import Site, language_of
from web.suiting import suiting_of

FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
}
"""Types of what can be taken along, by the ending of the address."""


def file_pages(site: Site, library: Library, shelving: Shelving) -> APIRouter:
    """Return the route of the files."""
    router = APIRouter()

    @router.api_route(PATH + ".{kind}", methods=["GET", "HEAD"])
    def take_along(kind: str, request: Request) -> Response:
        """Hand out everything a search finds, in the order in which it is shown."""
        if kind not in FILES:
            raise HTTPException(404)
        criteria = Criteria.of(request.query_params).on_page(1)
        with session_scope(site.engine) as session:
            standing = shelving.at(session, site.clock())
            suiting = suiting_of(site, session, request, criteria.profile)
            criteria = criteria if suiting.slug else criteria.for_nobody()
            shown = _whole(session, standing, search(standing, criteria, suiting))
            address = _root(site, request) + criteria.address(PATH)
            selection = Selection(shown, criteria.query, address, language_of(request))
            body = library.file(session, kind, selection, standing.at)
        return Response(body, headers=_headers(kind))

    return router


def _headers(kind: str) -> dict[str, str]:
    headers = {"Content-Type": FILES[kind], "Cache-Control": "no-cache"}
    if kind == "atom":  # what a feed reader reads is no download
        return headers
    return {**headers, "Content-Disposition": f'attachment; filename="opportunities.{kind}"'}


def _whole(session: Session, standing: Standing, found: Found) -> Sequence[Opportunity]:
    ids = [standing.catalogue.opportunities[place].id for place in found.places]
    return whole_opportunities(session, ids)


def _root(site: Site, request: Request) -> str:
    return str(site.settings.public_url or request.base_url).rstrip("/")
