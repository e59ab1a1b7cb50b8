"""What is said where a page cannot be shown, or a form not be taken: a page, in every case."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from config.translation import say, translatable
from store.db import StoreError
from store.tokens import TokenError
from web.limits import TooOftenError
from web.site import Site, language_of

PATIENCE_SECONDS = 120
"""After how long a browser may ask again for what the database did not tell."""

Handler: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a page says of why nothing was done."""

    title: str
    reason: str


NOTHING = Refusal(
    translatable("There is no such page"),
    translatable(
        "The address may be mistyped, or what was here is gone. Search for what you had in mind, or"
        " begin at the front page."
    ),
)
REFUSALS = {
    400: Refusal(
        translatable("This cannot be read"),
        translatable("What was sent is no form of ours. Nothing was changed."),
    ),
    403: Refusal(
        translatable("Please try once more"),
        translatable(
            "This page was open for too long, or belongs to another one. Nothing was changed. Open"
            " the page anew, and press the button there."
        ),
    ),
    405: Refusal(
        translatable("This address only takes a form"),
        translatable(
            "It does what a button of another page asks for, and has nothing to show by itself."
            " Nothing was changed."
        ),
    ),
    413: Refusal(
        translatable("Too much was sent"),
        translatable("More was sent than a form of ours holds. Nothing was changed."),
    ),
    429: Refusal(
        translatable("Please wait a while"),
        translatable(
            "This was asked for too often. Nothing was changed. Try again later; a mail may be on"
            " its way already."
        ),
    ),
}
"""By status; every other one is said as ``NOTHING``."""

LINK = Refusal(
    translatable("This link does not work"),
    translatable(
        "It is not complete, was used before, is too old, or belongs to an address that is not"
        " known here any more."
    ),
)


def add_refusals(app: FastAPI, site: Site) -> None:
    """Let ``app`` answer with a page whatever it refuses."""

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        more = (error.headers if isinstance(error, HTTPException) else None) or {}
        if status == 405 and request.method == "OPTIONS":
            return Response(status_code=204, headers=more)
        answer = refusal_page(site, request, REFUSALS.get(status, NOTHING), status)
        answer.headers.update(more)
        return answer

    async def refuse_often(request: Request, error: Exception) -> Response:
        answer = refusal_page(site, request, REFUSALS[429], 429)
        if isinstance(error, TooOftenError):
            answer.headers["Retry-After"] = str(error.seconds)
        return answer

    async def excuse(request: Request, _: Exception) -> Response:
        answer = site.page("unavailable.html", {}, 503, language_of(request))
        answer.headers["Retry-After"] = str(PATIENCE_SECONDS)
        return answer

    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(TokenError, saying(site, LINK, 404))
    app.add_exception_handler(TooOftenError, refuse_often)
    app.add_exception_handler(StoreError, excuse)


def saying(site: Site, refusal: Refusal, status: int) -> Handler:
    """Return what answers with a page that says ``refusal``, whatever the error says."""

    async def answer(request: Request, _: Exception) -> Response:
        return refusal_page(site, request, refusal, status)

    return answer


def refusal_page(site: Site, request: Request, refusal: Refusal, status: int) -> Response:
    """Return the page that says ``refusal``, in the language of the browser."""
    language = language_of(request)
    values: dict[str, object] = {
        "title": say(language, refusal.title),
        "reason": say(language, refusal.reason),
    }
    return site.page("missing.html", values, status, language)
