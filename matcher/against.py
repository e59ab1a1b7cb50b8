"""What speaks against an opportunity, in one plain line each. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from matcher.text import excluded_words, has_words, lowered_text
from store.eligibility import Eligibility
from store.matches import Against
from store.models import Opportunity, Profile

MILLION = 1_000_000


def against(
    profile: Profile, opportunity: Opportunity, eligibility: Eligibility | None
) -> tuple[Against, ...]:
    """Return what speaks against ``opportunity``: excluded words, closed roles, a project's size.

    What the source does not state is called unknown; what nobody asked about is not said at all.
    """
    return (
        *_excluded_words(profile, opportunity),
        *_closed_roles(profile, eligibility),
        *_budget(profile, opportunity),
    )


def _excluded_words(profile: Profile, opportunity: Opportunity) -> Iterator[Against]:
    excluded = excluded_words(profile)
    text = lowered_text(opportunity) if excluded else ""
    for words in excluded:
        if has_words(text, words):
            yield Against("excluded_keyword", f"names “{words}”, which you exclude")


def _closed_roles(profile: Profile, eligibility: Eligibility | None) -> Iterator[Against]:
    if eligibility is None:
        return
    if not eligibility.meant:
        yield Against("role", "not meant for organisations of our kind")
    for verdict in eligibility.roles:
        if verdict.answer == "no" and (not profile.roles or verdict.role in profile.roles):
            yield Against("role", f"closed to you as {_words(verdict.role)}: {verdict.says}")


def _words(role: str) -> str:
    return role.replace("_", " ")


def _budget(profile: Profile, opportunity: Opportunity) -> Iterator[Against]:
    least, most = profile.budget_min_eur, profile.budget_max_eur
    if least is None and most is None:
        return
    low, high = opportunity.min_contribution_eur, opportunity.max_contribution_eur
    if low is None and high is None:
        yield from _average(least, most, opportunity)
        return
    if least is not None and high is not None and high < least:
        yield _outside(f"a project gets at most {_euros(high)}", f"at least {_euros(least)}")
    if most is not None and low is not None and low > most:
        yield _outside(f"a project gets at least {_euros(low)}", f"at most {_euros(most)}")


def _average(
    least: Decimal | None, most: Decimal | None, opportunity: Opportunity
) -> Iterator[Against]:
    """Yield what the money of the whole topic, divided by its grants, says of a project."""
    if opportunity.budget_eur is None or not opportunity.expected_grants:
        yield Against("budget", "how much a project gets is unknown")
        return
    share = opportunity.budget_eur / opportunity.expected_grants
    if least is not None and share < least:
        yield _outside(f"a project gets about {_euros(share)}", f"at least {_euros(least)}")
    if most is not None and share > most:
        yield _outside(f"a project gets about {_euros(share)}", f"at most {_euros(most)}")


def _outside(gets: str, wanted: str) -> Against:
    return Against("budget", f"{gets}; you want {wanted}")


def _euros(amount: Decimal) -> str:
    """Return an amount as people say it.

    >>> _euros(Decimal(2500000)), _euros(Decimal(150000))
    ('EUR 2.5 million', 'EUR 150,000')
    """
    if amount >= MILLION:
        return f"EUR {float(amount / MILLION):.4g} million"
    return f"EUR {amount:,.0f}"
