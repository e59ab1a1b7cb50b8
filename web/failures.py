"""What is said where a page fails by a mistake of ours: sorry, and a number to find in the log."""

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import Request, Response

from web.site import HERE, Middleware, Site, language_of

log = logging.getLogger(__name__)

OURS = HERE.parent
"""Where our own packages lie."""


def catch_failures(site: Site) -> Middleware:
    """Return what answers with a page where nothing else knew how to go on."""

    async def answer(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        try:
            return await call_next(request)
        except Exception as error:  # noqa: BLE001 - the last one to catch, so that a reader gets an answer
            number = secrets.token_hex(4)
            more = {"reference": number, "error": type(error).__name__, "where": where(error)}
            log.error("page failed", extra=more)  # noqa: TRY400 - a traceback's values may be personal
            return site.page("failed.html", {"number": number}, 500, language_of(request))

    return answer


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
