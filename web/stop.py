"""The stop page. Mail software fetches links: only the button, a POST, acts."""

import logging

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from store.consents import ONE_CLICK
from store.db import in_transaction, session_scope
from store.models import Subscriber, SubscriberState
from store.subscribers import masked, stop
from store.tokens import read_stop_token
from web.site import Site, reader_language

log = logging.getLogger(__name__)


def stop_pages(site: Site) -> APIRouter:
    """Return the routes of the stop page."""
    router = APIRouter()

    @router.api_route("/stop/{token}", methods=["GET", "HEAD"])
    def show(token: str) -> HTMLResponse:
        """Show whom the link stops, and the button that does it."""
        with session_scope(site.engine) as session:
            return _page(site, read_stop_token(session, site.key(session), token))

    @router.post("/stop/{token}")
    def act(token: str) -> HTMLResponse:
        """Stop the mails: for the button, and for mail software's one click (RFC 8058)."""

        def work(session: Session) -> Subscriber:
            subscriber = read_stop_token(session, site.key(session), token)
            stop(session, subscriber.id, ONE_CLICK, site.clock())
            return subscriber

        subscriber = in_transaction(site.engine, work)
        log.info("reader stopped", extra={"subscriber_id": subscriber.id})
        return _page(site, subscriber)

    return router


def _page(site: Site, subscriber: Subscriber) -> HTMLResponse:
    values = {
        "address": masked(subscriber.address),
        "stopped": subscriber.state is SubscriberState.STOPPED,
        "self_service": site.self_service,
    }
    return site.page("stop.html", values, language=reader_language(subscriber))
