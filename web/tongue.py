"""Choosing the language of all pages: a button of every page, and a cookie that says no more."""

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from config.translation import LANGUAGES
from web.forms import SentForm
from web.site import LANGUAGE, Site, inside, is_encrypted, see_other

YEAR_SECONDS = 365 * 24 * 3600


def language_pages(site: Site) -> APIRouter:
    """Return the route of choosing a language."""
    router = APIRouter()

    @router.post("/language")
    def choose(request: Request, form: SentForm) -> Response:
        """Let the browser remember a language, and show the same page in it.

        The form carries no token: it is on pages too that are made without the database, and all
        that another site could bring about is a page in another language.
        """
        if form.one("language") not in LANGUAGES:
            raise HTTPException(400)
        answer = see_other(inside(form.one("back")) or "/")
        answer.set_cookie(
            LANGUAGE,
            form.one("language"),
            max_age=YEAR_SECONDS,
            httponly=True,
            secure=is_encrypted(site, request),
            samesite="lax",
        )
        return answer

    return router
