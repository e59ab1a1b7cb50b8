"""The web app: the stop page, self-service, calendars and feeds, the API, health, what this is."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from config.organisation import read_organisation
from config.settings import Settings
from web.account import account_pages, proof_pages
from web.api.app import MOUNTED_AT, create_api
from web.correspondence import Correspondence
from web.entrance import enter_pages, entrance_pages
from web.feeds import Publisher, feed_pages
from web.health import health_pages
from web.manage import manage_pages
from web.previews import preview_pages
from web.refusals import add_refusals
from web.site import HERE, Site, add_headers, utc_now
from web.stop import stop_pages
from web.subscribe import confirm_pages, subscribe_pages


def create_app(
    settings: Settings,
    engine: Engine,
    clock: Callable[[], datetime] = utc_now,
    publisher: Publisher | None = None,
    correspondence: Correspondence | None = None,
) -> FastAPI:
    """Return the app; it starts even where the database is down, to say so.

    Without a ``publisher`` it has no calendars, feeds and previews, and without a
    ``correspondence`` no self-service: those are made by another package.
    """
    site = Site(settings, engine, clock, self_service=correspondence is not None)
    app = FastAPI(title="Callwatch", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(add_headers)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.mount(MOUNTED_AT, create_api(site))
    app.include_router(stop_pages(site))
    app.include_router(health_pages(site))
    if publisher is not None:
        app.include_router(feed_pages(site, publisher))
    if correspondence is not None:
        app.include_router(_self_service(site, correspondence))
    if publisher is not None and correspondence is not None:
        app.include_router(preview_pages(site, publisher, correspondence))
    add_refusals(app, site)
    return app


def _self_service(site: Site, correspondence: Correspondence) -> APIRouter:
    departments = read_organisation(site.settings.configuration).departments()
    router = APIRouter()
    router.include_router(subscribe_pages(site, correspondence, departments))
    router.include_router(confirm_pages(site))
    router.include_router(entrance_pages(site, correspondence))
    router.include_router(enter_pages(site))
    router.include_router(account_pages(site))
    router.include_router(proof_pages(site, correspondence))
    router.include_router(manage_pages(site, correspondence, departments))
    return router
