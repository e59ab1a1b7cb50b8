"""Money in words. What the source does not state is never a zero, a call's budget never a grant."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_compact_decimal, format_decimal

from store.models import Kind, Opportunity

NOT_STATED = "not stated by the source"


def budget_line(opportunity: Opportunity, language: str) -> str:
    """Return what one grant may bring and what there is in all."""
    parts = [_grants(opportunity, language), _whole(opportunity, language)]
    return "; ".join(part for part in parts if part) or NOT_STATED


def _grants(opportunity: Opportunity, language: str) -> str:
    number = opportunity.expected_grants or 0
    size = _size(opportunity, language)
    if size and opportunity.kind is Kind.NATIONAL:  # sums to choose from, whatever a project costs
        return f"a fixed lump sum, {size}"
    if not number:
        return f"grants of {size} each" if size else ""
    counted = "about 1 grant" if number == 1 else f"about {number} grants"
    if not size:
        return counted
    return f"{counted} of {size}" if number == 1 else f"{counted} of {size} each"


def _size(opportunity: Opportunity, language: str) -> str:
    least, most = opportunity.min_contribution_eur, opportunity.max_contribution_eur
    if least and most:
        return amount_range(least, most, language)
    if most:
        return f"up to {amount(most, language)}"
    return f"at least {amount(least, language)}" if least else ""


def _whole(opportunity: Opportunity, language: str) -> str:
    others = opportunity.budget_shared_by - 1
    if others < 1:
        own = opportunity.budget_eur
        return f"{amount(own, language)} in all" if own else ""
    shared = opportunity.shared_budget_eur
    whole = amount(shared, language) if shared else "budget"
    return f"{whole} shared with {others} other topic{'' if others == 1 else 's'}"


def amount(eur: Decimal, language: str) -> str:
    """Return an amount as people say it.

    >>> amount(Decimal("18900000"), "en"), amount(Decimal("400000"), "en")
    ('EUR 18.9 million', 'EUR 400,000')
    """
    return f"EUR {_number(eur, language)}"


def amount_range(least: Decimal, most: Decimal, language: str) -> str:
    """Return a range, its unit said once.

    >>> amount_range(Decimal("9e6"), Decimal("9e6"), "en")
    'EUR 9 million'
    """
    low, high = _number(least, language), _number(most, language)
    if low == high:
        return f"EUR {low}"
    number, _, unit = low.partition(" ")
    same_unit = unit and high.endswith(f" {unit}")
    dash = "–" if same_unit or not unit else " – "
    return f"EUR {number if same_unit else low}{dash}{high}"


@lru_cache(1_000)
def _number(eur: Decimal, language: str) -> str:
    if eur < 1_000_000:
        return format_decimal(eur, format="#,##0", locale=language)
    return format_compact_decimal(eur, format_type="long", locale=language, fraction_digits=2)
