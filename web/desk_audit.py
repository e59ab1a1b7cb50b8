"""The audit log: who did what to which match or profile, searched and exported."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.responses import Response as PlainResponse

from config.translation import say
from store.audit import EDITED, Entry, Line, Sought, log_entries, log_page
from store.db import session_scope
from store.edits import Edit
from store.models import Decision
from web.choices import Options
from web.desk_cards import moment, reason_words
from web.desk_office import Look, Office, look
from web.desk_reading import departments_of, read_page
from web.desk_words import ACTS, act_words, by_words, comment_words
from web.profile_words import LABELS, ORIGINS

COLUMNS = (
    "at", "by", "decision", "reason_code", "comment", "assignee", "until", "match_id", "profile",
    "department", "topic_id", "title", "version", "origin", "fields",
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


def table_of(lines: Iterable[Line]) -> str:
    """Return the log as CSV, in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines:
        cells = _cells_of_edit(line) if isinstance(line, Edit) else _cells(line)
        writer.writerow([harmless(cells.get(name) or "") for name in COLUMNS])
    return text.getvalue()


def harmless(text: str) -> str:
    """Return ``text`` so that a spreadsheet shows it and computes nothing.

    >>> harmless("=HYPERLINK(1)"), harmless("fits")
    ("'=HYPERLINK(1)", 'fits')
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def _cells(entry: Entry) -> dict[str, str | None]:
    return {
        "at": entry.at.isoformat(),
        "by": entry.by,
        "decision": entry.decision.value,
        "reason_code": entry.reason_code,
        "comment": entry.comment,
        "assignee": entry.assignee,
        "until": entry.until.isoformat() if entry.until else None,
        "match_id": str(entry.match_id),
        "profile": entry.profile,
        "department": entry.department,
        "topic_id": entry.topic_id,
        "title": entry.title,
    }


def _cells_of_edit(edit: Edit) -> dict[str, str | None]:
    return {
        "at": edit.at.isoformat(),
        "by": edit.by,
        "decision": EDITED,
        "profile": edit.profile,
        "department": edit.department,
        "version": str(edit.number),
        "origin": edit.origin.value,
        "fields": " ".join(edit.fields),
    }


def _sought(seen: Look) -> Sought:
    query: Mapping[str, str] = seen.request.query_params
    decision = query.get("decision", "")
    return Sought(
        query.get("words", "")[:LONGEST_SEARCH],
        decision if decision in {*Decision, EDITED} else "",
        departments_of(seen.person),
        read_page(query.get("page", "")),
    )


def _page(seen: Look) -> Response:
    sought = _sought(seen)
    lines, more = log_page(seen.session, sought)
    values: dict[str, object] = {
        "rows": [
            _row_of_edit(line, seen) if isinstance(line, Edit) else _row(line, seen)
            for line in lines
        ],
        "sought": sought,
        "more": more,
        "decisions": _decisions(seen.language),
    }
    return seen.page("desk_audit.html", values, {})


def _decisions(language: str) -> Options:
    every = (Decision(value) for value in ACTS)
    return (
        ("", say(language, "every act")),
        *((one, act_words(one, language)) for one in every),
        (EDITED, say(language, "changed a profile")),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the log as the page shows it."""

    at: str
    by: str
    did: str
    address: str
    title: str
    hint: str
    why: tuple[str, ...]


def _row(entry: Entry, seen: Look) -> Row:
    did = act_words(entry.decision, seen.language)
    reason = reason_words(entry.reason_code, seen.language)
    comment = comment_words(entry.by, entry.comment, seen.language)
    return Row(
        at=moment(entry.at, seen.view),
        by=by_words(entry.by, seen.language),
        did=f"{did}: {entry.assignee}" if entry.assignee else did,
        address=f"/desk/matches/{entry.match_id}",
        title=entry.title,
        hint=f"{entry.profile} · {entry.topic_id}",
        why=tuple(filter(None, (reason, comment))),
    )


def _row_of_edit(edit: Edit, seen: Look) -> Row:
    number = edit.number
    between = f"?from={number - 1}&to={number}" if edit.fields else ""
    changed = [say(seen.language, LABELS[name]) for name in edit.fields]
    return Row(
        at=moment(edit.at, seen.view),
        by=edit.by,
        did=say(seen.language, ORIGINS[edit.origin]),
        address=f"/profile/{edit.slug}/versions{between}",
        title=edit.profile,
        hint=say(seen.language, "version {number}", number=number),
        why=(", ".join(changed),) if changed else (),
    )
