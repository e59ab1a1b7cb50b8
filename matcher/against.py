"""What speaks against an opportunity, in one plain line each. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from config.translation import translatable, translatable_form
from matcher.text import excluded_words, has_words, lowered_text
from store.eligibility import Eligibility
from store.matches import Against
from store.models import Opportunity, Profile

MILLION = 1_000_000

EXCLUDED = translatable_form("against", "names “{words}”, which you exclude")
NOT_MEANT = translatable("not meant for organisations of our kind")
CLOSED = translatable_form("against", "closed to you as {role}: {says}")
UNKNOWN = translatable("how much a project gets is unknown")
TOO_LITTLE = translatable_form(
    "against", "a project gets at most {gets}; you want at least {wanted}"
)
TOO_MUCH = translatable_form("against", "a project gets at least {gets}; you want at most {wanted}")
LITTLE = translatable_form("against", "a project gets about {gets}; you want at least {wanted}")
MUCH = translatable_form("against", "a project gets about {gets}; you want at most {wanted}")
MILLIONS = translatable_form("against", "EUR {number} million")
EUROS = translatable_form("against", "EUR {number}")


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
            yield Against("excluded_keyword", EXCLUDED.format(words=words))


def _closed_roles(profile: Profile, eligibility: Eligibility | None) -> Iterator[Against]:
    if eligibility is None:
        return
    if not eligibility.meant:
        yield Against("role", NOT_MEANT)
    for verdict in eligibility.roles:
        if verdict.answer == "no" and (not profile.roles or verdict.role in profile.roles):
            yield Against("role", CLOSED.format(role=_words(verdict.role), says=verdict.says))


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
        yield _outside(TOO_LITTLE, high, least)
    if most is not None and low is not None and low > most:
        yield _outside(TOO_MUCH, low, most)


def _average(
    least: Decimal | None, most: Decimal | None, opportunity: Opportunity
) -> Iterator[Against]:
    """Yield what the money of the whole topic, divided by its grants, says of a project."""
    if opportunity.budget_eur is None or not opportunity.expected_grants:
        yield Against("budget", UNKNOWN)
        return
    share = opportunity.budget_eur / opportunity.expected_grants
    if least is not None and share < least:
        yield _outside(LITTLE, share, least)
    if most is not None and share > most:
        yield _outside(MUCH, share, most)


def _outside(form: str, gets: Decimal, wanted: Decimal) -> Against:
    return Against("budget", form.format(gets=_euros(gets), wanted=_euros(wanted)))


def _euros(amount: Decimal) -> str:
    """Return an amount as people say it.

    >>> _euros(Decimal(2500000)), _euros(Decimal(150000))
    ('EUR 2.5 million', 'EUR 150,000')
    """
    if amount >= MILLION:
        return MILLIONS.format(number=f"{float(amount / MILLION):.4g}")
    return EUROS.format(number=f"{amount:,.0f}")
