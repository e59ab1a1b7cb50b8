"""A person's settings, behind the link at the end of each of their mails. Only a POST acts."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.organisation import Department
from config.translation import say
from store.db import in_transaction, session_scope
from store.filters import Filters
from store.following import Following, subscriptions_of
from store.models import Cadence, Subscriber, Subscription
from store.offers import programmes_on_offer
from store.profiles import profiles_in_use
from store.subscribers import masked
from store.tokens import (
    Visitor,
    calendar_token,
    manage_token,
    read_settings_token,
    stop_token,
    visit_token,
)
from web.acts import ACTS, DONE, Order
from web.choices import choices
from web.correspondence import Correspondence
from web.forms import Form, SentForm, check_form, form_token
from web.moments import when
from web.profile_list import grouped
from web.reading import ProblemsError, as_form
from web.site import Site, reader_language, see_other

log = logging.getLogger(__name__)

USUAL = Following(Cadence.WEEKLY, Filters())
"""How a profile is followed by who chooses nothing."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at the page."""

    session: Session
    key: str
    token: str
    visitor: Visitor
    done: str = ""
    """Name of what was just done."""
    problems: Mapping[str, str] = field(default_factory=dict)
    act: str = ""
    """Name of the act whose fields have ``problems``."""
    sent: Form = field(default_factory=lambda: Form({}))
    """What was entered there."""


def manage_pages(
    site: Site, correspondence: Correspondence, departments: Mapping[str, Department]
) -> APIRouter:
    """Return the routes of a person's settings."""
    router = APIRouter()

    @router.api_route("/manage/{token}", methods=["GET", "HEAD"])
    def show(token: str, request: Request) -> Response:
        """Show what a person gets, and how to change it."""
        with session_scope(site.engine) as session:
            visit = _visit(site, session, token)
            shown = replace(visit, done=request.query_params.get("done", ""))
            return _page(site, shown, correspondence, departments)

    @router.post("/manage/{token}/{act}")
    def change(token: str, act: str, form: SentForm) -> Response:
        """Do what one button asks for."""
        if act not in ACTS:
            raise HTTPException(404)
        try:
            where = in_transaction(site.engine, lambda s: _change(site, s, token, (act, form)))
        except ProblemsError as error:
            with session_scope(site.engine) as session:
                visit = _visit(site, session, token)
                shown = replace(visit, problems=error.problems, act=act, sent=form)
                return _page(site, shown, correspondence, departments)
        return see_other(where)

    return router


def _visit(site: Site, session: Session, token: str) -> Visit:
    key = site.key(session)
    return Visit(session, key, token, read_settings_token(session, key, token, site.clock()))


def _change(site: Site, session: Session, token: str, sent: tuple[str, Form]) -> str:
    """Do an act, and return where to look next."""
    (act, form), now = sent, site.clock()
    visit = _visit(site, session, token)
    subscriber = visit.visitor.subscriber
    check_form(visit.key, form, act, str(subscriber.id), now)
    ACTS[act].do(session, Order(subscriber, form, now))
    session.flush()
    log.info("reader changed settings", extra={"subscriber_id": subscriber.id, "act": act})
    if act == "stop":
        return f"/stop/{stop_token(visit.key, subscriber)}"
    if act == "withdraw":
        make = visit_token if visit.visitor.proven else manage_token
        token = make(visit.key, subscriber, now)
    return f"/manage/{token}?done={act}"


def _page(
    site: Site,
    visit: Visit,
    correspondence: Correspondence,
    departments: Mapping[str, Department],
) -> Response:
    subscriber, now = visit.visitor.subscriber, site.clock()
    language = reader_language(subscriber)
    followed = subscriptions_of(visit.session, subscriber)
    own = {subscription.profile.slug for subscription in followed}
    others = [profile for profile in profiles_in_use(visit.session) if profile.slug not in own]
    offered = {*programmes_on_offer(visit.session), *(p for s in followed for p in s.programmes)}
    moment = correspondence.next_mail_at(visit.session, subscriber.id, now)
    values: dict[str, object] = {
        "token": visit.token,
        "address": masked(subscriber.address),
        "subscriber": subscriber,
        "done": say(language, DONE[visit.done]) if visit.done in DONE else "",
        "act": visit.act,
        "sent": visit.sent,
        "followed": [(one, _form_of(visit, one)) for one in followed],
        "groups": grouped(others, departments),
        "new": visit.sent if visit.act == "add" else as_form(USUAL),
        "preferences": visit.sent if visit.act == "prefer" else _preferences(subscriber),
        "choices": choices(
            language, site.settings, offered, [t for s in followed for t in s.action_types]
        ),
        "next_mail": when(moment, subscriber),
        "until": when(subscriber.paused_until, subscriber),
        "calendar": f"/calendar/{calendar_token(visit.key, subscriber)}.ics",
        "form_token": partial(form_token, visit.key, thing=str(subscriber.id), now=now),
    }
    return site.form_page("manage.html", values, visit.problems, language)


def _form_of(visit: Visit, subscription: Subscription) -> Form:
    slug = subscription.profile.slug
    if visit.act == "adjust" and visit.sent.one("profile") == slug:
        return visit.sent
    return as_form(Following(subscription.cadence, Filters.of(subscription)), profile=(slug,))


def _preferences(subscriber: Subscriber) -> Form:
    hour = "" if subscriber.hour is None else str(subscriber.hour)
    return Form(
        {
            "weekday": (subscriber.weekday or "",),
            "hour": (hour,),
            "language": (subscriber.language,),
            "time_zone": (subscriber.time_zone,),
        }
    )
