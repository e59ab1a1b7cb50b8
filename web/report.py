"""Reports: how far matches came, by department, group, programme or month; and as files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from babel.numbers import format_decimal
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from config.dates import day
from config.organisation import read_organisation
from config.translation import say, say_many, translatable
from store.coverage import Period
from store.db import session_scope
from store.stages import Stage
from web.application import application_pages
from web.choices import said
from web.desk_cards import Teller
from web.desk_office import Look, Office, look
from web.desk_reading import departments_of
from web.report_files import csv_of, xlsx_of
from web.report_rows import Asked, Grouping, Remark, Report, Row, report_of
from web.report_words import GAPS, GROUPINGS, REMARKS, STAGES
from web.site import Site

LONGEST = timedelta(days=5 * 366)
BACKWARDS = translatable("The last day must not be before the first.")
TOO_LONG = translatable("Choose five years at most.")
FILES: dict[str, tuple[str, Callable[[Report, str], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", csv_of),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_of),
}
"""Ending of the address → type, and what makes it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart: its words, its number, and how long it is drawn."""

    name: str
    number: int | None
    """None where it is withheld."""
    percent: float


def report_pages(site: Site, teller: Teller) -> APIRouter:
    """Return the routes of reports, and of the applications that they count."""
    office = Office(site, teller, read_organisation(site.settings.configuration))
    router = APIRouter()
    router.include_router(application_pages(office))

    @router.api_route("/reports", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show a report, with its charts."""
        with session_scope(site.engine) as session:
            return _page(look(office, session, request))

    @router.api_route("/reports.{kind}", methods=["GET", "HEAD"])
    def take_along(kind: str, request: Request) -> Response:
        """Hand out what the page shows, as a file."""
        if kind not in FILES:
            raise HTTPException(404)
        with session_scope(site.engine) as session:
            seen = look(office, session, request)
            asked, _ = read_report(seen)
            content_type, made = FILES[kind]
            report = report_of(session, asked, office.organisation, seen.language)
            body = made(report, seen.language)
        headers = {
            "Content-Type": content_type,
            "Content-Disposition": f'attachment; filename="callwatch-report.{kind}"',
            "Cache-Control": "no-store",
        }
        return Response(body, headers=headers)

    return router


def read_report(seen: Look) -> tuple[Asked, dict[str, str]]:
    """Return which report an address asks for, and what of it cannot be used.

    What is missing or cannot be read is as usual: by department, from the first of January on.
    """
    query = seen.request.query_params
    today = seen.now.astimezone(seen.office.zone).date()
    usual = date(today.year, 1, 1)
    first, last = _day(query.get("first", ""), usual), _day(query.get("last", ""), today)
    problems: dict[str, str] = {}
    if last < first:
        problems["last"] = BACKWARDS
    elif last - first > LONGEST:
        problems["first"] = TOO_LONG
    if problems:
        first, last = usual, today
    by = query.get("by", "")
    grouping = Grouping(by) if by in list(Grouping) else Grouping.DEPARTMENT
    period = Period(first, last, seen.office.zone)
    return Asked(grouping, period, departments_of(seen.person)), problems


def _day(text: str, usual: date) -> date:
    """Return the day that a field names.

    >>> _day("2026-05-01", date.min), _day("May", date.min)
    (datetime.date(2026, 5, 1), datetime.date(1, 1, 1))
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return usual
    return found if 2000 <= found.year <= 2100 else usual


def _page(seen: Look) -> Response:
    asked, problems = read_report(seen)
    report = report_of(seen.session, asked, seen.office.organisation, seen.language)
    pictured = seen.request.query_params.get("of", "")
    stage = Stage(pictured) if pictured in list(Stage) else Stage.MATCHED
    language, query = seen.language, _query(asked)
    values: dict[str, object] = {
        "report": report,
        "asked": asked,
        "grouping": say(language, GROUPINGS[asked.grouping]),
        "groupings": said(language, GROUPINGS),
        "stages": said(language, STAGES),
        "stage": stage,
        "stage_name": say(language, STAGES[stage]),
        "funnel": _funnel(report, language),
        "bars": _bars(report.rows, stage),
        "remarks": dict(said(language, REMARKS)),
        "gaps": [*_gaps(report, language)],
        "between": _between(asked.period, language),
        "money": lambda amount: format_decimal(amount, "#,##0", locale=language),
        "query": query,
        "files": [(kind.upper(), f"/reports.{kind}?{query}") for kind in FILES],
    }
    return seen.page("report.html", values, problems)


def _gaps(report: Report, language: str) -> Iterator[str]:
    """Yield how many have nothing, and why, in the word of what the rows are."""
    for remark in Remark:
        if number := report.without(remark):
            yield say_many(language, number, *GAPS[report.asked.grouping, remark])


def _between(period: Period, language: str) -> str:
    return f"{day(period.first, language)} – {day(period.last, language)}"


def _query(asked: Asked) -> str:
    period = asked.period
    named: Mapping[str, str] = {
        "by": asked.grouping.value,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
    }
    return urlencode(named)


def _funnel(report: Report, language: str) -> list[Bar]:
    """Return how far everything came, stage by stage."""
    numbers = {say(language, STAGES[s]): number for s, number in report.total.numbers.items()}
    return _drawn(list(numbers.items()))


def _bars(rows: Sequence[Row], stage: Stage) -> list[Bar]:
    """Return the rows of which there is something to draw; the table has them all."""
    return _drawn([(row.name, row.numbers[stage]) for row in rows if row.numbers[stage] != 0])


def _drawn(numbers: Sequence[tuple[str, int | None]]) -> list[Bar]:
    most = max((number or 0 for _, number in numbers), default=0)
    return [
        Bar(name, number, round(100 * (number or 0) / most, 2) if most else 0.0)
        for name, number in numbers
    ]
