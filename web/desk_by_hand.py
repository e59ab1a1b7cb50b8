"""Matching a topic to a group by hand: a page of its own, since there may be many groups."""

import logging
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.translation import translatable
from store.acts import Act
from store.db import in_transaction, session_scope
from store.models import Decision, Match, Opportunity, Profile
from store.search import opportunity_by_reference
from store.unmatched import AlreadyMatchedError, match_by_hand, profiles_of
from web.desk_office import Look, Office, look
from web.desk_reading import LONGEST_COMMENT, NO_COMMENT, departments_of
from web.forms import Form, SentForm
from web.profile_list import grouped
from web.reading import ProblemsError, Reading
from web.site import see_other

log = logging.getLogger(__name__)

ACT = "match by hand"
ALREADY = translatable("This group has this call in its queue, or it was decided there.")
NO_PROFILE = translatable("Choose a group.")


def by_hand_pages(office: Office) -> APIRouter:
    """Return the routes of matching by hand."""
    router = APIRouter()

    @router.api_route("/desk/unmatched/{reference}", methods=["GET", "HEAD"])
    def show(reference: str, request: Request) -> Response:
        """Show a topic, and the groups that it can be matched to."""
        with session_scope(office.site.engine) as session:
            return _page(look(office, session, request), reference, Form({}), {})

    @router.post("/desk/unmatched/{reference}")
    def choose(reference: str, request: Request, form: SentForm) -> Response:
        """Match a topic to a group, approved."""

        def chosen(session: Session) -> int:
            return _choose(look(office, session, request), reference, form).id

        try:
            number = in_transaction(office.site.engine, chosen)
        except ProblemsError as error:
            with session_scope(office.site.engine) as session:
                return _page(look(office, session, request), reference, form, error.problems)
        return see_other(f"/desk/matches/{number}?did=approve&acted={number}.1")

    return router


def _choose(seen: Look, reference: str, form: Form) -> Match:
    seen.check(form, ACT)
    topic, profile = _topic(seen, reference), _profile(seen, form)
    comment = form.one("comment")
    if len(comment) > LONGEST_COMMENT:
        raise ProblemsError({"comment": NO_COMMENT})
    act = Act(Decision.APPROVE, seen.person.address, seen.now, comment=comment or None)
    try:
        match = match_by_hand(seen.session, profile, topic, act)
    except AlreadyMatchedError as error:
        raise ProblemsError({"profile": ALREADY}) from error
    log.info("matched by hand", extra={"match_id": match.id})
    return match


def _topic(seen: Look, reference: str) -> Opportunity:
    found = opportunity_by_reference(seen.session, reference)
    if found is None:
        raise HTTPException(404)
    return found


def _profile(seen: Look, form: Form) -> Profile:
    """Return the group that was chosen, which the person must see."""
    profiles = {p.slug: p for p in profiles_of(seen.session, departments_of(seen.person))}
    reading = Reading(form)
    slug = reading.among("profile", profiles, NO_PROFILE)
    reading.check()
    return profiles[slug]


def _page(seen: Look, reference: str, sent: Form, problems: Mapping[str, str]) -> Response:
    topic = _topic(seen, reference)
    profiles = profiles_of(seen.session, departments_of(seen.person))
    values: dict[str, object] = {
        "topic": topic,
        "told": seen.office.teller.told_topic(topic, seen.language, seen.now),
        "groups": grouped(profiles, seen.office.departments(seen.person)),
        "sent": sent,
        "form_token": seen.token(ACT),
    }
    return seen.page("desk_by_hand.html", values, problems)
