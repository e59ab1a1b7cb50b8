"""What a crawler hands to the store: one opportunity as its source shows it now."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from store.models import Kind, OpenTo, Origin, Status


@dataclass(frozen=True, slots=True)
class CollectedSection:
    """A labelled part of a description or of the conditions."""

    label: str
    """As the source writes it, without the colon; empty where it has none."""
    html: str
    """Sanitised."""
    text: str
    """The same as plain text; bullets are lines that start with ``* ``."""


@dataclass(frozen=True, slots=True)
class CollectedNews:
    """One item of an opportunity's latest news."""

    day: str
    """ISO date on which it was last changed."""
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class CollectedCutoff:
    """A date to submit by, placed in time."""

    stage: int | None
    day: date
    deadline: datetime
    origin: Origin
    rule_id: str | None
    open_to: OpenTo
    verified: bool = True
    """Whether the date was compared with an official page."""
    note: str = ""
    """What else there is to know of this date."""


@dataclass(frozen=True, slots=True)
class CollectedBudget:
    """What an opportunity pays; None where the source states nothing."""

    own_eur: Decimal | None = None
    shared_eur: Decimal | None = None
    shared_by: int = 0
    min_contribution_eur: Decimal | None = None
    max_contribution_eur: Decimal | None = None
    expected_grants: int | None = None


@dataclass(frozen=True, slots=True)
class Collected:
    """One opportunity as its source shows it now. Fields mean what they mean in ``Opportunity``."""

    reference: str
    kind: Kind
    topic_id: str
    call_id: str
    call_title: str
    title: str
    status: Status
    programme: str
    action_types: tuple[str, ...]
    action_labels: tuple[str, ...]
    grant_agreements: tuple[str, ...]
    opens_on: date
    deadline_model: str
    cutoffs: tuple[CollectedCutoff, ...]
    budget: CollectedBudget
    sections: tuple[CollectedSection, ...]
    conditions: tuple[CollectedSection, ...]
    destination: str
    keywords: tuple[str, ...]
    tags: tuple[str, ...]
    priorities: tuple[str, ...]
    divisions: tuple[str, ...]
    news: tuple[CollectedNews, ...]
    url: str
    raw: bytes
    """The source's own record, as JSON."""
    parent_reference: str | None = None
    unknown: frozenset[str] = frozenset()
    """Names of the fields of which this source says nothing; what is stored of them stays."""

    def fields(self) -> dict[str, Any]:
        """Return what a revision is made of: no markup, no order without meaning, no unknowns."""
        hidden = set(self.unknown)
        if "budget" in hidden:
            hidden.update(_BUDGET_FIELDS)
        return {name: value for name, value in self._all_fields().items() if name not in hidden}

    def _all_fields(self) -> dict[str, Any]:
        budget = self.budget
        return {
            "title": self.title,
            "topic_id": self.topic_id,
            "kind": self.kind.value,
            "status": self.status.value,
            "call_id": self.call_id,
            "call_title": self.call_title,
            "programme": self.programme,
            "action_types": sorted(self.action_types),
            "grant_agreements": sorted(self.grant_agreements),
            "opens_on": self.opens_on.isoformat(),
            "deadline_model": self.deadline_model,
            "cutoffs": [
                {
                    "day": c.day.isoformat(),
                    "stage": c.stage,
                    "deadline": c.deadline.isoformat(),
                    "origin": c.origin.value,
                    "open_to": c.open_to.value,
                    "verified": c.verified,
                    "note": c.note,
                }
                for c in self.cutoffs
            ],
            "budget_eur": _amount(budget.own_eur),
            "shared_budget_eur": _amount(budget.shared_eur),
            "budget_shared_by": budget.shared_by,
            "min_contribution_eur": _amount(budget.min_contribution_eur),
            "max_contribution_eur": _amount(budget.max_contribution_eur),
            "expected_grants": budget.expected_grants,
            "sections": sorted([section.label, section.text] for section in self.sections),
            "conditions": sorted([section.label, section.text] for section in self.conditions),
            "destination": self.destination,
            "keywords": sorted(self.keywords),
            "tags": sorted(self.tags),
            "priorities": sorted(self.priorities),
            "divisions": sorted(self.divisions),
            "news": [[item.day, item.text] for item in self.news],
            "url": self.url,
            "parent_reference": self.parent_reference,
        }


_BUDGET_FIELDS = (
    "budget_eur", "shared_budget_eur", "budget_shared_by", "min_contribution_eur",
    "max_contribution_eur", "expected_grants",
)  # fmt: skip
"""What ``Collected.budget`` is in a revision."""


def content_hash(fields: dict[str, Any]) -> str:
    """Return the SHA-256 of ``fields``, the same for the same content."""
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else format(value, ".2f")
