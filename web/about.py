"""What concerns the whole site: what is kept about people, what robots may read, the icon."""

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse

from web.site import HERE, Site, language_of

ROBOTS = "User-agent: *\nDisallow: /\n"
"""The official pages are what is to be found by search engines; links of ours are personal."""

A_DAY = {"Cache-Control": "max-age=86400"}


def about_pages(site: Site) -> APIRouter:
    """Return the routes of what concerns the whole site."""
    router = APIRouter()

    @router.api_route("/privacy", methods=["GET", "HEAD"])
    def privacy(request: Request) -> HTMLResponse:
        """Say what is kept about whom, for how long, and how to have it erased."""
        return site.page("privacy.html", {}, language=language_of(request))

    @router.api_route("/robots.txt", methods=["GET", "HEAD"])
    def robots() -> PlainTextResponse:
        """Ask search engines to stay away."""
        return PlainTextResponse(ROBOTS, headers=A_DAY)

    @router.api_route("/favicon.ico", methods=["GET", "HEAD"])
    def icon() -> FileResponse:
        """Hand out the icon to what asks for it where browsers always did."""
        return FileResponse(HERE / "static" / "favicon.ico", headers=A_DAY)

    return router
