"""The versions of a profile: the list, what differs between two, taking one back."""

import logging
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.translation import say
from store.db import in_transaction, session_scope
from store.models import Profile, ProfileOrigin, ProfileVersion
from store.profile_versions import (
    OvertakenError,
    change_profile,
    said_in,
    version_of,
    versions_of,
)
from web.forms import Form, SentForm
from web.profile_diff import Difference, differences
from web.profile_room import Room, Visit, visit
from web.profile_words import ORIGINS
from web.site import see_other

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A version, as the list tells of it."""

    number: int
    at: str
    by: str
    origin: str


def history_pages(room: Room) -> APIRouter:
    """Return the routes of versions."""
    router = APIRouter()

    @router.api_route("/profile/{slug}/versions", methods=["GET", "HEAD"])
    def show(slug: str, request: Request) -> Response:
        """Show the versions of a profile, and what differs between two of them."""
        with session_scope(room.site.engine) as session:
            seen = visit(room, session, request)
            return _page(seen, seen.profile(slug))

    @router.post("/profile/{slug}/revert")
    def revert(slug: str, request: Request, form: SentForm) -> Response:
        """Let an earlier version hold again; that is a new one."""
        try:
            in_transaction(room.site.engine, lambda s: _revert(room, s, request, (slug, form)))
        except OvertakenError:
            return see_other(f"/profile/{slug}/versions?overtaken=yes")
        return see_other(f"/profile/{slug}?done=reverted")

    return router


def _revert(room: Room, session: Session, request: Request, sent: tuple[str, Form]) -> None:
    slug, form = sent
    seen = visit(room, session, request)
    seen.check(form)
    profile = seen.profile(slug)
    wanted = _version(seen, profile, form.one("version"))
    document = said_in(profile, wanted)
    if document.department not in seen.departments:
        raise HTTPException(403)
    document = seen.allowed(profile, document)
    opened_at = int(form.one("seen")) if form.one("seen").isdecimal() else 0
    change_profile(session, profile, document, opened_at, seen.author(ProfileOrigin.REVERT))
    log.info("profile reverted", extra={"profile_id": profile.id, "version": profile.version})


def _page(seen: Visit, profile: Profile) -> Response:
    query = seen.request.query_params
    versions = versions_of(seen.session, profile)
    newest = versions[0].number if versions else 0
    before, after = query.get("from", str(newest - 1)), query.get("to", str(newest))
    values: dict[str, object] = {
        "profile": profile,
        "entries": [_entry(seen, version) for version in versions],
        "before": before,
        "after": after,
        "differences": _compared(seen, profile, before, after),
        "overtaken": bool(query.get("overtaken")),
    }
    return seen.page("profile_versions.html", values)


def _compared(
    seen: Visit, profile: Profile, before: str, after: str
) -> tuple[Difference, ...] | None:
    """Return what differs between two versions; None where there are not two."""
    if before in {"0", "-1"}:
        return None
    first, second = (_version(seen, profile, one) for one in (before, after))
    return differences(said_in(profile, first), said_in(profile, second), seen.language)


def _version(seen: Visit, profile: Profile, number: str) -> ProfileVersion:
    plausible = number.isascii() and number.isdecimal() and len(number) < 10
    found = version_of(seen.session, profile, int(number)) if plausible else None
    if found is None:
        raise HTTPException(404)
    return found


def _entry(seen: Visit, version: ProfileVersion) -> Entry:
    origin = say(seen.language, ORIGINS[version.origin])
    return Entry(version.number, seen.at(version.at), version.by or "", origin)
