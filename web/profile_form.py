"""A profile as the form of a page, and back. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from config.profiles import KnownIds, ProfileDocument, checked_model
from store.profile_contents import document_in
from web.choices import ACTION_TYPES
from web.forms import Form
from web.profile_words import PROBLEMS
from web.reading import UNKNOWN, ProblemsError

LONGEST_TEXT = 20_000
POLICIES = ("review_all", "auto_above", "auto")
PLAIN = ("slug", "name", "department", "text", "owner")
BOXES = ("programmes", "roles", "career_stages", "goals")

_WEIGHED = re.compile(r"(?P<words>.*?)\s*\*\s*(?P<weight>[^*]*)")


@dataclass(frozen=True, slots=True)
class Draft:
    """A profile as somebody is writing it."""

    content: Mapping[str, Any]
    """Its fields, as ``store.profile_contents`` knows them; what cannot be read is left out."""
    problems: Mapping[str, str]
    """Fields that cannot be read, each with what to do about it, in English."""

    @property
    def document(self) -> ProfileDocument:
        """Return the profile as far as it is written; it is not checked."""
        return document_in("", self.content)


def read_draft(form: Form) -> Draft:
    """Return what is written in a form."""
    problems: dict[str, str] = {}
    text = form.one("text").replace("\r\n", "\n")
    if len(text) > LONGEST_TEXT:
        problems["text"] = PROBLEMS["text"]
    content = {
        "name": form.one("name"),
        "department": form.one("department"),
        "text": text[:LONGEST_TEXT],
        "keywords": _keywords(form.one("keywords"), problems),
        "excluded_keywords": _lines(form.one("excluded_keywords")),
        "facets": _lines(form.one("facets")),
        **{name: _each_once(form.many(name)) for name in BOXES},
        "action_types": _each_once((*form.many("action_types"), *_words(form.one("more_types")))),
        "budget_eur": {name: _euros(form, name, problems) for name in ("least", "most")},
        "owner": form.one("owner") or None,
        "review": _review(form, problems),
    }
    return Draft(content, problems)


def read_document(slug: str, draft: Draft, known: KnownIds) -> ProfileDocument:
    """Return the profile that is written in a form.

    Raises:
        ProblemsError: If a field cannot be used.
    """
    problems = dict(draft.problems)
    try:
        found = checked_model(slug, known).model_validate(draft.content)
    except ValidationError as error:
        names = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors() if fault["loc"])
        problems |= {name: PROBLEMS.get(name, UNKNOWN) for name in names if name not in problems}
        raise ProblemsError(problems) from error
    if problems:
        raise ProblemsError(problems)
    return found


def as_form(document: ProfileDocument) -> Form:
    """Return the form in which a profile is shown."""
    more = [one for one in document.action_types if one not in ACTION_TYPES]
    review, budget = document.review, document.budget_eur
    single = {
        "slug": document.slug,
        "name": document.name,
        "department": document.department,
        "text": document.text,
        "keywords": keywords_text(document),
        "excluded_keywords": "\n".join(map(_squeezed, document.excluded_keywords)),
        "facets": "\n".join(map(_squeezed, document.facets)),
        "more_types": ", ".join(more),
        "least": euros_text(budget.least),
        "most": euros_text(budget.most),
        "owner": document.owner or "",
        "policy": review.policy,
        "threshold": "" if review.threshold is None else f"{review.threshold * 100:g}",
    }
    return Form(
        {name: (value,) for name, value in single.items()}
        | {name: tuple(getattr(document, name)) for name in (*BOXES, "action_types")}
    )


def keywords_text(document: ProfileDocument) -> str:
    """Return groups of keywords a line each, with the weights that are not usual."""
    lines = []
    for group in document.keywords:
        words = [_squeezed(word) for word in group.words]
        joined = ("; " if any("," in word for word in words) else ", ").join(words)
        lines.append(joined if group.weight == 1 else f"{joined} * {group.weight:g}")
    return "\n".join(lines)


def euros_text(amount: Decimal | None) -> str:
    """Return an amount without decimals that say nothing.

    >>> euros_text(Decimal("500000.00")), euros_text(Decimal("500000")), euros_text(None)
    ('500000', '500000', '')
    """
    if amount is None:
        return ""
    return f"{amount:.2f}".removesuffix(".00")


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _keywords(text: str, problems: dict[str, str]) -> list[dict[str, Any]]:
    groups = []
    for line in _lines(text):
        found = _WEIGHED.fullmatch(line)
        words = _words(found["words"] if found else line)
        weight = _weight(found["weight"]) if found else 1.0
        if weight is None or not words:
            problems["keywords"] = PROBLEMS["keywords"]
            continue
        groups.append({"words": words, "weight": weight})
    return groups


def _weight(text: str) -> float | None:
    try:
        weight = float(text.replace(",", "."))
    except ValueError:
        return None
    return weight if math.isfinite(weight) and weight > 0 else None


def _words(text: str) -> list[str]:
    """Return the words of a line: parted by semicolons, or by commas where it has none."""
    parts = map(_squeezed, text.split(";" if ";" in text else ","))
    return [word for word in parts if word]


def _lines(text: str) -> list[str]:
    return [line for line in map(_squeezed, text.splitlines()) if line]


def _each_once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _euros(form: Form, name: str, problems: dict[str, str]) -> str | None:
    text = re.sub(r"[\s\u00a0_']", "", form.one(name))
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_finite() and 0 < amount < Decimal("1e12"):
        return str(amount)
    problems["budget_eur"] = PROBLEMS["budget_eur"]
    return None


def _review(form: Form, problems: dict[str, str]) -> dict[str, Any]:
    policy = form.one("policy")
    if policy not in POLICIES:
        problems["review"] = PROBLEMS["review"]
        return {"policy": "review_all", "threshold": None}
    if policy != "auto_above":
        return {"policy": policy, "threshold": None}
    threshold = _weight(form.one("threshold"))
    if threshold is None or threshold > 100:
        problems["review"] = PROBLEMS["review"]
        return {"policy": "review_all", "threshold": None}
    return {"policy": policy, "threshold": round(threshold / 100, 6)}
