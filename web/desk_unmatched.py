"""Topics that nobody was matched to."""

from fastapi import APIRouter, Request, Response

from config.programmes import programme_name
from config.translation import say
from store.db import session_scope
from store.models import Opportunity
from store.offers import programmes_on_offer
from store.unmatched import PAGE, unmatched_page
from web.desk_office import Look, Office, look
from web.desk_reading import read_page


def unmatched_pages(office: Office) -> APIRouter:
    """Return the route of unmatched topics."""
    router = APIRouter()

    @router.api_route("/desk/unmatched", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show what is on offer and for nobody yet."""
        with session_scope(office.site.engine) as session:
            return _page(look(office, session, request))

    return router


def _page(seen: Look) -> Response:
    query = seen.request.query_params
    programme, page = query.get("programme", ""), read_page(query.get("page", ""))
    topics, number = unmatched_page(seen.session, seen.now, programme, page)
    offered = sorted(programmes_on_offer(seen.session))
    values: dict[str, object] = {
        "topics": [(topic, _told(seen, topic)) for topic in topics],
        "number": number,
        "page_number": page,
        "more": page * PAGE < number,
        "programme": programme,
        "programmes": (
            ("", say(seen.language, "all")),
            *((one, programme_name(one, seen.language)) for one in offered),
        ),
    }
    return seen.page("desk_unmatched.html", values, {})


def _told(seen: Look, topic: Opportunity) -> object:
    """Return a topic as a reader would be told of it."""
    return seen.office.teller.told_topic(topic, seen.language, seen.now)
