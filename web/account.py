"""Taking one's data along, and being forgotten: for who has just proven that the address is theirs.

A link at the end of a mail may have been forwarded with it; what cannot be taken back asks for a
fresh one.
"""

import logging

from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from store.db import in_transaction, session_scope
from store.erasing import erase
from store.exports import export
from store.models import Subscriber
from store.subscribers import masked
from store.tokens import Visitor, read_settings_token
from web.correspondence import Correspondence, flush
from web.entrance import send_link
from web.forms import Form, SentForm, check_form, form_token
from web.limits import asking, keep_to
from web.site import Site, language_of, reader_language, see_other

log = logging.getLogger(__name__)


def account_pages(site: Site) -> APIRouter:
    """Return the routes of export and erasure."""
    router = APIRouter()

    @router.api_route("/manage/{token}/data", methods=["GET", "HEAD"])
    def show(token: str) -> Response:
        """Show what is kept, and the buttons that hand it out or erase it."""
        with session_scope(site.engine) as session:
            visitor, key = _visitor(site, session, token), site.key(session)
            thing = str(visitor.subscriber.id)
            values = {
                "token": token,
                "address": masked(visitor.subscriber.address),
                "proven": visitor.proven,
                "form_tokens": {
                    act: form_token(key, act, thing, site.clock())
                    for act in ("export", "erase", "prove")
                },
            }
            return site.page("data.html", values, language=reader_language(visitor.subscriber))

    @router.post("/manage/{token}/export")
    def hand_out(token: str, form: SentForm) -> Response:
        """Hand out everything that is kept about a person; nothing changes."""
        with session_scope(site.engine) as session:
            subscriber = _proven(site, session, token, (form, "export"))
            document = export(session, subscriber.id, site.clock())
        headers = {
            "Content-Disposition": 'attachment; filename="callwatch-data.json"',
            "Cache-Control": "no-store",
        }
        return Response(document, media_type="application/json", headers=headers)

    @router.post("/manage/{token}/erase")
    def forget(token: str, form: SentForm) -> Response:
        """Delete everything that is kept about a person."""

        def work(session: Session) -> int:
            number = _proven(site, session, token, (form, "erase")).id
            erase(session, number)
            return number

        log.info("reader erased", extra={"subscriber_id": in_transaction(site.engine, work)})
        return see_other("/erased")

    @router.api_route("/erased", methods=["GET", "HEAD"])
    def gone(request: Request) -> Response:
        """Say that nothing is kept any more."""
        return site.page("erased.html", {}, language=language_of(request))

    return router


def proof_pages(site: Site, correspondence: Correspondence) -> APIRouter:
    """Return the route of proving that an address is one's own."""
    router = APIRouter()

    @router.post("/manage/{token}/prove")
    def prove(token: str, request: Request, form: SentForm, tasks: BackgroundTasks) -> Response:
        """Mail a fresh link to the address."""
        with session_scope(site.engine) as session:
            known = _checked(site, session, token, (form, "prove")).subscriber
            address, language = known.address, reader_language(known)
        keep_to(site, asking(request, address))

        def work(session: Session) -> None:
            subscriber = _checked(site, session, token, (form, "prove")).subscriber
            send_link(site, session, correspondence, subscriber)

        in_transaction(site.engine, work)
        tasks.add_task(flush, correspondence)
        return see_other(f"/link/asked?language={language}")

    return router


def _visitor(site: Site, session: Session, token: str) -> Visitor:
    return read_settings_token(session, site.key(session), token, site.clock())


def _checked(site: Site, session: Session, token: str, sent: tuple[Form, str]) -> Visitor:
    visitor, (form, act) = _visitor(site, session, token), sent
    check_form(site.key(session), form, act, str(visitor.subscriber.id), site.clock())
    return visitor


def _proven(site: Site, session: Session, token: str, sent: tuple[Form, str]) -> Subscriber:
    """Return who asks.

    Raises:
        HTTPException: If the form was made for something else, or the link may be forwarded.
    """
    visitor = _checked(site, session, token, sent)
    if not visitor.proven:
        raise HTTPException(403)
    return visitor.subscriber
