"""A report as a table of cells: for CSV, for spreadsheets, for a terminal."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

import xlsxwriter

from config.translation import say
from web.desk_audit import harmless
from web.report_rows import Report, Row
from web.report_words import (
    GROUPINGS,
    MONEY,
    REMARK,
    REMARKS,
    STAGES,
    TOTAL,
    UNKNOWN_MONEY,
    WITHHELD,
    WITHIN,
)

Cell = str | int | float


def headings_of(report: Report, language: str) -> list[str]:
    """Return what stands above the columns."""
    words = (GROUPINGS[report.asked.grouping], WITHIN, *STAGES.values(), MONEY, UNKNOWN_MONEY)
    return [say(language, text) for text in (*words, REMARK)]


def cells_of(report: Report, language: str) -> list[list[Cell]]:
    """Return the rows as they are shown, the total last."""
    total = _cells(report.total, language)
    return [*(_cells(row, language) for row in report.rows), [say(language, TOTAL), *total[1:]]]


def csv_of(report: Report, language: str) -> bytes:
    """Return a report for spreadsheets; no cell can be taken for a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings_of(report, language))
    for row in cells_of(report, language):
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(report: Report, language: str) -> bytes:
    """Return a workbook; texts stay texts, whatever they begin with."""
    file = BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("Callwatch")
        headings = headings_of(report, language)
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        for number, row in enumerate(cells_of(report, language), start=1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 1)
        sheet.autofit(400)
    return file.getvalue()


def _cells(row: Row, language: str) -> list[Cell]:
    numbers: Sequence[Cell] = [
        say(language, WITHHELD) if number is None else number for number in row.numbers.values()
    ]
    remark = say(language, REMARKS[row.remark]) if row.remark else ""
    return [
        row.name, row.within, *numbers, float(row.award.known_eur), row.award.unknown, remark,
    ]  # fmt: skip
