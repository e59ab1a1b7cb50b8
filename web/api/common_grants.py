"""Opportunities in the shape of CommonGrants, an open standard for data about grants.

Its pages: https://commongrants.org/protocol/specification/. What it has no field for stands in
``customFields``; docs/reference/api.md says where each field comes from.
"""

from datetime import datetime
from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from store.db import session_scope
from store.listing import (
    all_references,
    latest_opportunities,
    number_of_opportunities,
    opportunity_of,
)
from store.models import Opportunity
from web.api.answering import OPEN, answered
from web.api.callers import Admission
from web.api.common_grants_documents import (
    CommonGrantsDocument,
    CommonGrantsOpportunity,
    common_grants_of,
)
from web.api.opportunities import WITHOUT_KEY
from web.api.problems import missing
from web.api.shapes import Query as Parameters
from web.site import Site

NAMESPACE = uuid5(NAMESPACE_URL, "https://commongrants.org/callwatch")
"""Of the ids that are made of references: the same opportunity has the same id everywhere."""


class PaginationInfo(CommonGrantsDocument):
    """Which part of the list it is."""

    page: int
    page_size: int
    total_items: int
    total_pages: int


class OpportunityList(CommonGrantsDocument):
    """A part of the list of opportunities."""

    status: int
    """Of HTTP."""
    message: str
    items: list[CommonGrantsOpportunity]
    pagination_info: PaginationInfo


class OneOpportunity(CommonGrantsDocument):
    """One opportunity."""

    status: int
    """Of HTTP."""
    message: str
    data: CommonGrantsOpportunity


class PageQuery(Parameters):
    """Which part of the list."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    """From 1."""
    page_size: int = Field(default=10, ge=1, le=100, alias="pageSize")
    """Most items of the answer."""


def common_grants_routes(site: Site, admit: Admission) -> APIRouter:
    """Return the routes of the standard."""
    router = APIRouter(
        prefix="/common-grants", tags=["CommonGrants"], dependencies=[Depends(admit)]
    )

    @router.get("/opportunities", response_model=OpportunityList, openapi_extra=WITHOUT_KEY)
    def list_in_common_grants(request: Request, query: Annotated[PageQuery, Query()]) -> Response:
        """List opportunities, the one that changed last first."""
        now = site.clock()
        with session_scope(site.engine) as session:
            total = number_of_opportunities(session)
            offset = (query.page - 1) * query.page_size
            rows = latest_opportunities(session, offset, query.page_size)
        pages = -(-total // query.page_size)
        info = PaginationInfo(
            page=query.page, page_size=query.page_size, total_items=total, total_pages=pages
        )
        items = [_shown(row, now) for row in rows]
        document = OpportunityList(status=200, message="Success", items=items, pagination_info=info)
        return answered(request, document, OPEN)

    @router.get("/opportunities/{id}", response_model=OneOpportunity, openapi_extra=WITHOUT_KEY)
    def read_in_common_grants(
        opportunity_id: Annotated[UUID, Path(alias="id")], request: Request
    ) -> Response:
        """Read one opportunity."""
        with session_scope(site.engine) as session:
            row = _named(session, opportunity_id)
        if row is None:
            raise missing()
        document = OneOpportunity(status=200, message="Success", data=_shown(row, site.clock()))
        return answered(request, document, OPEN)

    return router


def id_of(reference: str) -> UUID:
    """Return the id of an opportunity in the standard."""
    return uuid5(NAMESPACE, reference)


def _named(session: Session, opportunity_id: UUID) -> Opportunity | None:
    """Return the opportunity whose reference makes this id; None where none does."""
    for reference in all_references(session):
        if id_of(reference) == opportunity_id:
            return opportunity_of(session, reference)
    return None


def _shown(row: Opportunity, now: datetime) -> CommonGrantsOpportunity:
    return common_grants_of(row, id_of(row.reference), now)
