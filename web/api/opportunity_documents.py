"""An opportunity as a document of the API."""

from datetime import date, datetime
from typing import Any

from config.programmes import programme_name
from store.models import Cutoff, Endpoint, Kind, OpenTo, Opportunity, Origin, Status
from store.opportunities import is_opening_known, next_cutoff, status_at
from web.api.shapes import Amount, Document, Moment, Unknown, euros, moment_of, moment_or_none


class CutoffDocument(Document):
    """A date to submit by."""

    position: int
    """Order in time, from 1."""
    stage: int | None
    """1 or 2 of a procedure in two stages; null where there is one."""
    deadline: Moment
    """When it is over."""
    origin: Origin
    """Where the hour comes from: stated by the source, a rule, or unknown."""
    rule_id: str | None
    """The rule that gave the hour; null where none did."""
    open_to: OpenTo
    """Who may use it: everybody, or only those invited to a second stage."""
    verified: bool
    """Whether the date was compared with an official page."""
    note: str
    """What else there is to know of it; often empty."""


class OpportunitySummary(Document):
    """One thing a group can apply to, without its texts."""

    reference: str
    """The source's own stable reference: the identity."""
    topic_id: str
    """The identifier that people know; it may be renamed, and several may share it."""
    title: str
    kind: Kind
    status: Status
    """How it stands now: what the source says, unless the dates say that it is over."""
    source: str
    """Where it was collected."""
    programme: str
    """A word of ours for the programme, such as ``horizon_europe``."""
    programme_name: str
    parent_reference: str | None
    """Of cascade funding alone: the topic whose project gives the money on."""
    call_id: str
    call_title: str
    action_types: list[str]
    """Codes such as ``HORIZON-RIA``."""
    action_labels: list[str]
    """The same, as people read them."""
    opens_on: date | None
    """The day in Brussels on which it opens; no source gives an hour."""
    next_deadline: Moment | None
    """The next one that anybody may use."""
    cutoffs: list[CutoffDocument]
    """Every deadline, those that have passed too."""
    deadline_model: str
    """``single-stage``, ``two-stage``, ``multiple cut-off`` or ``continuous``."""
    budget: Amount | None
    """The topic's own money."""
    shared_budget: Amount | None
    """Money for which several topics compete."""
    budget_shared_by: int
    """How many topics share it, this one counted; 0 where nothing is stated."""
    min_contribution: Amount | None
    """Least EU contribution to one project."""
    max_contribution: Amount | None
    """Greatest EU contribution to one project."""
    expected_grants: int | None
    unknown: dict[str, Unknown]
    """Why a field is null, by its name, where that is known."""
    destination: str
    keywords: list[str]
    tags: list[str]
    url: str
    """The official page; empty where there is none."""
    first_seen: Moment
    last_confirmed: Moment
    """When a source last said that it is still so."""
    confirmed_by: Endpoint
    last_changed: Moment
    missing_since: Moment | None
    """Since when its source does not return it, though a deadline lies ahead."""
    withdrawn: Moment | None
    """When it was found to be gone for good."""


class TextPart(Document):
    """A part of a description."""

    label: str
    """The heading; empty where the source has none."""
    text: str


class News(Document):
    """A notice that the source added."""

    day: date
    text: str


class OpportunityDocument(OpportunitySummary):
    """One thing a group can apply to, with its texts."""

    grant_agreements: list[str]
    """Model grant agreements, as codes."""
    priorities: list[str]
    """Cross-cutting priorities, as codes."""
    divisions: list[str]
    """Parts of the programme, as codes."""
    sections: list[TextPart]
    """The description."""
    conditions: list[TextPart]
    news: list[News]
    """Newest first."""


def summary_of(row: Opportunity, now: datetime) -> OpportunitySummary:
    """Return an opportunity as it stands at ``now``, without its texts."""
    upcoming = next_cutoff(row, now)
    return OpportunitySummary(
        reference=row.reference,
        topic_id=row.topic_id,
        title=row.title,
        kind=row.kind,
        status=status_at(row, now),
        source=row.source,
        programme=row.programme,
        programme_name=programme_name(row.programme),
        parent_reference=row.parent_reference,
        call_id=row.call_id,
        call_title=row.call_title,
        action_types=row.action_types,
        action_labels=row.action_labels,
        opens_on=row.opens_on if is_opening_known(row) else None,
        next_deadline=moment_of(upcoming.deadline) if upcoming else None,
        cutoffs=[_cutoff(cutoff) for cutoff in row.cutoffs],
        deadline_model=row.deadline_model,
        budget=euros(row.budget_eur),
        shared_budget=euros(row.shared_budget_eur),
        budget_shared_by=row.budget_shared_by,
        min_contribution=euros(row.min_contribution_eur),
        max_contribution=euros(row.max_contribution_eur),
        expected_grants=row.expected_grants,
        unknown=unknown_of(row, now),
        destination=row.destination,
        keywords=row.keywords,
        tags=row.tags,
        url=row.url,
        first_seen=moment_of(row.first_seen_at),
        last_confirmed=moment_of(row.last_seen_at),
        confirmed_by=row.confirmed_by,
        last_changed=moment_of(row.last_changed_at),
        missing_since=moment_or_none(row.missing_since),
        withdrawn=moment_or_none(row.withdrawn_at),
    )


def document_of(row: Opportunity, now: datetime) -> OpportunityDocument:
    """Return an opportunity as it stands at ``now``, with its texts."""
    return OpportunityDocument(
        **dict(summary_of(row, now)),
        grant_agreements=row.grant_agreements,
        priorities=row.priorities,
        divisions=row.divisions,
        sections=_parts(row.sections),
        conditions=_parts(row.conditions),
        news=[News(day=item["day"], text=item["text"]) for item in row.news],
    )


def modified_at(row: Opportunity, now: datetime) -> datetime:
    """Return when an opportunity last became what it is: confirmed, or a deadline passed."""
    passed = [cutoff.deadline for cutoff in row.cutoffs if cutoff.deadline <= now]
    noted = [at for at in (row.missing_since, row.withdrawn_at) if at is not None]
    return max(row.last_seen_at, row.last_changed_at, *passed, *noted)


def unknown_of(row: Opportunity, now: datetime) -> dict[str, Unknown]:
    """Return why what is null of an opportunity is null, by its name."""
    reasons: dict[str, Unknown] = {}
    if not is_opening_known(row):
        reasons["opens_on"] = Unknown.NOT_PUBLISHED
    if next_cutoff(row, now) is None:
        reasons["next_deadline"] = _without_deadline(row, now)
    if row.budget_eur is None:
        shared = row.shared_budget_eur is not None
        reasons["budget"] = Unknown.SHARED if shared else Unknown.NOT_STATED
    silent = {
        "min_contribution": row.min_contribution_eur,
        "max_contribution": row.max_contribution_eur,
        "expected_grants": row.expected_grants,
    }
    return reasons | {name: Unknown.NOT_STATED for name, value in silent.items() if value is None}


def _without_deadline(row: Opportunity, now: datetime) -> Unknown:
    """Return why there is no deadline ahead that anybody may use."""
    reasons = (
        (row.withdrawn_at is not None, Unknown.WITHDRAWN),
        (status_at(row, now) is Status.INVITED, Unknown.INVITED_ONLY),
        (bool(row.cutoffs), Unknown.OVER),
        (row.deadline_model == "continuous", Unknown.CONTINUOUS),
        (not is_opening_known(row), Unknown.NOT_PUBLISHED),
    )
    return next((reason for holds, reason in reasons if holds), Unknown.NOT_STATED)


def _cutoff(cutoff: Cutoff) -> CutoffDocument:
    return CutoffDocument(
        position=cutoff.position,
        stage=cutoff.stage,
        deadline=moment_of(cutoff.deadline),
        origin=cutoff.origin,
        rule_id=cutoff.rule_id,
        open_to=cutoff.open_to,
        verified=cutoff.verified,
        note=cutoff.note,
    )


def _parts(parts: list[dict[str, Any]]) -> list[TextPart]:
    return [TextPart(label=part["label"], text=part["text"]) for part in parts]
