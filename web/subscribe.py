"""Asking for digests, and confirming it. Nobody is written digests to before they pressed a button.

The answer is the same whether an address is known here or not, and so is what is done for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.numbers import format_decimal
from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlalchemy.orm import Session

from config.organisation import Department
from store.db import in_transaction, session_scope
from store.estimates import Estimate, estimate
from store.filters import Filters
from store.following import Following
from store.issued_tokens import issue_confirmation, known_token, use_token
from store.models import Cadence, Profile, Purpose, Subscriber
from store.offers import programmes_on_offer
from store.profiles import profiles_in_use
from store.subscribers import masked
from store.tokens import visit_token
from store.wishes import Wish, come_true, wished_profiles, wishing
from web.choices import choices
from web.correspondence import Correspondence, flush
from web.forms import Form, SentForm, check_form, form_token
from web.limits import asking, keep_to, looking
from web.profile_list import grouped, searched
from web.reading import ProblemsError, Reading, as_form, read_following, read_profiles, read_wish
from web.site import Site, language_of, see_other
from web.wording import wording

ACT = "subscribe"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the form shows besides the fields."""

    problems: Mapping[str, str]
    estimate: Estimate | None = None


def subscribe_pages(
    site: Site, correspondence: Correspondence, departments: Mapping[str, Department]
) -> APIRouter:
    """Return the routes of asking for digests."""
    router = APIRouter()

    @router.api_route("/subscribe", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show the form."""
        return _form_page(site, request, _empty(site, request), departments, Shown({}))

    @router.post("/subscribe/look")
    def look(request: Request, form: SentForm) -> Response:
        """Show the form again, with the groups a search finds or an estimate; nothing is kept."""
        _check(site, form)
        keep_to(site, looking(request))
        try:
            shown = Shown({}, _estimate(site, form) if form.has("estimate") else None)
        except ProblemsError as error:
            shown = Shown(error.problems)
        return _form_page(site, request, form, departments, shown)

    @router.post("/subscribe")
    def ask(request: Request, form: SentForm, tasks: BackgroundTasks) -> Response:
        """Mail the address a link to confirm what was asked for in its name."""
        _check(site, form)
        with session_scope(site.engine) as session:
            slugs = [profile.slug for profile in profiles_in_use(session)]
        try:
            address, wish = read_wish(form, slugs)
        except ProblemsError as error:
            return _form_page(site, request, form, departments, Shown(error.problems))
        keep_to(site, asking(request, address))
        in_transaction(site.engine, lambda s: _ask(site, s, correspondence, (address, wish)))
        tasks.add_task(flush, correspondence)
        return see_other(f"/subscribe/asked?language={language_of(request)}")

    @router.api_route("/subscribe/asked", methods=["GET", "HEAD"])
    def asked(request: Request) -> Response:
        """Say that a mail is on its way, whoever asked."""
        return site.page("asked.html", {"act": ACT}, language=language_of(request))

    return router


def confirm_pages(site: Site) -> APIRouter:
    """Return the routes of confirming."""
    router = APIRouter()

    @router.api_route("/confirm/{secret}", methods=["GET", "HEAD"])
    def show(secret: str) -> Response:
        """Show what would be confirmed, and the button that does it."""
        with session_scope(site.engine) as session:
            token = known_token(session, Purpose.CONFIRM, secret, site.clock())
            subscriber = session.get_one(Subscriber, token.subscriber_id)
            wish = Wish.kept(token.wish)
            values = {
                "address": masked(subscriber.address),
                "wording": wording(session, token, site.settings),
                "usable": bool(wished_profiles(session, wish)),
                "form_token": form_token(site.key(session), "confirm", secret, site.clock()),
            }
            return site.page("confirm.html", values, language=wish.preferences.language)

    @router.post("/confirm/{secret}")
    def act(secret: str, form: SentForm) -> Response:
        """Let what was asked for come true, once."""

        def work(session: Session) -> str:
            now, key = site.clock(), site.key(session)
            check_form(key, form, "confirm", secret, now)
            token = use_token(session, Purpose.CONFIRM, secret, now)
            agreed = "\n".join(wording(session, token, site.settings))
            return visit_token(key, come_true(session, token, agreed, now), now)

        visit = in_transaction(site.engine, work)
        return see_other(f"/manage/{visit}?done=confirm")

    return router


def _check(site: Site, form: Form) -> None:
    with session_scope(site.engine) as session:
        check_form(site.key(session), form, ACT, "", site.clock())


def _ask(
    site: Site, session: Session, correspondence: Correspondence, asked: tuple[str, Wish]
) -> None:
    (address, wish), now = asked, site.clock()
    subscriber = wishing(session, address, wish.preferences, now)
    correspondence.write(session, issue_confirmation(session, subscriber, wish, now), now)


def _empty(site: Site, request: Request) -> Form:
    return as_form(
        Following(Cadence.WEEKLY, Filters()),
        language=(language_of(request),),
        time_zone=(site.settings.time_zone,),
    )


def _estimate(site: Site, form: Form) -> Estimate:
    """Return what the chosen profiles would bring together.

    Raises:
        ProblemsError: If none is chosen, or a filter cannot be used.
    """
    reading = Reading(form)
    with session_scope(site.engine) as session:
        profiles = {profile.slug: profile for profile in profiles_in_use(session)}
        following = read_following(reading)
        chosen = read_profiles(reading, profiles)
        reading.check()
        numbers = [profiles[slug].id for slug in chosen]
        return estimate(session, numbers, following.filters, site.clock())


def _form_page(
    site: Site, request: Request, form: Form, departments: Mapping[str, Department], shown: Shown
) -> Response:
    language = language_of(request)
    with session_scope(site.engine) as session:
        profiles: Sequence[Profile] = profiles_in_use(session)
        found = searched(profiles, departments, form.one("search"), form.many("profile"))
        values: dict[str, object] = {
            "form": form,
            "estimate": shown.estimate,
            "per_week": shown.estimate
            and format_decimal(shown.estimate.a_week, "0.#", locale=language),
            "groups": grouped(found, departments),
            "choices": choices(
                language, site.settings, programmes_on_offer(session), form.many("action_type")
            ),
            "form_token": form_token(site.key(session), ACT, "", site.clock()),
        }
    return site.form_page("subscribe.html", values, shown.problems, language)
