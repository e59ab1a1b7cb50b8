"""Applications: that a group plans to apply, applied, and with what result. Only a POST enters."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from babel.numbers import format_decimal
from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.dates import day
from config.translation import say, translatable
from store.applications import (
    Entered,
    OvertakenError,
    application_history,
    applications_as_they_stand,
    enter,
    opportunities_called,
)
from store.db import in_transaction, session_scope
from store.models import Application, ApplicationState, Opportunity, Profile
from store.profiles import UnknownProfileError, profile_by_slug
from store.search import opportunity_by_reference
from store.unmatched import profiles_of
from web.choices import said
from web.desk_office import Look, Office, look
from web.desk_reading import LONGEST_COMMENT, departments_of
from web.forms import Form, SentForm
from web.reading import ProblemsError, Reading
from web.report_words import APPLICATION_STATES
from web.site import see_other

log = logging.getLogger(__name__)

ACT = "application"
MOST_EUR = Decimal(10**12)
NO_DAY = translatable("Enter a day, such as 2026-05-20; only a plan may lie ahead.")
NO_AMOUNT = translatable("Enter an amount in euro, such as 2500000, or nothing.")
LONG_NOTE = translatable("Write a note of at most 2,000 characters.")
OVERTAKEN = translatable(
    "Somebody made an entry since you looked; nothing of yours was kept. Look at it, and enter"
    " yours again if it still holds."
)
NOTHING_CALLED = translatable("No call has this identifier. It stands below the call's title.")


@dataclass(frozen=True, slots=True)
class Pair:
    """Who applies, for what."""

    profile: Profile
    opportunity: Opportunity

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return f"/applications/{self.profile.slug}/{self.opportunity.reference}"


def application_pages(office: Office) -> APIRouter:
    """Return the routes of applications."""
    router = APIRouter()

    @router.api_route("/applications", methods=["GET", "HEAD"])
    def show_all(request: Request) -> Response:
        """Show how every application stands, and lead to where one is entered."""
        with session_scope(office.site.engine) as session:
            return _list(look(office, session, request))

    @router.api_route("/applications/{slug}/{reference}", methods=["GET", "HEAD"])
    def show(slug: str, reference: str, request: Request) -> Response:
        """Show what was entered of one application, and the form for more."""
        with session_scope(office.site.engine) as session:
            seen = look(office, session, request)
            return _page(seen, _pair(seen, slug, reference), Form({}), {})

    @router.post("/applications/{slug}/{reference}")
    def add(slug: str, reference: str, request: Request, form: SentForm) -> Response:
        """Append an entry."""

        def work(session: Session) -> str:
            seen = look(office, session, request)
            return _enter(seen, _pair(seen, slug, reference), form)

        try:
            where = in_transaction(office.site.engine, work)
        except ProblemsError as error:
            with session_scope(office.site.engine) as session:
                seen = look(office, session, request)
                return _page(seen, _pair(seen, slug, reference), form, error.problems)
        return see_other(where)

    return router


def read_amount(text: str) -> Decimal | None:
    """Return an amount in euro; None where nothing is entered.

    Raises:
        ValueError: If it is no amount.

    >>> read_amount("2 500 000"), read_amount("")
    (Decimal('2500000'), None)
    """
    plain = "".join(text.split()).replace(",", "")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(f"no amount: {text!r}") from error
    if not (amount.is_finite() and 0 <= amount < MOST_EUR):
        raise ValueError(f"no amount: {text!r}")
    return amount.quantize(Decimal("0.01")) if amount % 1 else amount


def _pair(seen: Look, slug: str, reference: str) -> Pair:
    """Return who applies for what, where the person sees the group."""
    opportunity = opportunity_by_reference(seen.session, reference)
    try:
        profile = profile_by_slug(seen.session, slug)
    except UnknownProfileError as error:
        raise HTTPException(404) from error
    own = departments_of(seen.person)
    if opportunity is None or (own is not None and profile.department not in own):
        raise HTTPException(404)
    return Pair(profile, opportunity)


def _enter(seen: Look, pair: Pair, form: Form) -> str:
    seen.check(form, ACT)
    entered = _read_entry(seen, form)
    known = form.one("seen")
    number = int(known) if known.isdecimal() and len(known) < 6 else -1
    try:
        entry = enter(seen.session, pair.profile, pair.opportunity, entered, number)
    except OvertakenError as error:
        raise ProblemsError({"state": OVERTAKEN}) from error
    log.info("application entered", extra={"application_id": entry.id, "state": entry.state.value})
    return f"{pair.address}?done=yes"


def _read_entry(seen: Look, form: Form) -> Entered:
    """Return what a form enters.

    Raises:
        ProblemsError: If a field cannot be used.
    """
    reading = Reading(form)
    state = reading.among("state", list(ApplicationState))
    amount, note = None, form.one("note")
    try:
        amount = read_amount(form.one("amount"))
    except ValueError:
        reading.refuse("amount", NO_AMOUNT)
    if len(note) > LONGEST_COMMENT:
        reading.refuse("note", LONG_NOTE)
    when = _read_day(form.one("day"), _today(seen), may_lie_ahead=state == ApplicationState.PLANNED)
    if when is None:
        reading.refuse("day", NO_DAY)
    reading.check()
    return Entered(
        ApplicationState(state), when or _today(seen), amount, note or None,
        seen.person.address, seen.now,
    )  # fmt: skip


def _read_day(text: str, today: date, *, may_lie_ahead: bool) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    if not 2000 <= found.year <= 2100 or (found > today and not may_lie_ahead):
        return None
    return found


def _today(seen: Look) -> date:
    return seen.now.astimezone(seen.office.zone).date()


def _page(seen: Look, pair: Pair, sent: Form, problems: Mapping[str, str]) -> Response:
    history = application_history(seen.session, pair.profile.id, pair.opportunity.id)
    values: dict[str, object] = {
        "pair": pair,
        "history": [_told(seen, entry) for entry in history],
        "states": said(seen.language, APPLICATION_STATES),
        "sent": sent,
        "day": sent.one("day") or _today(seen).isoformat(),
        "seen": len(history),
        "form_token": seen.token(ACT),
        "done": say(seen.language, "It is entered.") if _is_done(seen) else "",
        "searchable": seen.office.site.searchable,
    }
    return seen.page("application.html", values, problems)


def _is_done(seen: Look) -> bool:
    return bool(seen.request.query_params.get("done"))


def _list(seen: Look) -> Response:
    own, query = departments_of(seen.person), seen.request.query_params
    profiles = profiles_of(seen.session, own)
    slug, topic_id = query.get("profile", ""), query.get("topic_id", "").strip()[:200]
    found = opportunities_called(seen.session, topic_id) if topic_id else ()
    is_known = slug in {profile.slug for profile in profiles}
    if is_known and len(found) == 1:
        return see_other(f"/applications/{slug}/{found[0].reference}")
    standing = applications_as_they_stand(seen.session, own)
    values: dict[str, object] = {
        "rows": [(entry, _told(seen, entry)) for entry in standing],
        "profiles": [(profile.slug, profile.name) for profile in profiles],
        "profile": slug,
        "topic_id": topic_id,
        "found": found if is_known else (),
    }
    problems = {"topic_id": NOTHING_CALLED} if topic_id and not found else {}
    return seen.page("applications.html", values, problems)


def _told(seen: Look, entry: Application) -> dict[str, str]:
    """Return an entry in words."""
    amount = entry.amount_eur
    return {
        "state": say(seen.language, APPLICATION_STATES[entry.state]),
        "day": day(entry.day, seen.language),
        "amount": "" if amount is None else format_decimal(amount, locale=seen.language),
        "note": entry.note or "",
        "by": entry.by,
        "at": day(entry.at.astimezone(seen.office.zone).date(), seen.language),
    }
