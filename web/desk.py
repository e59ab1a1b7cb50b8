"""The adviser's desk: the queue, one match, and what advisers do to matches. Only a POST acts."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.organisation import read_organisation
from config.programmes import programme_name
from config.translation import say
from store.acts import Done, Seen, act_on_each, undo_each
from store.cards import matches_seen, shown_match
from store.db import in_transaction, session_scope
from store.models import Decision
from store.offers import programmes_on_offer
from store.queue import NOBODY, Wanted, queue_page
from web.accounts import Role
from web.choices import Options, said
from web.desk_audit import audit_pages
from web.desk_by_hand import by_hand_pages
from web.desk_cards import Teller, answers_of, cards_of, shares_of
from web.desk_notice import Notice, notice_of, told_by
from web.desk_office import Look, Office, look
from web.desk_policy import policy_pages
from web.desk_reading import (
    Acting,
    Asked,
    asks_for_something,
    departments_of,
    on_page,
    query_of,
    read_asked,
    read_back,
    read_seen,
    read_wanted,
)
from web.desk_unmatched import unmatched_pages
from web.desk_words import DAYS, FITS, NOTHING, ORDERS, REASONS, STATES
from web.forms import Form, SentForm
from web.reading import ProblemsError
from web.site import Site, see_other

log = logging.getLogger(__name__)

ACT, UNDO = "desk", "undo"


def desk_pages(site: Site, teller: Teller) -> APIRouter:
    """Return the routes of the desk."""
    office = Office(site, teller, read_organisation(site.settings.configuration))
    router = APIRouter()
    router.include_router(queue_pages(office))
    router.include_router(unmatched_pages(office))
    router.include_router(by_hand_pages(office))
    router.include_router(policy_pages(office))
    router.include_router(audit_pages(office))
    return router


def queue_pages(office: Office) -> APIRouter:
    """Return the routes of the queue and of one match."""
    router = APIRouter()

    @router.api_route("/desk", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show what is asked for, a page at a time."""
        with session_scope(office.site.engine) as session:
            seen = look(office, session, request)
            return _queue(seen, _wanted(seen, request.query_params), _opened(request))

    @router.api_route("/desk/matches/{number}", methods=["GET", "HEAD"])
    def show_match(number: int, request: Request) -> Response:
        """Show one match, with everything there is to decide by."""
        with session_scope(office.site.engine) as session:
            return _match(look(office, session, request), number, _opened(request))

    @router.post("/desk/act")
    def act(request: Request, form: SentForm) -> Response:
        """Do what a button asks for, to every match that is as it was seen."""
        try:
            outcome = in_transaction(office.site.engine, lambda s: _act(office, s, request, form))
        except ProblemsError as error:
            return _again(office, request, Sheet(form, error.problems))
        if outcome.unsaid:
            answer = _again(office, request, Sheet(form, {}, outcome.told, outcome.unsaid))
            answer.status_code = 409
            return answer
        return see_other(_after(form, outcome))

    @router.post("/desk/undo")
    def undo(request: Request, form: SentForm) -> Response:
        """Take back one's own last act on each match."""
        try:
            outcome = in_transaction(office.site.engine, lambda s: _undo(office, s, request, form))
        except ProblemsError as error:
            raise HTTPException(400) from error
        return see_other(_after(form, outcome))

    return router


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and to which matches."""

    decision: Decision
    done: Done
    comment: str = ""

    @property
    def told(self) -> Mapping[str, str]:
        """Return what the next page says of it."""
        return notice_of(self.decision, self.done)

    @property
    def unsaid(self) -> str:
        """Return the comment that stands nowhere, because somebody else was quicker."""
        return self.comment if self.done.overtaken else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page of the desk shows beside matches."""

    form: Form
    """What was sent and could not be done; empty where a page is opened."""
    problems: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    """What was done (``web.desk_notice``)."""
    unsaid: str = ""
    """A comment that was not kept."""


def _opened(request: Request) -> Sheet:
    return Sheet(Form({}), told=request.query_params)


def _act(office: Office, session: Session, request: Request, form: Form) -> Outcome:
    seen = look(office, session, request)
    seen.check(form, ACT)
    acting = Acting(seen.person, seen.now, office.zone, office.site.accounts)
    asked: Asked = read_asked(form, acting)
    done = act_on_each(session, _own(seen, asked.seen), asked.act)
    return _noted(Outcome(asked.act.decision, done, asked.act.comment or ""))


def _undo(office: Office, session: Session, request: Request, form: Form) -> Outcome:
    seen = look(office, session, request)
    seen.check(form, UNDO)
    wanted = _own(seen, read_seen(form.many("match")))
    done = undo_each(session, wanted, seen.person.address, seen.now)
    return _noted(Outcome(Decision.UNDO, done))


def _own(seen: Look, wanted: Seen) -> Seen:
    """Return those of the matches that the person sees; others are as good as unknown."""
    known = {m.id for m in matches_seen(seen.session, wanted, departments_of(seen.person))}
    return {number: version for number, version in wanted.items() if number in known}


def _noted(outcome: Outcome) -> Outcome:
    done, overtaken = len(outcome.done.done), len(outcome.done.overtaken)
    more = {"act": outcome.decision.value, "done": done, "overtaken": overtaken}
    log.info("matches reviewed", extra=more)
    return outcome


def _after(form: Form, outcome: Outcome) -> str:
    """Return where to look next: where one was, with a word on what was done."""
    notice = urlencode(outcome.told)
    if form.one("on").isdecimal():
        return f"/desk/matches/{int(form.one('on'))}?{notice}"
    before = query_of(read_wanted(read_back(form), None))
    return f"/desk?{'&'.join(filter(None, (before, notice)))}"


def _again(office: Office, request: Request, sheet: Sheet) -> Response:
    """Return the page that a form was sent from, with why it was not done, and what it held."""
    form = sheet.form
    with session_scope(office.site.engine) as session:
        seen = look(office, session, request)
        if form.one("on").isdecimal():
            return _match(seen, int(form.one("on")), sheet)
        return _queue(seen, _wanted(seen, read_back(form)), sheet)


def _wanted(seen: Look, query: Mapping[str, str]) -> Wanted:
    return read_wanted(query, departments_of(seen.person))


def _queue(seen: Look, wanted: Wanted, sheet: Sheet) -> Response:
    found = queue_page(seen.session, wanted, seen.now)
    values: dict[str, object] = {
        **_common(seen, sheet),
        "cards": cards_of(seen.session, found.matches, seen.view),
        "found": found,
        "wanted": wanted,
        "back": query_of(wanted),
        "previous": on_page(wanted, wanted.page - 1) if wanted.page > 1 else None,
        "next": on_page(wanted, wanted.page + 1) if found.more else None,
        "nothing": say(seen.language, NOTHING[wanted.state]),
        "is_narrowed": asks_for_something(wanted),
        "filters": _filters(seen),
    }
    return seen.page("desk.html", values, sheet.problems)


def _match(seen: Look, number: int, sheet: Sheet) -> Response:
    match = shown_match(seen.session, number, departments_of(seen.person))
    if match is None:
        raise HTTPException(404)
    (card,) = cards_of(seen.session, [match], seen.view)
    values: dict[str, object] = {
        **_common(seen, sheet),
        "match": match,
        "card": card,
        "answers": answers_of(match, seen.language),
        "shares": shares_of(match, seen.language),
        "back": "",
    }
    return seen.page("desk_match.html", values, sheet.problems)


def _common(seen: Look, sheet: Sheet) -> dict[str, object]:
    """Return what both the queue and the page of a match show."""
    notice: Notice | None = told_by(seen, sheet.told, sheet.unsaid)
    return {
        "notice": notice,
        "sent": sheet.form,
        "reasons": said(seen.language, REASONS),
        "assignees": _assignees(seen),
        "form_token": seen.token(ACT),
        "undo_token": seen.token(UNDO) if notice else "",
        "can_advise": seen.person.role is not Role.CONTACT,
    }


def _filters(seen: Look) -> dict[str, Options]:
    """Return what the queue can be narrowed to."""
    language, departments = seen.language, seen.office.departments(seen.person)
    programmes = sorted(programmes_on_offer(seen.session))
    anybody = ("", say(language, "anybody"))
    return {
        "state": said(language, STATES),
        "order": said(language, ORDERS),
        "department": (
            ("", say(language, "all")),
            *sorted(((key, one.name) for key, one in departments.items()), key=lambda o: o[1]),
        ),
        "programme": (
            ("", say(language, "all")),
            *((one, programme_name(one, language)) for one in programmes),
        ),
        "band": (("", say(language, "any")), *said(language, FITS)),
        "days": (("", say(language, "any time")), *said(language, DAYS)),
        "assignee": (
            anybody,
            (NOBODY, say(language, "nobody")),
            *_assignees(seen),
        ),
    }


def _assignees(seen: Look) -> list[tuple[str, str]]:
    """Return who can look after a match, as choices."""
    return [(address, address) for address in sorted(seen.office.site.accounts)]
