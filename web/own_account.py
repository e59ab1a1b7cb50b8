"""The page of a person who is signed in: who they are here, and signing out."""

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from config.organisation import Department
from config.translation import translatable
from store.db import in_transaction, session_scope
from store.sign_ins import sign_out, sign_out_everywhere
from web.accounts import Role, check_own_form, need, own_form_token, sign_in_of
from web.cookies import sign_in_secret, take_secret
from web.forms import SentForm
from web.site import Site, language_of, see_other

ROLES = {
    Role.ADVISER: translatable("Adviser"),
    Role.CONTACT: translatable("Department contact"),
    Role.ADMINISTRATOR: translatable("Administrator"),
}
ACT = "sign out"
EVERYWHERE = "sign out everywhere"


def own_account_pages(site: Site, departments: dict[str, Department]) -> APIRouter:
    """Return the routes of one's own account."""
    router = APIRouter()

    @router.api_route("/account", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show as whom one is signed in, and the buttons that end it."""
        with session_scope(site.engine) as session:
            person = need(site, session, request)
            values: dict[str, object] = {
                "role": ROLES[person.role],
                "departments": [departments[one].name for one in person.departments],
                "form_tokens": {
                    act: own_form_token(site, session, request, act, "")
                    for act in (ACT, EVERYWHERE)
                },
            }
        return site.page("own_account.html", values, language=language_of(request))

    @router.post("/logout")
    def leave(request: Request, form: SentForm) -> Response:
        """Sign out at this browser."""

        def work(session: Session) -> None:
            check_own_form(site, session, request, (form, ACT, ""))
            sign_out(session, sign_in_secret(site, request))

        in_transaction(site.engine, work)
        return _gone(site, request)

    @router.post("/logout/everywhere")
    def leave_everywhere(request: Request, form: SentForm) -> Response:
        """Sign out at every browser."""

        def work(session: Session) -> None:
            check_own_form(site, session, request, (form, EVERYWHERE, ""))
            found = sign_in_of(site, session, request)
            if found is not None:
                sign_out_everywhere(session, found.subscriber_id)

        in_transaction(site.engine, work)
        return _gone(site, request)

    @router.api_route("/logged-out", methods=["GET", "HEAD"])
    def gone(request: Request) -> Response:
        """Say that nobody is signed in at this browser."""
        return site.page("logged_out.html", {}, language=language_of(request))

    return router


def _gone(site: Site, request: Request) -> Response:
    answer = see_other(f"/logged-out?language={language_of(request)}")
    take_secret(site, request, answer)
    return answer
