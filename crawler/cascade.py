"""Cascade funding (record type 8): money that a project gives on by a call of its own. Pure."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from config.deadlines import BRUSSELS, placed_in_time
from crawler.budget import read_euro
from crawler.fields import as_line, read_day, read_moment, read_sections, read_url
from crawler.records import FieldError, Row
from store.collected import Collected, CollectedBudget, CollectedCutoff, CollectedSection
from store.models import Kind, OpenTo, Origin, Status

HOUR_ELSEWHERE = "the project's own page has the hour"
_PARENT = re.compile(r"/competitive-calls-cs/(\d+)$")


def read_cascade(row: Row, status: Status, programme: str, raw: bytes) -> Collected:
    """Return a cascade funding call; identifier and title of the record are its parent topic's.

    Raises:
        FieldError: If a field is missing, or means something unknown.
    """
    title = as_line(row.one("callTitle"))
    if not title:
        raise FieldError(f"callTitle: is blank: {row.one('callTitle')!r}")
    amount = read_euro(row.optional("budget"))
    return Collected(
        reference=row.reference,
        parent_reference=read_parent(row.url),
        kind=Kind.CASCADE,
        topic_id=as_line(row.one("identifier")),
        call_id=as_line(row.optional("callccm2Id")),
        call_title=_project(row),
        title=title,
        status=status,
        programme=programme,
        action_types=(),
        action_labels=(),
        grant_agreements=(),
        opens_on=read_day(row.one("startDate")),
        deadline_model=as_line(row.optional("deadlineModel")),
        cutoffs=tuple(_cutoffs(row)),
        budget=CollectedBudget(own_eur=amount, shared_by=1 if amount else 0),
        sections=tuple(_sections(row)),
        conditions=(),
        destination=as_line(row.one("title")),
        keywords=(),
        tags=(),
        priorities=(),
        divisions=(),
        news=(),
        url=read_url(row.url),
        raw=raw,
    )


def read_parent(url: str) -> str:
    """Return the reference of the parent topic; the number in the address is its own.

    Raises:
        FieldError: If the address has no such number.

    >>> read_parent("https://ec.europa.eu/info/x/competitive-calls-cs/46214053")
    '46214053TOPICSen'
    """
    found = _PARENT.search(url)
    if found is None:
        raise FieldError(f"url: names no parent topic: {url!r:.120}")
    return f"{found[1]}TOPICSen"


def read_unsure_day(text: str) -> date:
    """Return the day of a deadline whose clock a project set, by its own wall or by UTC.

    Midnight in Brussels is a date alone. Else the clock may be either, and the earlier of the two
    days is the one that nobody misses.

    Raises:
        FieldError: If it is no moment.

    >>> read_unsure_day("2026-09-07T23:59:00.000+0000").isoformat()
    '2026-09-07'
    >>> read_unsure_day("2026-09-07T22:00:00.000+0000").isoformat()
    '2026-09-08'
    """
    moment = read_moment(text)
    local = moment.astimezone(BRUSSELS)
    if local.time() == datetime.min.time():
        return local.date()
    return min(moment.date(), local.date())


def _cutoffs(row: Row) -> Iterator[CollectedCutoff]:
    """Yield dates without an hour: no rule of a programme binds its projects."""
    for day in sorted({read_unsure_day(text) for text in row.many("deadlineDate")}):
        yield CollectedCutoff(
            stage=None,
            day=day,
            deadline=placed_in_time(day, "", ()).at,
            origin=Origin.UNKNOWN,
            rule_id=None,
            open_to=OpenTo.ALL,
            note=HOUR_ELSEWHERE,
        )


def _project(row: Row) -> str:
    names = (row.optional("projectAcronym"), row.optional("projectName"))
    return as_line(" – ".join(name for name in names if name))


def _sections(row: Row) -> Iterator[CollectedSection]:
    yield from read_sections(row.optional("description"))
    for section in read_sections(row.optional("furtherInformation")):
        yield CollectedSection(section.label or "Further information", section.html, section.text)
