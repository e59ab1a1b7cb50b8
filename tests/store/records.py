"""Collected records with every field filled, of which a test names those that matter to it."""

from datetime import date
from decimal import Decimal
from typing import Any

from store.collected import Collected, CollectedBudget, CollectedSection
from store.models import Kind, Status


def topic_record(**fields: Any) -> Collected:
    """Return an open topic without cut-offs."""
    return Collected(**_TOPIC | fields)


_TOPIC: dict[str, Any] = {
    "reference": "1TOPICSen",
    "kind": Kind.TOPIC,
    "topic_id": "HORIZON-X-01",
    "call_id": "HORIZON-X",
    "call_title": "A call",
    "title": "A topic",
    "status": Status.OPEN,
    "programme": "horizon_europe",
    "action_types": ("HORIZON-RIA",),
    "action_labels": ("HORIZON Research and Innovation Actions",),
    "grant_agreements": ("HORIZON-AG",),
    "opens_on": date(2026, 5, 5),
    "deadline_model": "single-stage",
    "cutoffs": (),
    "budget": CollectedBudget(own_eur=Decimal("72323812.37"), shared_by=1),
    "sections": (CollectedSection("Scope", "<p>Text</p>", "Text"),),
    "conditions": (),
    "destination": "",
    "keywords": ("wind",),
    "tags": (),
    "priorities": ("AI",),
    "divisions": (),
    "news": (),
    "url": "https://example.org/",
    "raw": b"raw",
}
