"""Reading opportunities: a list with filters, and one by its reference."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AfterValidator, Field

from config.deadlines import BRUSSELS
from store.db import session_scope
from store.listing import Filters, Listed, Place, listed_opportunities, opportunity_of
from store.models import Kind, Status
from web.api.answering import OPEN, answered, answered_page
from web.api.callers import Admission
from web.api.cursors import AfterDeadline, read_cursor, written
from web.api.opportunity_documents import (
    OpportunityDocument,
    OpportunitySummary,
    document_of,
    modified_at,
    summary_of,
)
from web.api.problems import missing
from web.api.shapes import Instant, Name, Page, Part, page_of
from web.site import Site

WITHOUT_KEY: dict[str, list[dict[str, list[str]]]] = {"security": [{}]}
"""Says in the schema that no key is needed."""


def _within_calendar(day: date) -> date:
    """Return a day that has a midnight in Brussels and one after it.

    Raises:
        ValueError: If it is the first or last of the calendar.
    """
    if day in (date.min, date.max):
        raise ValueError("is the edge of the calendar")
    return day


Day = Annotated[date, AfterValidator(_within_calendar)]


class OpportunityQuery(Part):
    """Which opportunities; a parameter that may be repeated takes any of its values."""

    status: tuple[Status, ...] = ()
    """How they stand now; may be repeated."""
    programme: tuple[Name, ...] = Field(default=(), examples=[["horizon_europe"]])
    """Such as ``horizon_europe``; may be repeated."""
    kind: tuple[Kind, ...] = ()
    """May be repeated."""
    action_type: Name | None = Field(default=None, examples=["HORIZON-RIA"])
    """The whole code."""
    topic_id: Name | None = None
    """The whole identifier, in its own capitals."""
    call_id: Name | None = None
    """The whole identifier."""
    deadline_from: Day | None = None
    """The next deadline is on this day in Brussels, or later."""
    deadline_to: Day | None = None
    """The next deadline is on this day in Brussels, or earlier."""
    changed_since: Instant | None = None
    """Their content changed at this moment, or later."""

    def filters(self) -> Filters:
        """Return what is asked of the store."""
        until = None if self.deadline_to is None else self.deadline_to + timedelta(days=1)
        return Filters(
            status=self.status,
            programme=self.programme,
            kind=self.kind,
            action_type=self.action_type,
            topic_id=self.topic_id,
            call_id=self.call_id,
            deadline_from=_midnight(self.deadline_from),
            deadline_before=_midnight(until),
            changed_since=self.changed_since,
        )


def opportunity_routes(site: Site, admit: Admission) -> APIRouter:
    """Return the routes of opportunities."""
    router = APIRouter(tags=["opportunities"], dependencies=[Depends(admit)])

    @router.get(
        "/opportunities", response_model=Page[OpportunitySummary], openapi_extra=WITHOUT_KEY
    )
    def list_opportunities(
        request: Request, query: Annotated[OpportunityQuery, Query()]
    ) -> Response:
        """List opportunities, the next deadline first; those without one ahead come last."""
        after = read_cursor(AfterDeadline, query.cursor)
        now = site.clock()
        began = now if after is None else after.at
        place = None if after is None else Place(after.deadline, after.number)
        with session_scope(site.engine) as session:
            rows = listed_opportunities(session, query.filters(), began, place, query.limit + 1)
        page = page_of(rows, query.limit, _shown_at(now), _behind(began))
        return answered_page(request, page, OPEN)

    @router.get(
        "/opportunities/{reference}",
        response_model=OpportunityDocument,
        openapi_extra=WITHOUT_KEY,
    )
    def read_opportunity(reference: Annotated[Name, Path()], request: Request) -> Response:
        """Read one opportunity with its texts."""
        now = site.clock()
        with session_scope(site.engine) as session:
            row = opportunity_of(session, reference)
        if row is None:
            raise missing()
        return answered(request, document_of(row, now), OPEN, modified_at(row, now))

    return router


def _shown_at(now: datetime) -> Callable[[Listed], OpportunitySummary]:
    return lambda listed: summary_of(listed.opportunity, now)


def _behind(began: datetime) -> Callable[[Listed], str]:
    return lambda listed: written(
        AfterDeadline(at=began, deadline=listed.place.deadline, number=listed.place.id)
    )


def _midnight(day: date | None) -> datetime | None:
    """Return when a day begins in Brussels; None where there is no day."""
    return None if day is None else datetime.combine(day, time.min, BRUSSELS).astimezone(UTC)
