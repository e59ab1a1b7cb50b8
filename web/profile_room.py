"""What the pages of profiles have in common: who looks, which profiles they see, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.dates import day_and_hour
from config.model_languages import languages_read
from config.organisation import Department, Organisation
from config.profiles import KnownIds, ProfileDocument, ReviewRule
from config.programmes import programmes
from store.forecasts import Forecast
from store.models import Profile, ProfileOrigin
from store.profile_contents import document_of
from store.profile_versions import Author
from store.profiles import UnknownProfileError, profile_by_slug
from web.accounts import Person, check_own_form, need, own_form_token
from web.desk_reading import departments_of, departments_seen
from web.forms import Form
from web.profile_health import Health, Hint, hints
from web.site import Site, language_of

ACT = "profile"
"""What a form of these pages is made for."""


class Forecaster(Protocol):
    """Tells what a profile would bring; the matcher does, and whoever starts the app hands it in.

    The web does not know the matcher (docs/decisions/0021-profiles-in-the-browser.md).
    """

    def forecast(self, session: Session, draft: Profile, now: datetime) -> Forecast | None:
        """Return what a draft would bring; None where that cannot be told. Nothing is written."""

    def make_ahead(self, now: datetime) -> None:
        """Read ahead what drafts are compared with, and return at once."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the pages of profiles are made with."""

    site: Site
    organisation: Organisation
    forecaster: Forecaster | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One look of one person at a page of profiles."""

    room: Room
    session: Session
    request: Request
    person: Person
    now: datetime

    @property
    def language(self) -> str:
        """Return the language of the page."""
        return language_of(self.request)

    @property
    def may_set_policy(self) -> bool:
        """Return whether the person decides what is reviewed: advisers and administrators do."""
        return departments_of(self.person) is None

    @property
    def departments(self) -> Mapping[str, Department]:
        """Return the departments whose profiles the person sees, by their ids."""
        return departments_seen(self.room.organisation, self.person)

    @property
    def known(self) -> KnownIds:
        """Return what a profile that the person writes may refer to."""
        goals = [goal.id for goal in self.room.organisation.goals]
        return KnownIds(self.departments, goals, programmes())

    def sees(self, profile: Profile) -> bool:
        """Return whether the person sees ``profile``."""
        own = departments_of(self.person)
        return own is None or profile.department in own

    def profile(self, slug: str) -> Profile:
        """Return a profile that the person sees.

        Raises:
            HTTPException: If there is none; of others it is not told whether they are.
        """
        try:
            profile = profile_by_slug(self.session, slug)
        except UnknownProfileError as error:
            raise HTTPException(404) from error
        if not self.sees(profile):
            raise HTTPException(404)
        return profile

    def allowed(self, profile: Profile | None, document: ProfileDocument) -> ProfileDocument:
        """Return ``document`` with the policy that holds, where the person may not set one."""
        if self.may_set_policy:
            return document
        kept = document_of(profile).review if profile else ReviewRule(policy="review_all")
        return document.model_copy(update={"review": kept})

    def author(self, origin: ProfileOrigin) -> Author:
        """Return the person as who saves something."""
        return Author(self.person.address, origin, self.now)

    def hints(
        self, document: ProfileDocument, matches: int | None, looked_at: datetime | None
    ) -> tuple[Hint, ...]:
        """Return what may be wrong with a profile."""
        reads = languages_read(self.room.site.settings.model)
        health = Health(document, matches, looked_at or self.now, reads)
        return hints(health, self.now, self.language)

    def hints_of(self, profile: Profile, matches: int) -> tuple[Hint, ...]:
        """Return what may be wrong with a profile of the store."""
        looked_at = profile.looked_at or profile.updated_at
        return self.hints(document_of(profile), matches, looked_at)

    def at(self, when: datetime) -> str:
        """Return a moment in the words of the page."""
        zone = ZoneInfo(self.room.organisation.time_zone)
        return day_and_hour(when, zone, self.language)

    def token(self) -> str:
        """Return what a form of these pages carries."""
        return own_form_token(self.room.site, self.session, self.request, ACT, self.person.address)

    def check(self, form: Form) -> None:
        """Pass where ``form`` was made for this person."""
        check_own_form(self.room.site, self.session, self.request, (form, ACT, self.person.address))

    def page(
        self, name: str, values: Mapping[str, object], problems: Mapping[str, str] | None = None
    ) -> Response:
        """Return a page, or a part of one; one with problems says so by its status."""
        shown = {"form_token": self.token(), **values, "person": self.person}
        return self.room.site.form_page(name, shown, problems or {}, self.language)


def visit(room: Room, session: Session, request: Request) -> Visit:
    """Return a look of whoever is signed in."""
    return Visit(room, session, request, need(room.site, session, request), room.site.clock())
