"""What a reader says of a call: by the link of a mail, or signed in. Only a POST acts."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.dates import day
from config.translation import say
from store.db import in_transaction, session_scope
from store.models import Match, Subscriber, Verdict
from store.search import opportunity_by_reference
from store.tokens import read_settings_token
from store.words import (
    OwnWord,
    judged_opportunities,
    matches_to_judge,
    say_word,
    take_back,
    words_on,
)
from web.accounts import NotSignedInError, check_own_form, own_form_token, sign_in_of
from web.choices import said
from web.criteria import PATH
from web.desk_words import REASONS
from web.feedback_words import LONG, NO_GROUP, SAYABLE, TAKEN_BACK
from web.forms import Form, SentForm, check_form, form_token
from web.reading import ProblemsError, Reading
from web.site import Site, language_of, reader_language, see_other

log = logging.getLogger(__name__)

ACT = "word"
TAKE_BACK = "take_back"
LEAVE_OUT = "excluded topic: "
"""How a reason begins that names what to leave out (``matcher.feedback.excluded_words``)."""

LONGEST_TOPIC = 100


@dataclass(frozen=True, slots=True)
class Door:
    """Who came to speak of a call, and by which way."""

    session: Session
    subscriber: Subscriber
    opportunity_id: int
    address: str
    """Of the page."""
    language: str
    token: Callable[[], str]
    """Makes what the forms of the page carry."""
    check: Callable[[Form], None]
    """Passes where a form is one of the page."""
    settings: str = ""
    """Address of the reader's settings; empty where they did not come by their link."""

    def matches(self) -> Sequence[Match]:
        """Return what the reader may speak of.

        Raises:
            HTTPException: If that is nothing.
        """
        found = matches_to_judge(self.session, self.subscriber.id, self.opportunity_id)
        if not found:
            raise HTTPException(404)
        return found


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page says beside the call itself."""

    asked: str = ""
    """The verdict that the reader came for."""
    done: str = ""
    sent: Form = field(default_factory=lambda: Form({}))
    problems: Mapping[str, str] = field(default_factory=dict)


def feedback_pages(site: Site) -> APIRouter:
    """Return the routes for who came by the link of a mail."""
    router = APIRouter()

    @router.api_route("/manage/{token}/words", methods=["GET", "HEAD"])
    def everything(token: str) -> Response:
        """Show everything a reader said."""
        with session_scope(site.engine) as session:
            return _list(site, session, token)

    @router.api_route("/manage/{token}/words/{number}", methods=["GET", "HEAD"])
    def show(token: str, number: int, request: Request) -> Response:
        """Show a call, and what can be said of it; nothing happens yet."""
        with session_scope(site.engine) as session:
            return _page(site, _by_link(site, session, token, number), _asked(request))

    @router.post("/manage/{token}/words/{number}")
    def speak(token: str, number: int, form: SentForm) -> Response:
        """Keep what a reader says."""
        return _answer(site, lambda session: _by_link(site, session, token, number), form)

    return router


def own_feedback_pages(site: Site) -> APIRouter:
    """Return the routes for who is signed in and follows groups of their own."""
    router = APIRouter()

    @router.api_route(PATH + "/{reference}/words", methods=["GET", "HEAD"])
    def show(reference: str, request: Request) -> Response:
        """Show a call, and what can be said of it; nothing happens yet."""
        with session_scope(site.engine) as session:
            return _page(site, _signed_in(site, session, request, reference), _asked(request))

    @router.post(PATH + "/{reference}/words")
    def speak(reference: str, request: Request, form: SentForm) -> Response:
        """Keep what a reader says."""
        return _answer(site, lambda session: _signed_in(site, session, request, reference), form)

    return router


def _by_link(site: Site, session: Session, token: str, number: int) -> Door:
    key, now = site.key(session), site.clock()
    subscriber = read_settings_token(session, key, token, now).subscriber
    thing = f"{subscriber.id} {number}"
    return Door(
        session,
        subscriber,
        number,
        f"/manage/{token}/words/{number}",
        reader_language(subscriber),
        partial(form_token, key, ACT, thing, now),
        lambda form: check_form(key, form, ACT, thing, now),
        f"/manage/{token}",
    )


def _signed_in(site: Site, session: Session, request: Request, reference: str) -> Door:
    found = sign_in_of(site, session, request)
    if found is None:
        raise NotSignedInError
    opportunity = opportunity_by_reference(session, reference)
    if opportunity is None:
        raise HTTPException(404)
    thing = str(opportunity.id)
    return Door(
        session,
        found.subscriber,
        opportunity.id,
        f"{PATH}/{reference}/words",
        language_of(request),
        partial(own_form_token, site, session, request, ACT, thing),
        lambda form: check_own_form(site, session, request, (form, ACT, thing)),
    )


def _answer(site: Site, way: Callable[[Session], Door], form: Form) -> Response:
    try:
        where = in_transaction(site.engine, lambda session: _speak(site, way(session), form))
    except ProblemsError as error:
        with session_scope(site.engine) as session:
            shown = Shown(form.one("verdict"), "", form, error.problems)
            return _page(site, way(session), shown)
    return see_other(where)


def _speak(site: Site, door: Door, form: Form) -> str:
    """Do what a button asks for, and return where to look next."""
    door.check(form)
    matches = door.matches()
    if form.one("verdict") == TAKE_BACK:
        take_back(door.session, door.subscriber.id, door.opportunity_id)
    else:
        verdict, reason, slugs = _read_word(form, [match.profile.slug for match in matches])
        chosen = [match for match in matches if match.profile.slug in slugs]
        word = OwnWord(verdict, reason, site.clock())
        say_word(door.session, door.subscriber.id, chosen, word)
    more = {"subscriber_id": door.subscriber.id, "opportunity_id": door.opportunity_id}
    log.info("reader gave a word", extra=more)
    return f"{door.address}?done={'back' if form.one('verdict') == TAKE_BACK else 'yes'}"


def _read_word(form: Form, slugs: Collection[str]) -> tuple[Verdict, str | None, Collection[str]]:
    """Return what is said, why, and for which of some groups.

    Raises:
        ProblemsError: If a field cannot be used.
    """
    reading = Reading(form)
    verdict = reading.among("verdict", list(Verdict))
    if verdict != Verdict.NOT_FOR_US:
        reading.check()
        return Verdict(verdict), None, slugs
    chosen = reading.some("profile", slugs) if len(slugs) > 1 else slugs
    code, topic = reading.among("reason", ("", *REASONS)), form.one("leave_out")
    if not chosen:
        reading.refuse("profile", NO_GROUP)
    if len(topic) > LONGEST_TOPIC:
        reading.refuse("leave_out", LONG)
    reading.check()
    return Verdict.NOT_FOR_US, f"{LEAVE_OUT}{topic}" if topic else code or None, chosen


def _asked(request: Request) -> Shown:
    query = request.query_params
    return Shown(query.get("say", ""), query.get("done", ""))


def _page(site: Site, door: Door, shown: Shown) -> Response:
    matches, language = door.matches(), door.language
    opportunity = matches[0].opportunity
    word = words_on(door.session, door.subscriber.id, [opportunity.id]).get(opportunity.id)
    groups = ", ".join(match.profile.name for match in matches)
    values: dict[str, object] = {
        "opportunity": opportunity,
        "address": door.address,
        "settings": door.settings,
        "path": PATH,
        "form_token": door.token(),
        "word": word,
        "standing": say(language, SAYABLE[word.verdict].standing) if word else "",
        "follows": say(language, SAYABLE[word.verdict].effect, groups=groups) if word else "",
        "when": _day(word, door) if word else "",
        "done": say(language, TAKEN_BACK) if shown.done == "back" and not word else "",
        "ways": _ways(shown.asked, groups, language),
        "reasons": (("", say(language, "No reason given")), *said(language, REASONS)),
        "profiles": [(match.profile.slug, match.profile.name) for match in matches],
        "sent": shown.sent,
    }
    return site.form_page("feedback.html", values, shown.problems, language)


def _ways(asked: str, groups: str, language: str) -> list[tuple[Verdict, str, str, str]]:
    """Return what can be said, that first which was asked for: name, effect and button."""
    ordered = sorted(SAYABLE, key=lambda verdict: verdict.value != asked)
    return [
        (
            verdict,
            say(language, SAYABLE[verdict].name),
            say(language, SAYABLE[verdict].effect, groups=groups),
            say(language, SAYABLE[verdict].button),
        )
        for verdict in ordered
    ]


def _list(site: Site, session: Session, token: str) -> Response:
    subscriber = read_settings_token(session, site.key(session), token, site.clock()).subscriber
    language = reader_language(subscriber)
    opportunities = judged_opportunities(session, subscriber.id)
    words = words_on(session, subscriber.id, [one.id for one in opportunities])
    values: dict[str, object] = {
        "token": token,
        "rows": [
            (one, say(language, SAYABLE[words[one.id].verdict].name)) for one in opportunities
        ],
    }
    return site.page("words.html", values, language=language)


def _day(word: OwnWord, door: Door) -> str:
    zone = ZoneInfo(door.subscriber.time_zone)
    return day(word.at.astimezone(zone).date(), door.language)
