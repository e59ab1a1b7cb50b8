"""The pages of signing in at a provider of OpenID Connect.

The way back from there is the one page that acts on GET, as the protocol has it: it takes a code
that works once, and only in the browser that was sent away with a state of its own.
"""

import logging

from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlalchemy.orm import Session

from store.db import in_transaction, session_scope
from store.logins import Arrival, Holder, person_of, remembered
from web.arrivals import let_in
from web.correspondence import Correspondence
from web.keepsakes import ATTEMPT, PROOF
from web.limits import asking, keep_to, signing_in
from web.login import mail_link
from web.openid import Attempt, Claimed, OpenIdError, Provider, new_attempt
from web.site import Site, inside, language_of, see_other

log = logging.getLogger(__name__)

CALLBACK = "/login/provider/back"


class UnprovenAddressError(Exception):
    """The provider does not know whose the address is, and no mail can be sent to ask."""


def provider_pages(site: Site, correspondence: Correspondence | None) -> APIRouter:
    """Return the routes of going to the provider, and of coming back."""
    router = APIRouter()

    @router.get("/login/provider")
    def leave(request: Request) -> Response:
        """Lead to the provider."""
        keep_to(site, signing_in(request))
        attempt = new_attempt()
        answer = see_other(_provider(site, request).begin(attempt))
        onward = inside(request.query_params.get("next", ""))
        values = [attempt.state, attempt.nonce, attempt.verifier, onward]
        with session_scope(site.engine) as session:
            ATTEMPT.give(site, request, answer, (site.key(session), values))
        return answer

    @router.get(CALLBACK)
    def come_back(request: Request, tasks: BackgroundTasks) -> Response:
        """Sign in whom the provider names, or mail them a link that proves their address."""
        keep_to(site, signing_in(request))
        claimed, onward = _came_back(site, request)
        answer = in_transaction(
            site.engine, lambda session: _known(site, session, request, claimed, onward)
        )
        if answer is None:
            if correspondence is None:
                raise UnprovenAddressError
            keep_to(site, asking(request, claimed.address))
            holder = _holder(site, request, claimed)
            tasks.add_task(mail_link, site, correspondence, holder, onward)
            answer = _to_be_proven(site, request, claimed)
        ATTEMPT.take(site, request, answer)
        return answer

    return router


def _provider(site: Site, request: Request) -> Provider:
    root = str(site.settings.public_url or request.base_url).rstrip("/")
    return Provider(site.settings, f"{root}{CALLBACK}")


def _holder(site: Site, request: Request, claimed: Claimed) -> Holder:
    return Holder(claimed.address, language_of(request), site.settings.time_zone)


def _came_back(site: Site, request: Request) -> tuple[Claimed, str]:
    """Return who came back from the provider, and the page that was asked for before."""
    with session_scope(site.engine) as session:
        kept = ATTEMPT.read(site, request, site.key(session))
    if kept is None:
        raise OpenIdError("the person comes back from something that was not begun here")
    *begun, onward = kept
    provider = _provider(site, request)
    return provider.finish(Attempt(*begun), request.query_params, site.clock()), onward


def _known(
    site: Site, session: Session, request: Request, claimed: Claimed, onward: str
) -> Response | None:
    """Return the answer to a person whose address is proven; None where it is not."""
    if claimed.proven:
        holder = _holder(site, request, claimed)
        subscriber = person_of(session, holder, site.clock())
        return let_in(site, session, request, Arrival(subscriber, onward))
    known = remembered(session, claimed.named)
    if known is None or known.address != claimed.address:
        return None
    return let_in(site, session, request, Arrival(known, onward))


def _to_be_proven(site: Site, request: Request, claimed: Claimed) -> Response:
    """Return the answer to a person who must prove their address, once, at this browser."""
    answer = see_other(f"/login/asked?language={language_of(request)}")
    values = [claimed.named.issuer, claimed.named.subject, claimed.address]
    with session_scope(site.engine) as session:
        PROOF.give(site, request, answer, (site.key(session), values))
    return answer
