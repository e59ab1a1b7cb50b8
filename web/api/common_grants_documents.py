"""An opportunity as CommonGrants describes one."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasGenerator, AwareDatetime, ConfigDict, WithJsonSchema
from pydantic.alias_generators import to_camel

from config.dates import hour
from config.deadlines import BRUSSELS
from config.programmes import programme_name
from config.translation import SOURCE
from store.models import Cutoff, OpenTo, Opportunity, Status
from store.opportunities import is_opening_known, next_cutoff, status_at
from web.api.shapes import Amount, Document, euros

ClockTime = Annotated[
    time, WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}:[0-9]{2}$"})
]
"""An hour without a zone; the format that JSON Schema calls a time has one."""


class CommonGrantsDocument(Document):
    """A document whose fields are written as the standard writes them."""

    model_config = ConfigDict(
        populate_by_name=True,
        alias_generator=AliasGenerator(validation_alias=to_camel, serialization_alias=to_camel),
    )

    def as_json(self) -> bytes:
        """Return the document as it is sent; the standard leaves out what is not known."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class OpportunityStatus(StrEnum):
    """The standard's words for how an opportunity stands."""

    FORECASTED = "forecasted"
    OPEN = "open"
    CUSTOM = "custom"
    CLOSED = "closed"


STATUSES = {
    Status.FORTHCOMING: OpportunityStatus.FORECASTED,
    Status.OPEN: OpportunityStatus.OPEN,
    Status.INVITED: OpportunityStatus.CUSTOM,
    Status.CLOSED: OpportunityStatus.CLOSED,
}
"""By our words."""


class StatusDocument(CommonGrantsDocument):
    """How it stands now."""

    value: OpportunityStatus
    custom_value: str | None = None
    """``invited`` where only those invited to a second stage may go on."""


class Funding(CommonGrantsDocument):
    """The money."""

    details: str | None = None
    """Where several topics share it: how much, and how many."""
    total_amount_available: Amount | None = None
    min_award_amount: Amount | None = None
    max_award_amount: Amount | None = None
    estimated_award_count: int | None = None


class SingleDate(CommonGrantsDocument):
    """A date by the clock of Brussels."""

    name: str
    event_type: Literal["singleDate"]
    date: date
    time: ClockTime
    description: str


class WholeDay(CommonGrantsDocument):
    """A day of which no hour is known."""

    name: str
    event_type: Literal["singleDate"]
    date: date
    description: str


class KeyDates(CommonGrantsDocument):
    """Opening and deadlines."""

    post_date: WholeDay | None = None
    """When it opens."""
    close_date: SingleDate | None = None
    """The next deadline that anybody may use, or the last where all have passed."""
    other_dates: dict[str, SingleDate]
    """Every other deadline, by its place in time: ``cutoff2``."""


class CustomText(CommonGrantsDocument):
    """A field of ours that holds a text."""

    name: str
    field_type: Literal["string"]
    value: str
    description: str


class CustomList(CommonGrantsDocument):
    """A field of ours that holds several texts."""

    name: str
    field_type: Literal["array"]
    value: list[str]
    description: str


class CommonGrantsOpportunity(CommonGrantsDocument):
    """An opportunity in the shape of CommonGrants."""

    id: UUID
    """Made of the source's reference: the same wherever Callwatch runs."""
    title: str
    status: StatusDocument
    description: str
    """The parts of the description with their headings, as plain text."""
    funding: Funding
    key_dates: KeyDates
    source: str | None = None
    """The official page."""
    custom_fields: dict[str, CustomText | CustomList]
    created_at: AwareDatetime
    """When it was first seen."""
    last_modified_at: AwareDatetime
    """When its content last changed."""


def common_grants_of(
    row: Opportunity, opportunity_id: UUID, now: datetime
) -> CommonGrantsOpportunity:
    """Return an opportunity as it stands at ``now``."""
    status = status_at(row, now)
    return CommonGrantsOpportunity(
        id=opportunity_id,
        title=row.title,
        status=StatusDocument(
            value=STATUSES[status],
            custom_value=status.value if STATUSES[status] is OpportunityStatus.CUSTOM else None,
        ),
        description="\n\n".join(f"{p['label']}\n{p['text']}".strip() for p in row.sections),
        funding=Funding(
            details=_shared(row),
            total_amount_available=euros(row.budget_eur),
            min_award_amount=euros(row.min_contribution_eur),
            max_award_amount=euros(row.max_contribution_eur),
            estimated_award_count=row.expected_grants,
        ),
        key_dates=_key_dates(row, now),
        source=row.url or None,
        custom_fields=_custom_fields(row),
        created_at=row.first_seen_at,
        last_modified_at=row.last_changed_at,
    )


def _shared(row: Opportunity) -> str | None:
    if row.shared_budget_eur is None:
        return None
    return f"{row.shared_budget_eur:.2f} EUR shared by {row.budget_shared_by} topics"


def _key_dates(row: Opportunity, now: datetime) -> KeyDates:
    anybody = [cutoff for cutoff in row.cutoffs if cutoff.open_to is OpenTo.ALL]
    closing = next_cutoff(row, now) or max(anybody, key=lambda c: c.deadline, default=None)
    return KeyDates(
        post_date=_opening(row) if is_opening_known(row) else None,
        close_date=_event(closing) if closing else None,
        other_dates={f"cutoff{c.position}": _event(c) for c in row.cutoffs if c is not closing},
    )


def _opening(row: Opportunity) -> WholeDay:
    return WholeDay(
        name="Opening",
        event_type="singleDate",
        date=row.opens_on,
        description="The day in Brussels on which it opens; no hour is stated.",
    )


def _event(cutoff: Cutoff) -> SingleDate:
    """Return a deadline; the standard's clock times have no zone, so the words name it."""
    local = cutoff.deadline.astimezone(BRUSSELS)
    stage = f" of stage {cutoff.stage}" if cutoff.stage else ""
    whom = " for those invited" if cutoff.open_to is OpenTo.INVITED else ""
    doubt = "" if cutoff.verified else " Not compared with an official page."
    return SingleDate(
        name=f"Deadline{stage}{whom}",
        event_type="singleDate",
        date=local.date(),
        time=local.time().replace(microsecond=0),
        description=(
            f"{hour(cutoff.deadline, BRUSSELS, SOURCE)} in Brussels, which is"
            f" {cutoff.deadline:%Y-%m-%dT%H:%M:%SZ}; the hour is {cutoff.origin.value}.{doubt}"
        ),
    )


def _custom_fields(row: Opportunity) -> dict[str, CustomText | CustomList]:
    texts = {
        "reference": (row.reference, "The source's own stable reference"),
        "topicId": (row.topic_id, "The identifier that people know"),
        "callId": (row.call_id, "The call that the topic belongs to"),
        "programme": (programme_name(row.programme), "The EU programme"),
        "deadlineModel": (row.deadline_model, "How many stages or cut-offs there are"),
    }
    fields: dict[str, CustomText | CustomList] = {
        name: CustomText(name=name, field_type="string", value=value, description=says)
        for name, (value, says) in texts.items()
    }
    fields["actionTypes"] = CustomList(
        name="actionTypes",
        field_type="array",
        value=row.action_types,
        description="Codes of the types of action, such as HORIZON-RIA",
    )
    return fields
