"""Opportunities as plain rows: for JSON, CSV and spreadsheets."""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from config.deadlines import BRUSSELS
from config.programmes import programme_name
from store.collecting import as_euro
from store.models import Cutoff, Opportunity
from store.opportunities import is_opening_known, next_cutoff, status_at

COLUMNS = (
    "topic_id", "title", "status", "programme", "action_types", "opens_on", "deadline",
    "deadline_verified", "deadline_note", "budget_eur", "min_contribution_eur",
    "max_contribution_eur", "expected_grants", "call_id", "kind", "url", "reference",
    "confirmed_by", "confirmed_at",
)  # fmt: skip
"""Columns of an export, in their order."""


def as_row(opportunity: Opportunity, now: datetime) -> dict[str, Any]:
    """Return everything a reader of JSON may want of an opportunity; null means not stated."""
    cutoff = next_cutoff(opportunity, now)
    return {
        "reference": opportunity.reference,
        "topic_id": opportunity.topic_id,
        "title": opportunity.title,
        "kind": opportunity.kind.value,
        "status": status_at(opportunity, now).value,
        "source": opportunity.source,
        "programme": opportunity.programme,
        "parent_reference": opportunity.parent_reference,
        "call_id": opportunity.call_id,
        "call_title": opportunity.call_title,
        "action_types": opportunity.action_types,
        "action_labels": opportunity.action_labels,
        "grant_agreements": opportunity.grant_agreements,
        "opens_on": opportunity.opens_on.isoformat() if is_opening_known(opportunity) else None,
        "deadline": _brussels(cutoff) if cutoff else None,
        "deadline_verified": cutoff.verified if cutoff else None,
        "deadline_note": cutoff.note if cutoff else None,
        "deadline_model": opportunity.deadline_model,
        "cutoffs": [_cutoff_row(cutoff) for cutoff in opportunity.cutoffs],
        "budget_eur": as_euro(opportunity.budget_eur),
        "shared_budget_eur": as_euro(opportunity.shared_budget_eur),
        "budget_shared_by": opportunity.budget_shared_by,
        "min_contribution_eur": as_euro(opportunity.min_contribution_eur),
        "max_contribution_eur": as_euro(opportunity.max_contribution_eur),
        "expected_grants": opportunity.expected_grants,
        "sections": [_part(section) for section in opportunity.sections],
        "conditions": [_part(section) for section in opportunity.conditions],
        "destination": opportunity.destination,
        "keywords": opportunity.keywords,
        "tags": opportunity.tags,
        "priorities": opportunity.priorities,
        "divisions": opportunity.divisions,
        "news": [{"day": item["day"], "text": item["text"]} for item in opportunity.news],
        "url": opportunity.url,
        "first_seen_at": opportunity.first_seen_at.isoformat(),
        "last_seen_at": opportunity.last_seen_at.isoformat(),
        "confirmed_by": opportunity.confirmed_by.value,
        "confirmed_at": opportunity.last_seen_at.isoformat(),
        "missing_since": _iso(opportunity.missing_since),
        "withdrawn_at": _iso(opportunity.withdrawn_at),
    }


def _part(section: dict[str, Any]) -> dict[str, str]:
    return {"label": section["label"], "text": section["text"]}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _brussels(cutoff: Cutoff) -> str:
    return cutoff.deadline.astimezone(BRUSSELS).isoformat()


def _cutoff_row(cutoff: Cutoff) -> dict[str, Any]:
    return {
        "day": cutoff.day.isoformat(),
        "deadline": cutoff.deadline.isoformat(),
        "stage": cutoff.stage,
        "origin": cutoff.origin.value,
        "rule_id": cutoff.rule_id,
        "open_to": cutoff.open_to.value,
        "verified": cutoff.verified,
        "note": cutoff.note,
    }


def _cells(opportunity: Opportunity, now: datetime) -> list[str | float | None]:
    row = as_row(opportunity, now)
    row["programme"] = programme_name(row["programme"])
    row["action_types"] = ", ".join(row["action_types"])
    return [row[name] for name in COLUMNS]


def csv_of(opportunities: Sequence[Opportunity], now: datetime) -> bytes:
    """Return an export for spreadsheets; no cell can be taken for a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for opportunity in opportunities:
        writer.writerow([_safe(cell) for cell in _cells(opportunity, now)])
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: str | float | None) -> str | float | None:
    """Return ``cell`` as text where a spreadsheet would calculate it."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return cell


def xlsx_of(opportunities: Sequence[Opportunity], now: datetime) -> bytes:
    """Return a workbook; texts stay texts, whatever they begin with."""
    file = BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("Opportunities")
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        for number, opportunity in enumerate(opportunities, start=1):
            sheet.write_row(number, 0, _cells(opportunity, now))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(opportunities), 1), len(COLUMNS) - 1)
        sheet.autofit(400)
    return file.getvalue()
