"""Who is signed in, what they may do, and forms that only their own browser can send.

A cookie holds a secret that opens a row of the store (``store.sign_ins``). What a person may do
stands in the configuration alone, so that taking somebody out of it ends what they may do.
"""

import hashlib
import hmac
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.orm import Session

from config.accounts import Account, Role
from store.models import SignIn
from store.sign_ins import is_to_be_noted, known_sign_in
from web.cookies import sign_in_secret
from web.forms import Form, check_form, form_token
from web.site import Site

__all__ = ["Person", "Role", "check_own_form", "need", "own_form_token", "signed_in"]

KNOWN = "person"
"""Where a request keeps who sent it, once that was found out (``web.visits``)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    address: str
    role: Role
    departments: tuple[str, ...]
    """Ids of the departments that a contact sees to; empty for the others, who see them all."""


class NotSignedInError(Exception):
    """A page is for people who are signed in, and nobody is."""


class NotAllowedError(Exception):
    """A page is for others than the person who is signed in."""


def signed_in(site: Site, session: Session, request: Request) -> Person | None:
    """Return who is signed in at the browser that asks; None where nobody is."""
    known: Person | None = getattr(request.state, KNOWN, None)
    if known is not None:
        return known
    found = sign_in_of(site, session, request)
    if found is None:
        return None
    account = _account(site, found)
    return None if account is None else _person(account)


def need(site: Site, session: Session, request: Request, *roles: Role) -> Person:
    """Return who is signed in, where they have one of ``roles``; an administrator has them all.

    Args:
        site: What the pages read from.
        session: Of the store.
        request: Of the browser.
        roles: Whom the page is for; none means everybody who is signed in.

    Raises:
        NotSignedInError: If nobody is; the answer leads to where one signs in.
        NotAllowedError: If the person has another role; the answer says so.
    """
    person = signed_in(site, session, request)
    if person is None:
        raise NotSignedInError
    if roles and person.role not in (*roles, Role.ADMINISTRATOR):
        raise NotAllowedError
    return person


def own_form_token(site: Site, session: Session, request: Request, act: str, thing: str) -> str:
    """Return what a form carries that does ``act`` to ``thing``, from this browser alone."""
    return form_token(site.key(session), act, _bound(site, request, thing), site.clock())


def check_own_form(
    site: Site, session: Session, request: Request, sent: tuple[Form, str, str]
) -> None:
    """Pass where a form was made for this browser, to do what it is used for.

    Args:
        site: What the pages read from.
        session: Of the store.
        request: Of the browser.
        sent: The form, and the act and the thing that its token must be made for.

    Raises:
        HTTPException: If it was not.
    """
    form, act, thing = sent
    check_form(site.key(session), form, act, _bound(site, request, thing), site.clock())


def sign_in_of(site: Site, session: Session, request: Request) -> SignIn | None:
    """Return what the browser that asks is signed in by, and note for later that it was used.

    A page that is looked at writes nothing: ``web.cookies.NoteUses`` does, after the answer.
    """
    secret = sign_in_secret(site, request)
    found = known_sign_in(session, secret, site.clock()) if secret else None
    if found is not None and is_to_be_noted(found, site.clock()):
        request.state.used_sign_in = found.secret_hash
    return found


def _account(site: Site, found: SignIn) -> Account | None:
    return site.accounts.get(found.subscriber.address)


def _person(account: Account) -> Person:
    return Person(account.address, account.role, account.departments)


def _bound(site: Site, request: Request, thing: str) -> str:
    """Return a name for ``thing`` that is another one in every browser, and tells no secret."""
    secret = sign_in_secret(site, request)
    named = hmac.new(secret.encode("utf-8", "surrogatepass"), thing.encode(), hashlib.sha256)
    return named.hexdigest()
