"""What the pages of the desk have in common: who looks, at what, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from sqlalchemy.orm import Session

from config.organisation import Department, Organisation
from web.accounts import Person, Role, check_own_form, need, own_form_token
from web.desk_cards import Teller, View
from web.desk_reading import departments_seen
from web.forms import Form
from web.site import Site, language_of

ADVISERS = (Role.ADVISER,)
"""Who may change what concerns more than one match; an administrator may, too."""


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages of the desk are made with."""

    site: Site
    teller: Teller
    organisation: Organisation

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the organisation's days begin and end."""
        return ZoneInfo(self.organisation.time_zone)

    def departments(self, person: Person) -> Mapping[str, Department]:
        """Return the departments that a person sees, by their ids."""
        return departments_seen(self.organisation, person)


@dataclass(frozen=True, slots=True)
class Look:
    """One look of one person at a page of the desk."""

    office: Office
    session: Session
    request: Request
    person: Person
    now: datetime

    @property
    def language(self) -> str:
        """Return the language of the page."""
        return language_of(self.request)

    @property
    def view(self) -> View:
        """Return what cards are made with."""
        return View(self.office.teller, self.language, self.office.zone, self.now)

    def token(self, act: str) -> str:
        """Return what a form of the desk carries."""
        return own_form_token(
            self.office.site, self.session, self.request, act, self.person.address
        )

    def check(self, form: Form, act: str) -> None:
        """Pass where ``form`` was made for this person, to do ``act``."""
        check_own_form(
            self.office.site, self.session, self.request, (form, act, self.person.address)
        )

    def page(self, name: str, values: dict[str, object], problems: Mapping[str, str]) -> Response:
        """Return a page of the desk; one with problems says so by its status."""
        return self.office.site.form_page(name, values, problems, self.language)


def look(office: Office, session: Session, request: Request, *roles: Role) -> Look:
    """Return a look of whoever is signed in, where they have one of ``roles``."""
    person = need(office.site, session, request, *roles)
    return Look(office, session, request, person, office.site.clock())
