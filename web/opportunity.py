"""One opportunity in full, and, for who is signed in, which profiles it fits and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.translation import say
from store.db import session_scope
from store.matches import BY_HAND, DESCRIPTION
from store.models import Basis, Match, Opportunity
from store.search import changes_of, matches_of, opportunity_by_reference
from store.words import matches_to_judge
from web.accounts import Person, sign_in_of, signed_in
from web.choices import percent_below
from web.criteria import PATH, Criteria
from web.facets import FACETS
from web.library import Library
from web.site import Site, language_of
from web.suiting import WORDS


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the official text."""

    label: str
    html: Markup
    """Sanitised when it was collected."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What an opportunity is one of several in, and where the others are."""

    kind: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Why:
    """A passage of the opportunity, and what of a profile it met."""

    passage: str
    section: str
    facet: str
    """Empty where that is the profile's description."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A profile that an opportunity matches."""

    match_id: int
    slug: str
    name: str
    band: str
    percentile: int
    """Per cent of the profile's opportunities that score lower; 0 where a rule decided."""
    reasons: tuple[Why, ...]


def opportunity_pages(site: Site, library: Library) -> APIRouter:
    """Return the route of an opportunity's page."""
    router = APIRouter()

    @router.api_route(PATH + "/{reference}", methods=["GET", "HEAD"])
    def show(reference: str, request: Request) -> Response:
        """Show an opportunity."""
        language, now = language_of(request), site.clock()
        with session_scope(site.engine) as session:
            opportunity = opportunity_by_reference(session, reference)
            if opportunity is None:
                raise HTTPException(404)
            changes = changes_of(session, opportunity.id)
            person = signed_in(site, session, request)
            values = {
                "dossier": library.dossier(opportunity, changes, language, now),
                "opportunity": opportunity,
                "beside": _beside(opportunity, language),
                "sections": _parts(opportunity.sections),
                "conditions": _parts(opportunity.conditions),
                "fits": _fits(session, opportunity, person, language) if person else (),
                "may_speak": _may_speak(site, session, request, opportunity),
                "path": PATH,
            }
            return site.page("opportunity.html", values, language=language)

    return router


def _may_speak(site: Site, session: Session, request: Request, opportunity: Opportunity) -> bool:
    """Return whether who is signed in follows a group that was told of an opportunity."""
    found = sign_in_of(site, session, request)
    return found is not None and bool(
        matches_to_judge(session, found.subscriber_id, opportunity.id)
    )


def _beside(opportunity: Opportunity, language: str) -> list[Beside]:
    call, destination = opportunity.call_id, opportunity.destination
    title = opportunity.call_title
    named = {"call": (call, title or call), "destination": (destination, destination)}
    return [
        Beside(
            say(language, FACETS[name].title),
            words,
            Criteria(chosen={name: (value,)}).address(PATH),
        )
        for name, (value, words) in named.items()
        if value
    ]


def _parts(sections: Sequence[dict[str, str]]) -> list[Part]:
    return [Part(one["label"], Markup(one["html"])) for one in sections]  # noqa: S704 - crawler.fields sanitised it


def _fits(session: Session, opportunity: Opportunity, person: Person, language: str) -> list[Fit]:
    """Return the matches of the profiles that a person sees to."""
    seen = person.departments
    return [
        _fit(match, language)
        for match in matches_of(session, opportunity.id)
        if not seen or match.profile.department in seen
    ]


def _fit(match: Match, language: str) -> Fit:
    themed = match.basis is Basis.THEME and match.band != BY_HAND
    reasons = tuple(
        Why(kept["passage"], kept["section"], "" if kept["facet"] == DESCRIPTION else kept["facet"])
        for kept in match.reasons
        if kept["section"] != BY_HAND
    )
    band = say(language, WORDS[match.band]) if match.band in WORDS else match.band
    percentile = percent_below(match.percentile) if themed else 0
    profile = match.profile
    return Fit(match.id, profile.slug, profile.name, band, percentile, reasons)
