"""Profiles in the browser: the list, writing one with a preview, retiring one. Only a POST acts."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request, Response
from sqlalchemy.orm import Session

from config.organisation import read_organisation
from store.db import in_transaction, session_scope
from store.models import Profile, ProfileOrigin
from store.profile_contents import document_of
from store.profile_versions import (
    OvertakenError,
    SlugTakenError,
    change_profile,
    create_profile,
    match_counts,
    reactivate,
    retire,
)
from store.profiles import all_profiles
from web.forms import Form, SentForm
from web.profile_form import as_form, read_document, read_draft
from web.profile_history import history_pages
from web.profile_import import import_pages
from web.profile_list import grouped
from web.profile_page import Sheet, done_at, written
from web.profile_preview import TOO_OFTEN, may_preview, preview_routes
from web.profile_room import Forecaster, Room, Visit, visit
from web.profile_words import TAKEN
from web.reading import ProblemsError
from web.site import Site, see_other

log = logging.getLogger(__name__)


def profile_pages(site: Site, forecaster: Forecaster | None) -> APIRouter:
    """Return the routes of profiles."""
    room = Room(site, read_organisation(site.settings.configuration), forecaster)

    @asynccontextmanager
    async def warmed(_: FastAPI) -> AsyncIterator[None]:
        """Have read ahead what drafts are compared with, beside the server."""
        if forecaster is not None:
            forecaster.make_ahead(site.clock())
        yield

    router = APIRouter(lifespan=warmed)
    router.include_router(import_pages(room))
    router.include_router(preview_routes(room))
    router.include_router(writing_pages(room))
    router.include_router(history_pages(room))
    return router


def writing_pages(room: Room) -> APIRouter:
    """Return the routes of the list, and of writing a profile."""
    router = APIRouter()

    @router.api_route("/profiles", methods=["GET", "HEAD"])
    def show_all(request: Request) -> Response:
        """Show the profiles that the person sees, with their health."""
        with session_scope(room.site.engine) as session:
            return _list(visit(room, session, request))

    @router.api_route("/profiles/new", methods=["GET", "HEAD"])
    def show_new(request: Request) -> Response:
        """Show an empty form."""
        with session_scope(room.site.engine) as session:
            seen = visit(room, session, request)
            return written(seen, None, Sheet(Form({"policy": ("review_all",)})))

    @router.post("/profiles/new")
    def create(request: Request, form: SentForm) -> Response:
        """Save a new profile, or show what it would bring."""
        return _answer(room, request, form, "")

    @router.api_route("/profile/{slug}", methods=["GET", "HEAD"])
    def show(slug: str, request: Request) -> Response:
        """Show a profile as the form in which it is changed."""
        with session_scope(room.site.engine) as session:
            seen = visit(room, session, request)
            profile = seen.profile(slug)
            return written(seen, profile, Sheet(as_form(document_of(profile))))

    @router.post("/profile/{slug}")
    def save(slug: str, request: Request, form: SentForm) -> Response:
        """Save a profile, or show what it would bring."""
        return _answer(room, request, form, slug)

    @router.post("/profile/{slug}/state")
    def change_state(slug: str, request: Request, form: SentForm) -> Response:
        """Retire a profile, take it into use again, or note that it is right."""
        done = in_transaction(room.site.engine, lambda s: _set(room, s, request, (slug, form)))
        return see_other(f"/profile/{slug}?done={done}")

    return router


def _answer(room: Room, request: Request, form: Form, slug: str) -> Response:
    """Save what was sent, or show it again with what is wrong, or what it would bring."""
    if form.has("preview"):
        is_free = may_preview(room, request, form)
        note = "" if is_free else TOO_OFTEN
        answer = _again(room, request, slug, Sheet(form, shows_preview=is_free, note=note))
        answer.status_code = answer.status_code if is_free else 429
        return answer
    try:
        saved = in_transaction(room.site.engine, lambda s: _save(room, s, request, (slug, form)))
    except ProblemsError as error:
        return _again(room, request, slug, Sheet(form, error.problems))
    except OvertakenError:
        return _again(room, request, slug, Sheet(form, is_overtaken=True))
    return see_other(saved)


def _again(room: Room, request: Request, slug: str, sheet: Sheet) -> Response:
    with session_scope(room.site.engine) as session:
        seen = visit(room, session, request)
        seen.check(sheet.form)
        return written(seen, seen.profile(slug) if slug else None, sheet)


def _save(room: Room, session: Session, request: Request, sent: tuple[str, Form]) -> str:
    """Save a profile, and return where to look next."""
    slug, form = sent
    seen = visit(room, session, request)
    seen.check(form)
    profile = seen.profile(slug) if slug else None
    document = read_document(slug or form.one("slug"), read_draft(form), seen.known)
    document = seen.allowed(profile, document)
    author = seen.author(ProfileOrigin.PAGE)
    if profile is None:
        try:
            profile = create_profile(session, document, author)
        except SlugTakenError as error:
            raise ProblemsError({"slug": TAKEN}) from error
        changed = True
    else:
        opened_at = int(form.one("seen")) if form.one("seen").isdecimal() else 0
        changed = change_profile(session, profile, document, opened_at, author)
        profile.looked_at = seen.now
    log.info("profile saved", extra={"profile_id": profile.id, "version": profile.version})
    return f"/profile/{profile.slug}?done={'saved' if changed else 'same'}"


def _set(room: Room, session: Session, request: Request, sent: tuple[str, Form]) -> str:
    """Do what a button asks for, and return what was done."""
    slug, form = sent
    seen = visit(room, session, request)
    seen.check(form)
    profile = seen.profile(slug)
    if form.has("retire"):
        retire(session, profile, seen.now)
        log.info("profile retired", extra={"profile_id": profile.id})
        return "retired"
    if form.has("reactivate"):
        reactivate(session, profile, seen.now)
        log.info("profile reactivated", extra={"profile_id": profile.id})
        return "reactivated"
    profile.looked_at = seen.now
    return "looked"


@dataclass(frozen=True, slots=True)
class Line:
    """A profile in the list."""

    profile: Profile
    matches: int
    edited: str
    hints: tuple[object, ...]


def _list(seen: Visit) -> Response:
    counts = match_counts(seen.session)
    shown = [profile for profile in all_profiles(seen.session) if seen.sees(profile)]
    lines = {profile.slug: _line(seen, profile, counts.get(profile.id, 0)) for profile in shown}
    in_use = [profile for profile in shown if profile.retired_at is None]
    values: dict[str, object] = {
        "groups": grouped(in_use, seen.departments),
        "retired": [profile for profile in shown if profile.retired_at is not None],
        "lines": lines,
        "done": done_at(seen),
    }
    return seen.page("profiles.html", values)


def _line(seen: Visit, profile: Profile, matches: int) -> Line:
    hints = () if profile.retired_at else seen.hints_of(profile, matches)
    return Line(profile, matches, seen.at(profile.updated_at), hints)
