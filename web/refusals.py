"""What is said where a page cannot be shown, or a form not be taken: a page, in every case."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from config.translation import say, translatable
from store.db import StoreError
from store.tokens import TokenError
from web.accounts import NotAllowedError, NotSignedInError
from web.limits import TooOftenError
from web.site import Site, language_of, see_other

LOOKING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a page says of why nothing was done."""

    title: str
    reason: str


NOTHING = Refusal(translatable("Nothing here"), translatable("There is no such page."))
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
    405: NOTHING,
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


NOT_YOURS = Refusal(
    translatable("This page is for others"),
    translatable(
        "You are signed in, but your role does not include this page. Who keeps the accounts of"
        " this service can change that."
    ),
)


def add_refusals(app: FastAPI, site: Site) -> None:
    """Let ``app`` answer with a page whatever goes wrong."""

    def page(request: Request, refusal: Refusal, status: int) -> Response:
        language = language_of(request)
        values = {
            "title": say(language, refusal.title),
            "reason": say(language, refusal.reason),
            "self_service": site.self_service,
        }
        return site.page("missing.html", values, status, language)

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return page(request, REFUSALS.get(status, NOTHING), status)

    def saying(
        refusal: Refusal, status: int
    ) -> Callable[[Request, Exception], Awaitable[Response]]:
        async def answer(request: Request, _: Exception) -> Response:
            return page(request, refusal, status)

        return answer

    async def refuse_often(request: Request, error: Exception) -> Response:
        answer = page(request, REFUSALS[429], 429)
        if isinstance(error, TooOftenError):
            answer.headers["Retry-After"] = str(error.seconds)
        return answer

    async def excuse(request: Request, _: Exception) -> Response:
        return site.page("unavailable.html", {}, 503, language_of(request))

    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(TokenError, saying(LINK, 404))
    app.add_exception_handler(NotSignedInError, _ask_in)
    app.add_exception_handler(NotAllowedError, saying(NOT_YOURS, 403))
    app.add_exception_handler(TooOftenError, refuse_often)
    app.add_exception_handler(StoreError, excuse)


async def _ask_in(request: Request, _: Exception) -> Response:
    """Lead to where one signs in, and from there back to a page that was only looked at."""
    if request.method not in LOOKING:
        return see_other("/login")
    return see_other(f"/login?{urlencode({'next': request.url.path})}")
