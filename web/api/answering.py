"""How a document is answered: with a tag by which an unchanged one is not sent again."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api.shapes import Document, Page

OPEN = {"Cache-Control": "public, no-cache"}
"""Anybody may keep it, and asks before each use whether it is still so."""

OWN = {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
"""What a key opens is kept by nobody on the way."""


def answered(
    request: Request, document: Document, headers: dict[str, str], modified: datetime | None = None
) -> Response:
    """Return ``document``, or only that the reader has it already.

    Args:
        request: What was asked.
        document: The answer.
        headers: Who may keep it: ``OPEN`` or ``OWN``.
        modified: When it last became what it is; None where nobody can tell.
    """
    body = document.as_json()
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'  # weak: it may travel compressed
    headers = {**headers, "ETag": tag}
    if modified is not None:
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    if _has_it(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def answered_page(request: Request, page: Page[Any], headers: dict[str, str]) -> Response:
    """Return a part of a list, with a link to the next (RFC 8288)."""
    response = answered(request, page, headers)
    if page.next is not None:
        following = request.url.include_query_params(cursor=page.next)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return response


def _has_it(request: Request, tag: str) -> bool:
    """Return whether the reader names ``tag`` as what it has (RFC 9110, weak comparison)."""
    named = request.headers.get("if-none-match", "")
    kept = {one.strip().removeprefix("W/") for one in named.split(",")}
    return tag.removeprefix("W/") in kept or "*" in kept


class HeadAsGet:
    """Answers HEAD with everything that GET is answered with but the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and hold back the body where only its head was asked for."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            held = {"body": b""} if message["type"] == "http.response.body" else {}
            await send({**message, **held})

        await self.app({**scope, "method": "GET"}, receive, send_head)
