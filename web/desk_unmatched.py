"""Topics that nobody was matched to, and matching one by hand."""

import logging
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.programmes import programme_name
from config.translation import say, translatable
from store.acts import Act
from store.db import in_transaction, session_scope
from store.models import Decision, Match, Opportunity, Profile
from store.offers import programmes_on_offer
from store.unmatched import PAGE, AlreadyMatchedError, match_by_hand, profiles_of, unmatched_page
from web.desk_office import Look, Office, look
from web.desk_reading import LONGEST_COMMENT, NO_COMMENT, departments_of, read_page
from web.forms import Form, SentForm
from web.profile_list import grouped
from web.reading import ProblemsError, Reading
from web.site import see_other

log = logging.getLogger(__name__)

ACT = "match by hand"
ALREADY = translatable("This group has this call in its queue, or it was decided there.")
NO_PROFILE = translatable("Choose a group.")


def unmatched_pages(office: Office) -> APIRouter:
    """Return the routes of unmatched topics."""
    router = APIRouter()

    @router.api_route("/desk/unmatched", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show what is on offer and for nobody yet."""
        with session_scope(office.site.engine) as session:
            return _page(look(office, session, request), request.query_params, Form({}), {})

    @router.post("/desk/unmatched")
    def choose(request: Request, form: SentForm) -> Response:
        """Match a topic to a group, approved."""
        try:
            number = in_transaction(
                office.site.engine, lambda s: _choose(office, s, request, form).id
            )
        except ProblemsError as error:
            with session_scope(office.site.engine) as session:
                seen = look(office, session, request)
                return _page(seen, request.query_params, form, error.problems)
        return see_other(f"/desk/matches/{number}?did=approve&acted={number}.1")

    return router


def _choose(office: Office, session: Session, request: Request, form: Form) -> Match:
    seen = look(office, session, request)
    seen.check(form, ACT)
    profile, opportunity = _profile(seen, form), _opportunity(seen, form)
    if len(form.one("comment")) > LONGEST_COMMENT:
        raise ProblemsError({"comment": NO_COMMENT})
    act = Act(Decision.APPROVE, seen.person.address, seen.now, comment=form.one("comment") or None)
    try:
        match = match_by_hand(session, profile, opportunity, act)
    except AlreadyMatchedError as error:
        raise ProblemsError({"profile": ALREADY}) from error
    log.info("matched by hand", extra={"match_id": match.id})
    return match


def _profile(seen: Look, form: Form) -> Profile:
    """Return the group that was chosen, which the person must see."""
    profiles = {p.slug: p for p in profiles_of(seen.session, departments_of(seen.person))}
    reading = Reading(form)
    slug = reading.among("profile", profiles, NO_PROFILE)
    reading.check()
    return profiles[slug]


def _opportunity(seen: Look, form: Form) -> Opportunity:
    number = form.one("opportunity")
    found = seen.session.get(Opportunity, int(number)) if number.isdecimal() else None
    if found is None:
        raise HTTPException(404)
    return found


def _page(
    seen: Look, query: Mapping[str, str], sent: Form, problems: Mapping[str, str]
) -> Response:
    programme, page = query.get("programme", ""), read_page(query.get("page", ""))
    topics, number = unmatched_page(seen.session, seen.now, programme, page)
    offered = sorted(programmes_on_offer(seen.session))
    values: dict[str, object] = {
        "topics": [(topic, _told(seen, topic)) for topic in topics],
        "number": number,
        "page_number": page,
        "more": page * PAGE < number,
        "programme": programme,
        "programmes": (
            ("", say(seen.language, "all")),
            *((one, programme_name(one, seen.language)) for one in offered),
        ),
        "groups": grouped(
            profiles_of(seen.session, departments_of(seen.person)),
            seen.office.departments(seen.person),
        ),
        "sent": sent,
        "form_token": seen.token(ACT),
    }
    return seen.page("desk_unmatched.html", values, problems)


def _told(seen: Look, topic: Opportunity) -> object:
    """Return a topic as a reader would be told of it."""
    return seen.office.teller.told_topic(topic, seen.language, seen.now)
