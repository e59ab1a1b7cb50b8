"""The web app: the stop page, calendars and feeds, the health page, and what this is."""

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from config.settings import Settings
from config.translation import translatable
from store.db import StoreError
from web.feeds import Publisher, feed_pages
from web.health import health_pages
from web.site import HERE, add_headers, language_of, open_site, utc_now
from web.stop import stop_pages

NO_PAGE = translatable("There is no such page.")


def create_app(
    settings: Settings,
    engine: Engine,
    clock: Callable[[], datetime] = utc_now,
    publisher: Publisher | None = None,
) -> FastAPI:
    """Return the app; it starts even where the database is down, to say so.

    Without a ``publisher`` it has no calendars and feeds: those are made by another package.
    """
    site = open_site(settings, engine, clock)
    app = FastAPI(title="Callwatch", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(add_headers)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.include_router(stop_pages(site))
    app.include_router(health_pages(site))
    if publisher is not None:
        app.include_router(feed_pages(site, publisher))

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return site.page("missing.html", {"reason": NO_PAGE}, status, language_of(request))

    async def excuse(request: Request, _: Exception) -> Response:
        return site.page("unavailable.html", {}, 503, language_of(request))

    app.add_exception_handler(HTTPException, refuse)
    app.add_exception_handler(StoreError, excuse)
    return app
