"""An entry of grantsTenders.json → an opportunity. Pure.

The file has no description, no conditions, no budget, and no model of deadlines.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from config.deadlines import BRUSSELS, placed_in_time
from config.programmes import programme_slug
from crawler.fields import as_line, read_keywords
from crawler.portal import (
    PAGE_OF_TOPIC,
    STATUS,
    Rules,
    action_types,
    as_news,
    kind_of_topic,
)
from crawler.records import ActionType, FieldError, News, distinct
from store.collected import Collected, CollectedBudget, CollectedCutoff
from store.models import OpenTo, Origin, Status

UNKNOWN = frozenset({"deadline_model", "budget", "sections", "conditions", "destination"})
"""Fields of an opportunity of which the file says nothing."""

WHO_MAY_USE_IT = "grantsTenders.json does not say who may use this date"
TWO_STAGE, CUT_OFFS = "two-stage", "multiple cut-off"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS_OF_YEAR_9999 = 15


def read_epoch_day(value: object) -> date:
    """Return the calendar day in Brussels that a number of milliseconds since 1970 means.

    The file dates topics at midnight UTC; should it ever write midnight in Brussels, as the old
    records of the Search API do, the day is the same.

    Raises:
        ValueError: If ``value`` is no such number.

    >>> read_epoch_day(1789430400000), read_epoch_day("1789423200000")
    (datetime.date(2026, 9, 15), datetime.date(2026, 9, 15))
    """
    text = str(value)
    if not text.isascii() or not text.isdigit() or len(text) >= _DIGITS_OF_YEAR_9999:
        raise ValueError("milliseconds since 1970 expected")
    return (_EPOCH + timedelta(milliseconds=int(text))).astimezone(BRUSSELS).date()


EpochDay = Annotated[date, BeforeValidator(read_epoch_day)]
Text = Annotated[str, AfterValidator(lambda text: text.replace("\x00", ""))]
Line = Annotated[str, AfterValidator(as_line), Field(min_length=1)]


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Coded(_Loose):
    id: int


class _Action(_Loose):
    types: list[ActionType]
    planned_opening: EpochDay = Field(alias="plannedOpeningDate")
    deadlines: list[EpochDay] = Field(alias="deadlineDates")


class Entry(_Loose):
    """A grant of the file: a topic of a call."""

    type: Literal[1]
    topic_number: int = Field(alias="ccm2Id", gt=0)
    topic_id: Line = Field(alias="identifier")
    title: Line
    call_id: Line = Field(alias="callIdentifier")
    call_title: Text = Field(alias="callTitle")
    programme: _Coded = Field(alias="frameworkProgramme")
    divisions: list[_Coded] = Field(alias="programmeDivision")
    status: _Coded
    deadlines: list[EpochDay] = Field(alias="deadlineDatesLong")
    actions: list[_Action] = Field(min_length=1)
    news: list[News] = Field(alias="latestInfos")
    keywords: list[Text]
    tags: list[Text]
    flags: list[Text]


def read_entry(entry: Mapping[str, Any]) -> Entry:
    """Return a grant of the file.

    Raises:
        FieldError: If it has not the shape of one.
    """
    try:
        return Entry.model_validate(entry)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise FieldError(f"{where}: {fault['msg']}: {fault['input']!r:.80}") from error


def read_grant(entry: Mapping[str, Any], rules: Rules) -> Collected:
    """Return a grant of the file as an opportunity.

    Raises:
        FieldError: If a field is missing, or means something unknown; names it and its value.
    """
    grant = read_entry(entry)
    types = action_types(kind for action in grant.actions for kind in action.types)
    return Collected(
        reference=f"{grant.topic_number}TOPICSen",
        kind=kind_of_topic(types),
        topic_id=grant.topic_id,
        call_id=grant.call_id,
        call_title=as_line(grant.call_title),
        title=grant.title,
        status=read_status(grant),
        programme=_programme(grant),
        action_types=tuple(types),
        action_labels=tuple(types.values()),
        grant_agreements=tuple(
            distinct([m.abbreviation for a in grant.actions for t in a.types for m in t.agreements])
        ),
        opens_on=min(action.planned_opening for action in grant.actions),
        deadline_model="",
        cutoffs=_cutoffs(grant, types, rules),
        budget=CollectedBudget(),
        sections=(),
        conditions=(),
        destination="",
        keywords=tuple(read_keywords(grant.keywords, {grant.topic_id, grant.call_id})),
        tags=tuple(read_keywords(grant.tags, set())),
        priorities=tuple(distinct(grant.flags)),
        divisions=tuple(distinct([str(division.id) for division in grant.divisions])),
        news=tuple(as_news(grant.news)),
        url=PAGE_OF_TOPIC + grant.topic_id,
        raw=json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode(),
        unknown=UNKNOWN,
    )


def read_status(grant: Entry) -> Status:
    """Return what the file says of the grant.

    Raises:
        FieldError: If the code is none of those it is known to use.
    """
    code = str(grant.status.id)
    if code not in STATUS:
        raise FieldError(f"status: unknown code {code!r}; known are {', '.join(STATUS)}")
    return STATUS[code]


def _programme(grant: Entry) -> str:
    try:
        return programme_slug(str(grant.programme.id))
    except ValueError as error:
        raise FieldError(f"frameworkProgramme: {error}") from error


def _cutoffs(grant: Entry, types: Mapping[str, str], rules: Rules) -> tuple[CollectedCutoff, ...]:
    days = sorted({day for action in grant.actions for day in action.deadlines})
    if days != sorted(set(grant.deadlines)):
        raise FieldError(f"deadlines: actions say {days!s}, deadlineDatesLong {grant.deadlines!s}")
    model = _model(grant.topic_id, len(days))
    if model == TWO_STAGE and len(days) > 2:
        raise FieldError(f"deadlines: a two-stage topic with {days!s}")
    return staged(list(_placed(grant, days, types, rules)), model)


def _placed(
    grant: Entry, days: Sequence[date], types: Mapping[str, str], rules: Rules
) -> Iterator[CollectedCutoff]:
    programme, kind = _programme(grant), kind_of_topic(dict(types))
    for day in days:
        moment = placed_in_time(day, programme, rules, kind=kind, action_types=types)
        yield CollectedCutoff(
            stage=None,
            day=day,
            deadline=moment.at,
            origin=Origin.RULE if moment.rule_id else Origin.UNKNOWN,
            rule_id=moment.rule_id,
            open_to=OpenTo.ALL,
        )


def _model(topic_id: str, dates: int) -> str:
    """Return the model of deadlines as far as it can be told; an empty text where it cannot.

    Two stages have never more than two dates, so three dates are cut-offs. Two may be either.
    """
    if TWO_STAGE in topic_id.casefold():
        return TWO_STAGE
    return CUT_OFFS if dates != 2 else ""


def staged(cutoffs: Sequence[CollectedCutoff], model: str) -> tuple[CollectedCutoff, ...]:
    """Return ``cutoffs`` with the word on who may use each that a model of deadlines allows.

    Where the model is not known, a later date may be a second stage: it is not open to all.
    """
    first, later = cutoffs[:1], cutoffs[1:]
    if model == TWO_STAGE:
        return (
            *(replace(c, stage=1, open_to=OpenTo.ALL, note="") for c in first),
            *(replace(c, stage=2, open_to=OpenTo.INVITED, note="") for c in later),
        )
    if model:
        return tuple(replace(c, stage=None, open_to=OpenTo.ALL, note="") for c in cutoffs)
    unsure = (replace(c, stage=None, open_to=OpenTo.INVITED, note=WHO_MAY_USE_IT) for c in later)
    return (*first, *unsure)
