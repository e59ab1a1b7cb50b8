"""Profiles that people hand in as a text, YAML or CSV: each is read by itself, or its fault told.

The texts come from browsers: what would make a small text large or deep is refused.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from config.documents import own_faults, read_document_text, told_fault
from config.errors import ConfigurationError
from config.profiles import KnownIds, ProfileDocument, checked_model

MOST = 200
"""Profiles of one text."""

DEEPEST = 12
"""Levels of a YAML text; a profile has three."""

LISTS = (
    "excluded_keywords", "facets", "programmes", "action_types", "roles", "career_stages", "goals",
)  # fmt: skip
SINGLE = ("slug", "name", "department", "text", "owner")
AMOUNTS = ("budget_least", "budget_most")
REVIEW = ("review_policy", "review_threshold")
COLUMNS = (*SINGLE, "keywords", *LISTS, *AMOUNTS, *REVIEW)
"""Of a table of profiles; all but the first four may be missing."""

_SLUG = re.compile(r"^slug:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)
_PART = re.compile(r"^---[ \t]*$", re.MULTILINE)
_DEEPER = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_HIGHER = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


@dataclass(frozen=True, slots=True)
class Upload:
    """What was read of a text."""

    documents: tuple[ProfileDocument, ...]
    faults: tuple[str, ...]
    """What could not be read, one line each, with the line or the row."""


def read_yaml(text: str, known: KnownIds) -> Upload:
    """Return the profiles of a YAML text, one or several with lines of ``---`` between them."""
    documents, faults = [], []
    for number, part in enumerate(_parts(text)):
        if number == MOST:
            faults.append(f"more than {MOST} profiles: hand them in by parts")
            break
        try:
            documents.append(_read_part(part, known))
        except ConfigurationError as error:
            faults += str(error).splitlines()
    return _each_once(documents, faults)


def read_csv(text: str, known: KnownIds) -> Upload:
    """Return the profiles of a table with a row of names first (docs/reference/profiles.md)."""
    header = text.partition("\n")[0]
    rows = csv.DictReader(
        StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ","
    )
    names = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    wrong = [name for name in names if name not in COLUMNS]
    if wrong or not {"slug", "name", "department", "text"} <= set(names):
        advice = f"columns are: {', '.join(COLUMNS)}"
        named = f"no such column: {wrong[0][:40]!r}; " if wrong else "a column is missing; "
        return Upload((), (f"row 1: {named}{advice}",))
    documents, faults = [], []
    try:
        for number, row in enumerate(rows, 2):
            if number > MOST + 1:
                faults.append(f"more than {MOST} rows: hand them in by parts")
                break
            try:
                documents.append(_read_row(row, known))
            except ConfigurationError as error:
                faults += [f"row {number}: {line}" for line in str(error).splitlines()]
    except csv.Error as error:
        faults.append(f"row {rows.line_num + 1}: {error}")
    return _each_once(documents, faults)


READERS: Mapping[str, Callable[[str, KnownIds], Upload]] = {"yaml": read_yaml, "csv": read_csv}
"""By the format of a text."""


def _parts(text: str) -> Iterator[str]:
    """Yield the documents of a YAML text, each on the lines that it has in the whole."""
    line = 0
    for part in _PART.split(text):
        if part.strip():
            yield "\n" * line + part
        line += part.count("\n")


def _read_part(text: str, known: KnownIds) -> ProfileDocument:
    line = len(text) - len(text.lstrip("\n")) + 1
    named = _SLUG.search(text)
    if named is None:
        raise ConfigurationError(f"line {line}: slug: is missing")
    _refuse_tricks(text, line)
    try:
        return read_document_text(Path("line"), text, checked_model(named[1], known))
    except ConfigurationError as error:
        raise ConfigurationError(str(error).replace("line:", "line ", 1)) from error


def _refuse_tricks(text: str, line: int) -> None:
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            depth += isinstance(token, _DEEPER) - isinstance(token, _HIGHER)
            if isinstance(token, yaml.AliasToken) or depth > DEEPEST:
                raise ConfigurationError(
                    f"line {token.start_mark.line + 1}: write every value where it belongs;"
                    " aliases and deep nesting are not read"
                )
    except yaml.YAMLError as error:
        raise ConfigurationError(f"line {line}: no valid YAML") from error


def _read_row(row: Mapping[str | None, Any], known: KnownIds) -> ProfileDocument:
    if None in row:
        raise ConfigurationError("has more fields than there are columns")
    cells = {str(name): (value or "").strip() for name, value in row.items()}
    try:
        return checked_model(cells["slug"], known).model_validate(_content(cells))
    except ValidationError as error:
        raise ConfigurationError("\n".join(map(told_fault, own_faults(error)))) from error


def _content(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a row; what is empty is left out, as in a file."""
    content: dict[str, Any] = {name: cells[name] for name in SINGLE if cells.get(name)}
    content |= {name: _items(cells[name]) for name in LISTS if cells.get(name)}
    if cells.get("keywords"):
        content["keywords"] = [_group(text) for text in cells["keywords"].split("|")]
    amounts = {name.partition("_")[2]: cells[name] for name in AMOUNTS if cells.get(name)}
    rule = {name.partition("_")[2]: cells[name] for name in REVIEW if cells.get(name)}
    return content | {"budget_eur": amounts, "review": rule or {"policy": "review_all"}}


def _group(text: str) -> dict[str, Any]:
    words, _, weight = text.partition("*")
    return {"words": _items(words), "weight": weight.strip() or 1.0}


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(";") if item.strip()]


def _each_once(documents: list[ProfileDocument], faults: list[str]) -> Upload:
    slugs = [document.slug for document in documents]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    kept = tuple(document for document in documents if document.slug not in twice)
    return Upload(kept, (*faults, *(f"{slug}: stands there more than once" for slug in twice)))
