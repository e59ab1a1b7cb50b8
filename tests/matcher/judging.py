"""Applicants and topics to judge."""

from datetime import date
from typing import Any

from matcher.eligibility import Applicant
from store.eligibility import Eligibility
from store.models import Opportunity
from tests.rows import opportunity_row

DAY = date(2026, 5, 20)
NTNU = Applicant("NO", "university", non_profit=True, public_body=True)
LISBON = Applicant("PT", "university", non_profit=True, public_body=True)
MUNICH = Applicant("DE", "university", non_profit=True, public_body=True)
SPIN_OUT = Applicant("NO", "sme", non_profit=False, public_body=False)
ELIGIBLE = "3. Other Eligible Conditions"


def topic(action_type: str = "HORIZON-RIA", *sentences: str, **columns: Any) -> Opportunity:
    conditions = [{"label": ELIGIBLE, "html": "", "text": text} for text in sentences]
    types = [action_type] if action_type else []
    values: dict[str, Any] = {"action_types": types, "conditions": conditions}
    return opportunity_row(**values | columns)


def answers(eligibility: Eligibility) -> str:
    """Return the answers for coordinator, beneficiary and associated partner."""
    return " ".join(verdict.answer for verdict in eligibility.roles)
