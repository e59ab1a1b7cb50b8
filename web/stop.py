"""The stop page. Mail software fetches links: only the button, a POST, acts."""

import logging

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from config.translation import best_language, translatable
from store.consents import ONE_CLICK
from store.db import session_scope
from store.models import Subscriber, SubscriberState
from store.subscribers import masked, stop
from store.tokens import TokenError, known_signing_key, read_stop_token
from web.site import Site, language_of

log = logging.getLogger(__name__)

UNKNOWN = translatable(
    "This link is not complete, or it belongs to an address that is not known here any more."
)


def stop_pages(site: Site) -> APIRouter:
    """Return the routes of the stop page."""
    router = APIRouter()

    @router.api_route("/stop/{token}", methods=["GET", "HEAD"])
    def show(token: str, request: Request) -> HTMLResponse:
        """Show whom the link stops, and the button that does it."""
        try:
            with session_scope(site.engine) as session:
                return _page(site, _named(site, session, token))
        except TokenError:
            return site.page("missing.html", {"reason": UNKNOWN}, 404, language_of(request))

    @router.post("/stop/{token}")
    def act(token: str, request: Request) -> HTMLResponse:
        """Stop the mails: for the button, and for mail software's one click (RFC 8058)."""
        try:
            with session_scope(site.engine) as session:
                subscriber = _named(site, session, token)
                stop(session, subscriber.id, ONE_CLICK, site.clock())
                log.info("reader stopped", extra={"subscriber_id": subscriber.id})
                return _page(site, subscriber)
        except TokenError:
            return site.page("missing.html", {"reason": UNKNOWN}, 404, language_of(request))

    return router


def _named(site: Site, session: Session, token: str) -> Subscriber:
    key = known_signing_key(session, site.settings)
    if key is None:
        raise TokenError("no token was ever made here")
    return read_stop_token(session, key, token)


def _page(site: Site, subscriber: Subscriber) -> HTMLResponse:
    stopped = subscriber.state is SubscriberState.STOPPED
    values: dict[str, object] = {"address": masked(subscriber.address), "stopped": stopped}
    return site.page("stop.html", values, language=best_language(subscriber.language))
