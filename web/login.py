"""Signing in by a link that is mailed, or was printed where the service was started.

Whether an address has an account cannot be told from outside: the answer is given before anybody
looks.
"""

from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlalchemy.orm import Session

from config.accounts import LOCAL
from store.db import in_transaction, session_scope
from store.logins import Holder, arrive, issue_link
from store.models import Purpose
from web.accounts import signed_in
from web.arrivals import Door, let_in, linked
from web.correspondence import Correspondence, mail_afterwards
from web.forms import Form, SentForm, check_form, form_token
from web.keepsakes import PROOF
from web.limits import asking, keep_to, signing_in
from web.reading import ProblemsError, read_own_address
from web.site import Site, inside, language_of, see_other

ACT = "login"
DOOR = Door(Purpose.LOGIN, ACT, "login_link.html")


def login_pages(site: Site, *, by_mail: bool) -> APIRouter:
    """Return the routes of where one signs in, and of opening a link."""
    router = APIRouter()

    @router.api_route("/login", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show the ways to sign in."""
        onward = inside(request.query_params.get("next", ""))
        with session_scope(site.engine) as session:
            if signed_in(site, session, request) is not None:
                return see_other(onward or "/account")
        return login_page(site, request, Form({"next": (onward,)}), {}, by_mail=by_mail)

    @router.api_route("/login/link/{secret}", methods=["GET", "HEAD"])
    def knock(secret: str) -> Response:
        """Show the button that signs in."""
        return DOOR.knock(site, secret)

    @router.post("/login/link/{secret}")
    def enter(secret: str, request: Request, form: SentForm) -> Response:
        """Sign in, once for each link."""
        keep_to(site, signing_in(request))

        def work(session: Session) -> Response:
            check_form(site.key(session), form, ACT, secret, site.clock())
            arrival = arrive(session, secret, site.clock())
            linked(site, session, request, arrival.subscriber)
            return let_in(site, session, request, arrival)

        answer = in_transaction(site.engine, work)
        PROOF.take(site, request, answer)
        return answer

    return router


def asking_pages(site: Site, correspondence: Correspondence) -> APIRouter:
    """Return the routes of asking for such a link by mail."""
    router = APIRouter()

    @router.post("/login")
    def ask(request: Request, form: SentForm, tasks: BackgroundTasks) -> Response:
        """Mail a link to the address, if it has an account."""
        with session_scope(site.engine) as session:
            check_form(site.key(session), form, ACT, "", site.clock())
        try:
            address = read_own_address(form)
        except ProblemsError as error:
            return login_page(site, request, form, dict(error.problems), by_mail=True)
        keep_to(site, asking(request, address))
        language = language_of(request)
        holder = Holder(address, language, site.settings.time_zone)
        tasks.add_task(mail_link, site, correspondence, holder, inside(form.one("next")))
        return see_other(f"/login/asked?language={language}")

    @router.api_route("/login/asked", methods=["GET", "HEAD"])
    def asked(request: Request) -> Response:
        """Say that a mail is on its way, whoever asked."""
        return site.page("asked.html", {"act": ACT}, language=language_of(request))

    return router


def mail_link(site: Site, correspondence: Correspondence, holder: Holder, onward: str) -> None:
    """Mail a link to an address if it has an account; the page has been answered by now."""
    if holder.address not in site.accounts or holder.address == LOCAL.address:
        return

    def write(session: Session) -> None:
        now = site.clock()
        correspondence.write(session, issue_link(session, holder, onward, now), now)

    mail_afterwards(site.engine, correspondence, write)


def login_page(
    site: Site, request: Request, form: Form, problems: dict[str, str], *, by_mail: bool
) -> Response:
    """Return the page that shows the ways to sign in."""
    language = language_of(request)
    with session_scope(site.engine) as session:
        values = {
            "form": form,
            "form_token": form_token(site.key(session), ACT, "", site.clock()),
            "by_mail": by_mail,
            "printed": LOCAL.address in site.accounts,
            "provider": site.settings.oidc_name if site.settings.oidc_issuer else "",
            "onward": inside(form.one("next")),
        }
    return site.form_page("login.html", values, problems, language)
