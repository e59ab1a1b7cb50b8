"""A person's calendar and a profile's feed, behind links nobody can guess. Looking changes nothing.

They are made by another package (``notifier.publishing``), which the web does not know: whoever
starts the app hands it in.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Protocol

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from store.calendars import Published
from store.db import session_scope
from store.models import Profile, SubscriberState
from store.tokens import TokenError, read_calendar_token, read_feed_token
from web.desk_cards import Teller
from web.previews import Previewer
from web.site import Site

GONE = (SubscriberState.PENDING, SubscriberState.STOPPED)
"""Who agreed to nothing, or no longer does: nothing more is told to them, here neither."""

CALENDAR = "text/calendar; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
PRIVATE = {
    "Cache-Control": "private, no-cache",  # a copy may be kept, and is asked for before its use
    "X-Robots-Tag": "noindex, nofollow",
}


class Publisher(Previewer, Teller, Protocol):
    """Makes what is handed out."""

    def calendar(self, session: Session, subscriber_id: int, now: datetime) -> Published:
        """Return the deadlines that concern a person, as iCalendar."""

    def profile_feed(
        self, session: Session, profile: Profile, address: str, now: datetime
    ) -> Published:
        """Return what is approved for a profile, as Atom; ``address`` is where it is read."""


def feed_pages(site: Site, publisher: Publisher) -> APIRouter:
    """Return the routes of calendars and feeds."""
    router = APIRouter()

    @router.api_route("/calendar/{token}.ics", methods=["GET", "HEAD"])
    def calendar(token: str, request: Request) -> Response:
        """Hand out a person's calendar."""

        def made(session: Session, key: str) -> Published:
            subscriber = read_calendar_token(session, key, token)
            if subscriber.state in GONE:
                raise TokenError("the token's person has stopped")
            return publisher.calendar(session, subscriber.id, site.clock())

        return _answer(site, request, made, CALENDAR)

    @router.api_route("/feeds/{token}.atom", methods=["GET", "HEAD"])
    def feed(token: str, request: Request) -> Response:
        """Hand out a profile's feed."""

        def made(session: Session, key: str) -> Published:
            profile = read_feed_token(session, key, token)
            address = f"{_root(site, request)}/feeds/{token}.atom"
            return publisher.profile_feed(session, profile, address, site.clock())

        return _answer(site, request, made, ATOM)

    return router


def _answer(
    site: Site, request: Request, made: Callable[[Session, str], Published], kind: str
) -> Response:
    """Return what was made, or only that the reader has it already."""
    with session_scope(site.engine) as session:
        published = made(session, site.key(session))
    headers = {**PRIVATE, **_dated(published), "ETag": _tag(published)}
    if _has_it(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(published.body, headers={**headers, "Content-Type": kind})


def _tag(published: Published) -> str:
    return f'"{hashlib.sha256(published.body).hexdigest()[:32]}"'


def _dated(published: Published) -> dict[str, str]:
    """Return when the content was last changed, for people.

    It is no reason for a 304: what leaves a calendar changes it too, and has no date.
    """
    if published.modified is None:
        return {}
    return {"Last-Modified": format_datetime(published.modified.astimezone(UTC), usegmt=True)}


def _has_it(request: Request, tag: str) -> bool:
    """Return whether the reader names ``tag`` as what it has (RFC 9110, weak comparison)."""
    named = request.headers.get("if-none-match", "")
    kept = {one.strip().removeprefix("W/") for one in named.split(",")}
    return tag in kept or "*" in kept


def _root(site: Site, request: Request) -> str:
    """Return where the pages are, without a slash at the end."""
    return str(site.settings.public_url or request.base_url).rstrip("/")
