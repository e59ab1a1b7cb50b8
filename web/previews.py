"""What a person's next mail would say, and everything that is open for them. Nothing is sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from config.translation import say
from store.db import session_scope
from store.models import Subscriber
from store.previews import Preview
from store.subscribers import masked
from store.tokens import Visitor, read_settings_token
from store.wishes import is_written_to
from store.words import words_on
from web.correspondence import Correspondence
from web.feedback_words import SAYABLE
from web.moments import when
from web.site import Site, reader_language

MAIL_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}
"""A mail brings styles of its own, and may do nothing else."""


class Previewer(Protocol):
    """Composes without sending."""

    def preview(self, session: Session, subscriber_id: int, now: datetime) -> Preview | None:
        """Return the mail a person would get now; None where there is nothing to say."""

    def everything(self, session: Session, subscriber_id: int, now: datetime) -> Preview | None:
        """Return all that is open for a person, told or not; None where nothing is."""


def preview_pages(site: Site, previewer: Previewer, correspondence: Correspondence) -> APIRouter:
    """Return the routes of looking ahead."""
    router = APIRouter()
    ways: dict[str, Callable[[Session, int, datetime], Preview | None]] = {
        "preview": previewer.preview,
        "everything": previewer.everything,
    }

    def page(way: str, token: str) -> Response:
        now = site.clock()
        with session_scope(site.engine) as session:
            subscriber = _visitor(site, session, token).subscriber
            found = ways[way](session, subscriber.id, now)
            moment = correspondence.next_mail_at(session, subscriber.id, now)
            values = {
                "way": way,
                "token": token,
                "address": masked(subscriber.address),
                "time_zone": subscriber.time_zone,
                "written_to": is_written_to(subscriber),
                "found": found,
                "next_mail": when(moment, subscriber),
                "words": _words(session, subscriber, found),
            }
            return site.page("preview.html", values, language=reader_language(subscriber))

    def mail(way: str, token: str) -> Response:
        now = site.clock()
        with session_scope(site.engine) as session:
            subscriber = _visitor(site, session, token).subscriber
            found = ways[way](session, subscriber.id, now)
        if found is None:
            raise HTTPException(404)
        return HTMLResponse(found.html, headers=MAIL_HEADERS)

    @router.api_route("/manage/{token}/preview", methods=["GET", "HEAD"])
    def preview(token: str) -> Response:
        """Show what the next mail would say."""
        return page("preview", token)

    @router.api_route("/manage/{token}/preview/mail", methods=["GET", "HEAD"])
    def preview_mail(token: str) -> Response:
        """Show the mail itself."""
        return mail("preview", token)

    @router.api_route("/manage/{token}/everything", methods=["GET", "HEAD"])
    def everything(token: str) -> Response:
        """Show all that is open for a person."""
        return page("everything", token)

    @router.api_route("/manage/{token}/everything/mail", methods=["GET", "HEAD"])
    def everything_mail(token: str) -> Response:
        """Show the list itself."""
        return mail("everything", token)

    return router


def _words(session: Session, subscriber: Subscriber, found: Preview | None) -> dict[int, str]:
    """Return what a person said of what a mail tells, by opportunity id."""
    told = [one.opportunity_id for one in found.told] if found else []
    language = reader_language(subscriber)
    said = words_on(session, subscriber.id, told)
    return {number: say(language, SAYABLE[word.verdict].name) for number, word in said.items()}


def _visitor(site: Site, session: Session, token: str) -> Visitor:
    return read_settings_token(session, site.key(session), token, site.clock())
