"""What is said where somebody cannot sign in, or may not do what they asked for."""

import logging
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response

from config.translation import translatable
from web.accounts import NotAllowedError, NotSignedInError
from web.arrivals import NoAccountError
from web.openid import OpenIdError
from web.provider import UnprovenAddressError
from web.refusals import Refusal, refusal_page, saying
from web.site import Site, see_other

log = logging.getLogger(__name__)

LOOKING = ("GET", "HEAD")

NOT_YOURS = Refusal(
    translatable("This page is for others"),
    translatable(
        "You are signed in, but your role does not include this page. Who keeps the accounts of"
        " this service can change that."
    ),
)


NO_ACCOUNT = Refusal(
    translatable("You have no account here"),
    translatable(
        "Nobody with your address may sign in. Who keeps the accounts of this service can change"
        " that. To search and to get mails you need no account."
    ),
)
NOT_SIGNED_IN = Refusal(
    translatable("Signing in did not work"),
    translatable(
        "The service that you wanted to sign in with refused, did not answer, or was left open for"
        " too long. Try once more, or sign in by mail."
    ),
)
UNPROVEN = Refusal(
    translatable("Signing in did not work"),
    translatable(
        "The service that you wanted to sign in with does not say that the address is yours, and"
        " no mail can be sent from here to ask."
    ),
)


def add_closed_doors(app: FastAPI, site: Site) -> None:
    """Let ``app`` answer with a page, or with the way to sign in."""

    async def refuse_provider(request: Request, error: Exception) -> Response:
        cause = type(error.__cause__ or error).__name__
        log.warning("nobody signed in", extra={"reason": str(error), "cause": cause})
        return refusal_page(site, request, NOT_SIGNED_IN, 502)

    app.add_exception_handler(NotSignedInError, _ask_in)
    app.add_exception_handler(NotAllowedError, saying(site, NOT_YOURS, 403))
    app.add_exception_handler(NoAccountError, saying(site, NO_ACCOUNT, 403))
    app.add_exception_handler(UnprovenAddressError, saying(site, UNPROVEN, 403))
    app.add_exception_handler(OpenIdError, refuse_provider)


async def _ask_in(request: Request, _: Exception) -> Response:
    """Lead to where one signs in, and from there back to a page that was only looked at."""
    if request.method not in LOOKING:
        return see_other("/login")
    return see_other(f"/login?{urlencode({'next': request.url.path})}")
