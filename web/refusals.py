"""What is said where a page cannot be shown, or a form not be taken: a page, in every case."""

from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from config.translation import say, translatable
from store.db import StoreError
from store.tokens import TokenError
from web.limits import TooOftenError
from web.site import Site, language_of


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

    async def refuse_link(request: Request, _: Exception) -> Response:
        return page(request, LINK, 404)

    async def refuse_often(request: Request, error: Exception) -> Response:
        answer = page(request, REFUSALS[429], 429)
        if isinstance(error, TooOftenError):
            answer.headers["Retry-After"] = str(error.seconds)
        return answer

    async def excuse(request: Request, _: Exception) -> Response:
        return site.page("unavailable.html", {}, 503, language_of(request))

    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(TokenError, refuse_link)
    app.add_exception_handler(TooOftenError, refuse_often)
    app.add_exception_handler(StoreError, excuse)
