"""The audit log: who did what to which match, searched and exported."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from fastapi import APIRouter, Request, Response
from starlette.responses import Response as PlainResponse

from config.translation import say
from store.audit import Entry, Sought, log_entries, log_page
from store.db import session_scope
from store.models import Decision
from web.choices import Options
from web.desk_cards import moment, reason_words
from web.desk_office import Look, Office, look
from web.desk_reading import departments_of, read_page
from web.desk_words import ACTS, act_words, by_words, comment_words

COLUMNS = (
    "at", "by", "decision", "reason_code", "comment", "assignee", "until", "match_id", "profile",
    "department", "topic_id", "title",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula
(https://owasp.org/www-community/attacks/CSV_Injection)."""
LONGEST_SEARCH = 200


def audit_pages(office: Office) -> APIRouter:
    """Return the routes of the audit log."""
    router = APIRouter()

    @router.api_route("/desk/audit", methods=["GET", "HEAD"])
    def show(request: Request) -> Response:
        """Show what is sought, newest first."""
        with session_scope(office.site.engine) as session:
            return _page(look(office, session, request))

    @router.api_route("/desk/audit.csv", methods=["GET", "HEAD"])
    def export(request: Request) -> Response:
        """Hand out all that is sought, as a table."""
        with session_scope(office.site.engine) as session:
            seen = look(office, session, request)
            content = table_of(log_entries(session, _sought(seen)))
        headers = {
            "Content-Disposition": 'attachment; filename="callwatch-audit.csv"',
            "Cache-Control": "no-store",
        }
        return PlainResponse(content, media_type="text/csv; charset=utf-8", headers=headers)

    return router


def table_of(entries: Iterable[Entry]) -> str:
    """Return acts as CSV, in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(list(_cells(entry)) for entry in entries)
    return text.getvalue()


def harmless(text: str) -> str:
    """Return ``text`` so that a spreadsheet shows it and computes nothing.

    >>> harmless("=HYPERLINK(1)"), harmless("fits")
    ("'=HYPERLINK(1)", 'fits')
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def _cells(entry: Entry) -> Iterator[str]:
    values = (
        entry.at.isoformat(), entry.by, entry.decision.value, entry.reason_code, entry.comment,
        entry.assignee, entry.until.isoformat() if entry.until else None, str(entry.match_id),
        entry.profile, entry.department, entry.topic_id, entry.title,
    )  # fmt: skip
    return (harmless(value or "") for value in values)


def _sought(seen: Look) -> Sought:
    query: Mapping[str, str] = seen.request.query_params
    decision = query.get("decision", "")
    return Sought(
        query.get("words", "")[:LONGEST_SEARCH],
        decision if decision in list(Decision) else "",
        departments_of(seen.person),
        read_page(query.get("page", "")),
    )


def _page(seen: Look) -> Response:
    sought = _sought(seen)
    entries, more = log_page(seen.session, sought)
    values: dict[str, object] = {
        "rows": [_row(entry, seen) for entry in entries],
        "sought": sought,
        "more": more,
        "decisions": _decisions(seen.language),
    }
    return seen.page("desk_audit.html", values, {})


def _decisions(language: str) -> Options:
    every = (Decision(value) for value in ACTS)
    return (("", say(language, "every act")), *((one, act_words(one, language)) for one in every))


def _row(entry: Entry, seen: Look) -> dict[str, object]:
    """Return an act as the page shows it."""
    return {
        "entry": entry,
        "at": moment(entry.at, seen.view),
        "by": by_words(entry.by, seen.language),
        "did": act_words(entry.decision, seen.language),
        "reason": reason_words(entry.reason_code, seen.language),
        "comment": comment_words(entry.by, entry.comment, seen.language),
    }
