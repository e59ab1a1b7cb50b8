"""The way to one's settings without a password: a link by mail, which works once.

Whether an address is known here cannot be told from outside: the answer is given before anybody
looks.
"""

from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.db import in_transaction, session_scope
from store.issued_tokens import issue_entrance, use_token
from store.models import Purpose, Subscriber
from store.tokens import visit_token
from web.arrivals import Door
from web.correspondence import Correspondence, mail_afterwards
from web.forms import Form, SentForm, check_form, form_token
from web.limits import asking, keep_to
from web.reading import ProblemsError, read_own_address
from web.site import Site, language_of, see_other

ACT = "link"
DOOR = Door(Purpose.LINK, "enter", "enter.html")


def entrance_pages(site: Site, correspondence: Correspondence) -> APIRouter:
    """Return the routes of asking for a link."""
    router = APIRouter()

    @router.api_route("/link", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show where to enter an address."""
        return _form_page(site, request, Form({}), {})

    @router.post("/link")
    def ask(request: Request, form: SentForm, tasks: BackgroundTasks) -> Response:
        """Mail a link to the address, if it is known."""
        with session_scope(site.engine) as session:
            check_form(site.key(session), form, ACT, "", site.clock())
        try:
            address = read_own_address(form)
        except ProblemsError as error:
            return _form_page(site, request, form, dict(error.problems))
        keep_to(site, asking(request, address))
        tasks.add_task(_send_link, site, correspondence, address)
        return see_other(f"/link/asked?language={language_of(request)}")

    @router.api_route("/link/asked", methods=["GET", "HEAD"])
    def asked(request: Request) -> Response:
        """Say that a mail is on its way, whoever asked."""
        return site.page("asked.html", {"act": ACT}, language=language_of(request))

    return router


def enter_pages(site: Site) -> APIRouter:
    """Return the routes of opening such a link."""
    router = APIRouter()

    @router.api_route("/enter/{secret}", methods=["GET", "HEAD"])
    def knock(secret: str) -> Response:
        """Show the button that opens the settings."""
        return DOOR.knock(site, secret)

    @router.post("/enter/{secret}")
    def enter(secret: str, form: SentForm) -> Response:
        """Open the settings, once for each link."""

        def work(session: Session) -> str:
            now, key = site.clock(), site.key(session)
            check_form(key, form, DOOR.act, secret, now)
            token = use_token(session, Purpose.LINK, secret, now)
            return visit_token(key, session.get_one(Subscriber, token.subscriber_id), now)

        return see_other(f"/manage/{in_transaction(site.engine, work)}")

    return router


def send_link(
    site: Site, session: Session, correspondence: Correspondence, subscriber: Subscriber
) -> None:
    """Queue a mail with a link to the settings of ``subscriber``."""
    now = site.clock()
    correspondence.write(session, issue_entrance(session, subscriber, now), now)


def _send_link(site: Site, correspondence: Correspondence, address: str) -> None:
    """Mail a link to an address if it is known; the page has been answered by now."""

    def write(session: Session) -> None:
        found = session.scalar(select(Subscriber).where(Subscriber.address == address))
        if found is not None:
            send_link(site, session, correspondence, found)

    mail_afterwards(site.engine, correspondence, write)


def _form_page(site: Site, request: Request, form: Form, problems: dict[str, str]) -> Response:
    language = language_of(request)
    with session_scope(site.engine) as session:
        values = {
            "form": form,
            "form_token": form_token(site.key(session), ACT, "", site.clock()),
        }
    return site.form_page("link.html", values, problems, language)
