"""A record of the EU Funding & Tenders Portal → an opportunity. Pure."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from config.deadlines import BRUSSELS, DeadlineRule, placed_in_time
from config.programmes import programme_slug
from crawler.budget import read_budget, read_euro
from crawler.cascade import read_cascade
from crawler.fields import (
    as_line,
    as_safe_html,
    as_text,
    read_conditions,
    read_day,
    read_keywords,
    read_moment,
    read_sections,
    read_url,
)
from crawler.records import (
    ACTIONS,
    NEWS,
    Action,
    ActionType,
    FieldError,
    News,
    Row,
    distinct,
    read_row,
)
from store.collected import Collected, CollectedBudget, CollectedCutoff, CollectedNews
from store.models import Kind, OpenTo, Origin, Status

STATUS = {
    "31094501": Status.FORTHCOMING,
    "31094502": Status.OPEN,
    "31094503": Status.CLOSED,
}
"""Codes of ``metadata.status`` (FACET API of the portal)."""

PAGE_OF_TOPIC = (
    "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/"
    "topic-details/"
)

Rules = tuple[DeadlineRule, ...]


def read_record(record: dict[str, object], rules: Rules) -> Collected:
    """Return one result of the Search API as an opportunity.

    Raises:
        FieldError: If a field is missing, or means something unknown; names it and its value.
    """
    row = read_row(record)
    kind = row.one("type")
    try:
        reader = READERS[kind]
    except KeyError as error:
        raise FieldError(f"type: unknown kind of record {kind!r}") from error
    raw = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    return reader(row, rules, raw)


def read_status(row: Row) -> Status:
    """Return what the portal says of the record.

    Raises:
        FieldError: If the code is none of those it is known to use.
    """
    code = row.one("status")
    if code not in STATUS:
        raise FieldError(f"status: unknown code {code!r}; known are {', '.join(STATUS)}")
    return STATUS[code]


def read_programme(row: Row) -> str:
    """Return the slug of the record's programme.

    Raises:
        FieldError: If its code is unknown.
    """
    try:
        return programme_slug(row.one("frameworkProgramme"))
    except ValueError as error:
        raise FieldError(f"frameworkProgramme: {error}") from error


def read_topic(row: Row, rules: Rules, raw: bytes) -> Collected:
    """Return a topic of a call (record type 1)."""
    actions = row.document("actions", ACTIONS)
    topic_id, call_id = as_line(row.one("identifier")), as_line(row.one("callIdentifier"))
    programme = read_programme(row)
    types = action_types(kind for action in actions for kind in action.types)
    return Collected(
        reference=row.reference,
        kind=kind_of_topic(types),
        topic_id=topic_id,
        call_id=call_id,
        call_title=as_line(row.one("callTitle")),
        title=_title(row),
        status=read_status(row),
        programme=programme,
        action_types=tuple(types),
        action_labels=tuple(types.values()),
        grant_agreements=tuple(
            distinct([m.abbreviation for a in actions for t in a.types for m in t.agreements])
        ),
        opens_on=min(action.planned_opening for action in actions),
        deadline_model=_deadline_model(actions),
        cutoffs=tuple(_cutoffs(row, actions, programme, rules)),
        budget=read_budget(row, topic_id),
        sections=tuple(read_sections(row.optional("descriptionByte"))),
        conditions=tuple(read_conditions(row.one("topicConditions"))),
        destination=as_line(row.optional("destinationDescription")),
        keywords=tuple(read_keywords(row.many("keywords"), {topic_id, call_id})),
        tags=tuple(read_keywords(row.many("tags"), set())),
        priorities=tuple(distinct(row.many("crossCuttingPriorities"))),
        divisions=tuple(distinct(row.many("programmeDivision"))),
        news=tuple(as_news(row.document("latestInfos", NEWS))),
        url=_page_of_topic(row.url, topic_id),
        raw=raw,
    )


def read_proposals(row: Row, _: Rules, raw: bytes) -> Collected:
    """Return a call for proposals of the external action (record type 2): no text, few fields."""
    amount = row.optional("budget")
    return Collected(
        reference=row.reference,
        kind=Kind.PROPOSALS,
        topic_id=as_line(row.one("identifier")),
        call_id=as_line(row.one("callIdentifier")),
        call_title="",
        title=_title(row),
        status=read_status(row),
        programme=read_programme(row),
        action_types=(),
        action_labels=(),
        grant_agreements=(),
        opens_on=read_day(row.one("startDate")),
        deadline_model="",
        cutoffs=tuple(_stated_cutoffs(row)),
        budget=CollectedBudget(own_eur=read_euro(amount), shared_by=1 if read_euro(amount) else 0),
        sections=(),
        conditions=(),
        destination="",
        keywords=(),
        tags=(),
        priorities=(),
        divisions=(),
        news=(),
        url=read_url(row.url),
        raw=raw,
    )


def read_cascade_call(row: Row, _: Rules, raw: bytes) -> Collected:
    """Return a cascade funding call (record type 8)."""
    return read_cascade(row, read_status(row), read_programme(row), raw)


READERS: dict[str, Callable[[Row, Rules, bytes], Collected]] = {
    "1": read_topic,
    "2": read_proposals,
    "8": read_cascade_call,
}
"""Who reads each ``metadata.type``."""


def _title(row: Row) -> str:
    title = as_line(row.one("title"))
    if not title:
        raise FieldError(f"title: is blank: {row.one('title')!r}")
    return title


def action_types(types: Iterable[ActionType]) -> dict[str, str]:
    """Return label by code; the portal repeats them cumulatively and in any order."""
    pairs = {}
    for kind in types:
        code, _, label = kind.code_and_label.partition(" ")
        pairs[code] = as_line(label) or code
    return dict(sorted(pairs.items()))


def kind_of_topic(types: dict[str, str]) -> Kind:
    """Return whether action types (label by code) are all prizes."""
    prizes = [code.casefold().endswith(("-rpr", "-ipr", "-prize", "-pr")) for code in types]
    return Kind.PRIZE if prizes and all(prizes) else Kind.TOPIC


def _deadline_model(actions: list[Action]) -> str:
    models = distinct([action.procedure.abbreviation for action in actions])
    if len(models) != 1:
        raise FieldError(f"actions: one submission procedure expected, found {models!r}")
    return models[0]


def _cutoffs(
    row: Row, actions: list[Action], programme: str, rules: Rules
) -> Iterator[CollectedCutoff]:
    days = sorted({day for action in actions for day in action.deadlines})
    listed = sorted({read_day(value) for value in row.many("deadlineDate")})
    if days != listed:
        raise FieldError(f"deadlines: actions say {_shown(days)}, deadlineDate {_shown(listed)}")
    two_stage = _deadline_model(actions) == "two-stage"
    if two_stage and len(days) > 2:
        raise FieldError(f"deadlines: a two-stage topic with {_shown(days)}")
    types = action_types(kind for action in actions for kind in action.types)
    for position, day in enumerate(days, start=1):
        moment = placed_in_time(
            day, programme, rules, kind=kind_of_topic(types), action_types=types
        )
        invited = two_stage and position == 2
        yield CollectedCutoff(
            stage=position if two_stage else None,
            day=day,
            deadline=moment.at,
            origin=Origin.RULE if moment.rule_id else Origin.UNKNOWN,
            rule_id=moment.rule_id,
            open_to=OpenTo.INVITED if invited else OpenTo.ALL,
        )


def _shown(days: list[date]) -> str:
    return ", ".join(day.isoformat() for day in days) or "none"


def _stated_cutoffs(row: Row) -> Iterator[CollectedCutoff]:
    """Yield cut-offs that are real moments; their seconds are noise, which is told apart later."""
    moments = {read_moment(value) for value in row.many("deadlineDate")}
    for moment in sorted(moments):
        yield CollectedCutoff(
            stage=None,
            day=moment.astimezone(BRUSSELS).date(),
            deadline=moment.replace(microsecond=0),
            origin=Origin.STATED,
            rule_id=None,
            open_to=OpenTo.ALL,
        )


def as_news(items: list[News]) -> list[CollectedNews]:
    """Return news with safe markup, the newest first."""
    collected = []
    for item in items:
        safe = as_safe_html(item.content)
        collected.append(CollectedNews(item.last_change[:10], safe, as_text(safe)))
    return sorted(collected, key=lambda item: (item.day, item.text), reverse=True)


def _page_of_topic(url: str, topic_id: str) -> str:
    """Return the page a person would open; some records link to a data file instead."""
    if "/data/topicDetails/" in url:
        return PAGE_OF_TOPIC + topic_id
    return read_url(url)


def is_leftover(record: dict[str, object]) -> bool:
    """Return whether a row is an old copy of a topic that the index still carries.

    Such rows say open or forthcoming, and have neither description nor actions.
    """
    row = read_row(record)
    if row.many("type") != ["1"] or "TOPICS" in row.reference:
        return False
    return not row.many("actions") and not row.many("descriptionByte")
