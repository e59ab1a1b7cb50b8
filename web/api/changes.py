"""Reading what changed, in the order in which it was noticed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from store.db import session_scope
from store.listing import Told, listed_changes
from store.models import Change, ChangeKind, Opportunity, Severity
from web.api.answering import OPEN, answered_page
from web.api.callers import Admission
from web.api.cursors import AfterNumber, read_cursor, written
from web.api.opportunities import WITHOUT_KEY
from web.api.shapes import Document, Instant, Moment, Name, Page, Part, moment_of, page_of
from web.site import Site

WORTH_TELLING = (Severity.CRITICAL, Severity.NOTABLE)


class ChangeDocument(Document):
    """What happened to one field of an opportunity."""

    number: int
    """Grows with time; the identity."""
    reference: str
    """Of the opportunity."""
    topic_id: str
    title: str
    kind: ChangeKind
    severity: Severity
    """``critical`` cannot wait, ``noise`` is only recorded."""
    field: str
    """What of the opportunity changed."""
    before: str | None
    """As people read it; null where there was nothing."""
    after: str | None
    """As people read it; null where there is nothing any more."""
    detected: Moment


class ChangeQuery(Part):
    """Which changes."""

    since: Instant | None = None
    """Noticed at this moment, or later."""
    severity: tuple[Severity, ...] = WORTH_TELLING
    """May be repeated; noise comes only where it is asked for."""
    kind: tuple[ChangeKind, ...] = ()
    """May be repeated; all where none is named."""
    reference: Name | None = None
    """Of one opportunity."""


def change_routes(site: Site, admit: Admission) -> APIRouter:
    """Return the route of changes."""
    router = APIRouter(tags=["changes"], dependencies=[Depends(admit)])

    @router.get("/changes", response_model=Page[ChangeDocument], openapi_extra=WITHOUT_KEY)
    def list_changes(request: Request, query: Annotated[ChangeQuery, Query()]) -> Response:
        """List what changed, the oldest first."""
        after = read_cursor(AfterNumber, query.cursor)
        told = Told(query.since, query.severity, query.kind, query.reference)
        with session_scope(site.engine) as session:
            rows = listed_changes(session, told, after.number if after else 0, query.limit + 1)
        return answered_page(request, page_of(rows, query.limit, _shown, _behind), OPEN)

    return router


def _shown(row: tuple[Change, Opportunity]) -> ChangeDocument:
    change, opportunity = row
    return ChangeDocument(
        number=change.id,
        reference=opportunity.reference,
        topic_id=opportunity.topic_id,
        title=opportunity.title,
        kind=change.kind,
        severity=change.severity,
        field=change.field,
        before=change.before,
        after=change.after,
        detected=moment_of(change.detected_at),
    )


def _behind(row: tuple[Change, Opportunity]) -> str:
    return written(AfterNumber(number=row[0].id))
