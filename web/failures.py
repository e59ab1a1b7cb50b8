"""What is said where a page fails by a mistake of ours: sorry, and a number to find in the log."""

import logging
import secrets
import traceback
from pathlib import Path

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.site import HERE, Site, language_of

log = logging.getLogger(__name__)

OURS = HERE.parent
"""Where our own packages lie."""


class CatchFailures:
    """Answers with a page where nothing else knew how to go on."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does; what it began to answer is cut off by the server."""
        is_begun = False

        async def noted(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if is_begun or scope["type"] != "http":
                raise
            await self._page(Request(scope), error)(scope, receive, send)

    def _page(self, request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        more = {"reference": number, "error": type(error).__name__, "where": where(error)}
        log.error("page failed", extra=more)  # a traceback's values may be personal
        return self._site.page("failed.html", {"number": number}, 500, language_of(request))


def where(error: BaseException) -> str:
    """Return the lines of our own code that an error came through, without any value.

    >>> try:
    ...     int("secret")
    ... except ValueError as error:
    ...     where(error)
    ''
    """
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(
        f"{Path(frame.filename).relative_to(OURS)}:{frame.lineno}"
        for frame in reversed(frames)
        if Path(frame.filename).is_relative_to(OURS)
    )
