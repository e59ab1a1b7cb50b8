"""Types of action as people say them."""

import re
from collections.abc import Sequence

KNOWN = {
    "RIA": "Research and Innovation Action",
    "IA": "Innovation Action",
    "CSA": "Coordination and Support Action",
    "COFUND": "Programme Cofund Action",
    "PCP": "Pre-commercial Procurement",
    "PPI": "Public Procurement of Innovative Solutions",
}
"""Types that have a short name in daily use."""

_PREFIX = re.compile(r"^[A-Z0-9]+(?: (?:JU|TMA))* ")


def action_label(code: str, label: str) -> str:
    """Return a type of action as people say it.

    >>> action_label("LIFE-PJG", "LIFE Project Grants")
    'Project Grants'
    >>> action_label("HORIZON-TMA-MSCA-DN", "HORIZON TMA MSCA Doctoral Networks")
    'MSCA Doctoral Networks'
    """
    short = code.rpartition("-")[2]
    if short in KNOWN:
        return f"{short} – {KNOWN[short]}"
    return _PREFIX.sub("", label)


def action_labels(codes: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    """Return every type of an opportunity, each once."""
    pairs = zip(codes, labels, strict=True)
    return tuple(dict.fromkeys(action_label(code, label) for code, label in pairs))
