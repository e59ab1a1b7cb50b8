"""Reading the profiles that a key opens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from store.db import session_scope
from store.listing import opened_profile, opened_profiles
from store.models import Profile
from web.api.answering import OWN, answered, answered_page
from web.api.callers import Admission, Caller
from web.api.cursors import AfterName, read_cursor, written
from web.api.problems import missing
from web.api.shapes import Amount, Document, Moment, Name, Page, Part, euros, moment_of, page_of
from web.site import Site


class KeywordGroup(Document):
    """Words that belong together."""

    words: list[str]
    weight: float
    """How much they count beside other groups."""


class ProfileDocument(Document):
    """What a research group works on and may apply for."""

    slug: str
    """The identity."""
    name: str
    department: str
    """Id in organisation.yaml."""
    text: str
    keywords: list[KeywordGroup]
    excluded_keywords: list[str]
    facets: list[str]
    """Further short texts, each matched on its own."""
    programmes: list[str]
    """Empty means all."""
    action_types: list[str]
    """Short types such as ``RIA``; empty means any."""
    roles: list[str]
    """Empty means any."""
    career_stages: list[str]
    """Of the researchers who look for a grant of their own; empty means none does."""
    budget_min: Amount | None
    """Least EU contribution that is worth the work; null means any."""
    budget_max: Amount | None
    """Greatest EU contribution that the group can handle; null means any."""
    goals: list[str]
    version: int
    """Counts the times its content changed."""
    updated: Moment


def profile_routes(site: Site, admit: Admission) -> APIRouter:
    """Return the routes of profiles."""
    router = APIRouter(tags=["profiles"])

    @router.get("/profiles", response_model=Page[ProfileDocument])
    def list_profiles(
        request: Request,
        query: Annotated[Part, Query()],
        caller: Annotated[Caller, Depends(admit)],
    ) -> Response:
        """List the profiles that the key opens."""
        key = caller.needed_key()
        after = read_cursor(AfterName, query.cursor)
        with session_scope(site.engine) as session:
            rows = opened_profiles(session, key, after.name if after else "", query.limit + 1)
        return answered_page(request, page_of(rows, query.limit, _shown, _behind), OWN)

    @router.get("/profiles/{slug}", response_model=ProfileDocument)
    def read_profile(
        slug: Annotated[Name, Path()],
        request: Request,
        caller: Annotated[Caller, Depends(admit)],
    ) -> Response:
        """Read one profile."""
        key = caller.needed_key()
        with session_scope(site.engine) as session:
            row = opened_profile(session, key, slug)
        if row is None:
            raise missing()
        return answered(request, _shown(row), OWN, row.updated_at)

    return router


def _shown(row: Profile) -> ProfileDocument:
    return ProfileDocument(
        slug=row.slug,
        name=row.name,
        department=row.department,
        text=row.text,
        keywords=[KeywordGroup(words=g["words"], weight=g["weight"]) for g in row.keywords],
        excluded_keywords=row.excluded_keywords,
        facets=row.facets,
        programmes=row.programmes,
        action_types=row.action_types,
        roles=row.roles,
        career_stages=row.career_stages,
        budget_min=euros(row.budget_min_eur),
        budget_max=euros(row.budget_max_eur),
        goals=row.goals,
        version=row.version,
        updated=moment_of(row.updated_at),
    )


def _behind(row: Profile) -> str:
    return written(AfterName(name=row.slug))
