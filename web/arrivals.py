"""The way in: opening a link, and letting somebody in who has just proven who they are."""

import logging
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy.orm import Session

from store.db import session_scope
from store.issued_tokens import known_token
from store.logins import Arrival, Named, remember
from store.models import Purpose, Subscriber
from store.sign_ins import sign_in, sign_out
from store.subscribers import masked
from web.cookies import give_secret, sign_in_secret
from web.forms import form_token
from web.keepsakes import PROOF
from web.site import Site, reader_language, see_other

log = logging.getLogger(__name__)


class NoAccountError(Exception):
    """Somebody has proven who they are, and has no account here."""


@dataclass(frozen=True, slots=True)
class Door:
    """What a link opens, and the page on which it is opened."""

    purpose: Purpose
    act: str
    page: str

    def knock(self, site: Site, secret: str) -> Response:
        """Return the page with the button that opens it: mail software fetches links, too."""
        with session_scope(site.engine) as session:
            token = known_token(session, self.purpose, secret, site.clock())
            subscriber = session.get_one(Subscriber, token.subscriber_id)
            values: dict[str, object] = {
                "address": masked(subscriber.address),
                "form_token": form_token(site.key(session), self.act, secret, site.clock()),
            }
            return site.page(self.page, values, language=reader_language(subscriber))


def let_in(site: Site, session: Session, request: Request, arrival: Arrival) -> Response:
    """Return the answer that signs somebody in; what their browser was signed in by ends.

    Raises:
        NoAccountError: If they have no account.
    """
    subscriber = arrival.subscriber
    if subscriber.address not in site.accounts:
        raise NoAccountError
    sign_out(session, sign_in_secret(site, request))
    secret = sign_in(session, subscriber.id, site.clock())
    log.info("signed in", extra={"subscriber_id": subscriber.id})
    answer = see_other(arrival.onward or "/account")
    give_secret(site, request, answer, secret)
    return answer


def linked(site: Site, session: Session, request: Request, subscriber: Subscriber) -> None:
    """Remember whom a provider named, where the same browser now proves the address.

    A link that is opened at another browser only signs in there: whoever made a provider claim
    somebody else's address gains nothing by the mail that goes to that address.
    """
    kept = PROOF.read(site, request, site.key(session))
    if kept is None:
        return
    issuer, subject, address = kept
    if address == subscriber.address:
        remember(session, Named(issuer, subject), subscriber, site.clock())
