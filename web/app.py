"""The web app: the stop page, self-service, calendars and feeds, the API, health, what this is."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from config.accounts import LOCAL, read_accounts
from config.organisation import Department, read_organisation
from config.settings import Settings
from web.about import about_pages
from web.account import account_pages, proof_pages
from web.api.app import MOUNTED_AT, create_api
from web.closed_doors import add_closed_doors
from web.cookies import NoteUses
from web.correspondence import Correspondence
from web.desk import desk_pages
from web.desk_cards import Teller
from web.entrance import enter_pages, entrance_pages
from web.failures import CatchFailures
from web.feedback import feedback_pages, own_feedback_pages
from web.feeds import Publisher, feed_pages
from web.health import health_pages
from web.library import Library
from web.login import asking_pages, login_pages
from web.manage import manage_pages
from web.opportunity import opportunity_pages
from web.own_account import own_account_pages
from web.previews import preview_pages
from web.profile_room import Forecaster
from web.profiles import profile_pages
from web.provider import provider_pages
from web.refusals import add_refusals
from web.report import report_pages
from web.search import search_pages
from web.site import HERE, AddHeaders, Site, utc_now
from web.stop import stop_pages
from web.subscribe import confirm_pages, subscribe_pages
from web.tongue import language_pages
from web.visits import Surround

AT_ONCE = 3
"""Pages that a process makes at once: more only share one core, and each is the later for it."""


def create_app(  # noqa: PLR0913 - what each other package makes is handed in by itself
    settings: Settings,
    engine: Engine,
    clock: Callable[[], datetime] = utc_now,
    publisher: Publisher | None = None,
    correspondence: Correspondence | None = None,
    *,
    library: Library | None = None,
    forecaster: Forecaster | None = None,
) -> FastAPI:
    """Return the app; it starts even where the database is down, to say so.

    Without a ``publisher`` it has no calendars, feeds and previews, without a ``correspondence``
    no self-service, without a ``library`` no search, and without a ``forecaster`` no preview of
    what a profile would bring: those are made by other packages.
    """
    departments = read_organisation(settings.configuration).departments()
    accounts = read_accounts(settings.configuration, departments) or {LOCAL.address: LOCAL}
    site = Site(settings, engine, clock, correspondence is not None, accounts, library is not None)
    app = FastAPI(
        title="Callwatch", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_few_at_once
    )
    _add_frame(app, site)
    app.mount(MOUNTED_AT, create_api(site))
    app.include_router(stop_pages(site))
    app.include_router(health_pages(site))
    if publisher is not None:
        app.include_router(feed_pages(site, publisher))
        app.include_router(_desk(site, publisher))
    app.include_router(profile_pages(site, forecaster))
    app.include_router(_accounts(site, correspondence, departments))
    if correspondence is not None:
        app.include_router(_self_service(site, correspondence, departments))
    if library is not None:
        app.include_router(search_pages(site, library))
        app.include_router(opportunity_pages(site, library))
        app.include_router(own_feedback_pages(site))
    if publisher is not None and correspondence is not None:
        app.include_router(preview_pages(site, publisher, correspondence))
    add_refusals(app, site)
    add_closed_doors(app, site)
    return app


@asynccontextmanager
async def _few_at_once(_: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = AT_ONCE
    yield


def _desk(site: Site, teller: Teller) -> APIRouter:
    router = APIRouter()
    router.include_router(desk_pages(site, teller))
    router.include_router(report_pages(site, teller))
    return router


def _add_frame(app: FastAPI, site: Site) -> None:
    """Add what has nothing to do with what a page is about; what is added last is outermost."""
    for middleware in (NoteUses, CatchFailures, Surround, AddHeaders):
        app.add_middleware(middleware, site=site)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.include_router(language_pages(site))
    app.include_router(about_pages(site))


def _accounts(
    site: Site, correspondence: Correspondence | None, departments: dict[str, Department]
) -> APIRouter:
    router = APIRouter()
    router.include_router(login_pages(site, by_mail=correspondence is not None))
    router.include_router(own_account_pages(site, departments))
    if correspondence is not None:
        router.include_router(asking_pages(site, correspondence))
    if site.settings.oidc_issuer is not None:
        router.include_router(provider_pages(site, correspondence))
    return router


def _self_service(
    site: Site, correspondence: Correspondence, departments: dict[str, Department]
) -> APIRouter:
    router = APIRouter()
    router.include_router(subscribe_pages(site, correspondence, departments))
    router.include_router(confirm_pages(site))
    router.include_router(entrance_pages(site, correspondence))
    router.include_router(enter_pages(site))
    router.include_router(account_pages(site))
    router.include_router(proof_pages(site, correspondence))
    router.include_router(feedback_pages(site))
    router.include_router(manage_pages(site, correspondence, departments))
    return router
