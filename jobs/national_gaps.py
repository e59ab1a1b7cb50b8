"""What is wanting in the dates of the national actions, which people keep by hand. Pure."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from config.deadlines import NATIONAL, DeadlineRule, placed_in_time
from config.erasmus_national import NationalActions

SEASON_BEGINS = 10
"""Month from which on the next year's call is looked for; it is published in November."""

Gap = tuple[str, str]
"""What is wanting, and what to do."""


def national_gaps(
    document: NationalActions, rules: tuple[DeadlineRule, ...], folder: Path, today: date
) -> Iterator[Gap]:
    """Yield what a person should fill in, compare or add.

    Args:
        document: What is filled in.
        rules: Those of the configuration.
        folder: Where both files lie.
        today: In Brussels.
    """
    file = folder / "erasmus_national.yaml"
    for says in _missing(document, today):
        yield says, f"fill in the call in {file}; docs/sources.md says how"
    dated = [found for offer in document.offers() for found in offer.dated]
    ahead = [found for found in dated if found.deadline and found.deadline >= today]
    if doubtful := sum(not found.verified for found in ahead):
        yield (
            f"{doubtful} of {len(ahead)} dates ahead are not verified",
            f"compare them with the official pages, and correct {file}",
        )
    days = {found.deadline for found in ahead if found.deadline}
    if any(_is_hour_unknown(day, rules) for day in days):
        yield (
            "no rule says at which hour these deadlines end",
            f"add a rule with kinds: [{NATIONAL}] to {folder / 'rules' / 'deadlines.yaml'}",
        )


def _missing(document: NationalActions, today: date) -> Iterator[str]:
    """Yield what has no date, of this year and, once the season begins, of the next."""
    last = today.year + (today.month >= SEASON_BEGINS)
    for year in range(today.year, last + 1):
        offers = [offer for offer in document.offers() if offer.call.year == year]
        undated = sum(not offer.dated for offer in offers)
        if undated == len(offers):
            yield f"no date of {year} is filled in"
        elif undated:
            yield f"{undated} of {len(offers)} actions of {year} have no date"


def _is_hour_unknown(day: date, rules: tuple[DeadlineRule, ...]) -> bool:
    return placed_in_time(day, "erasmus_plus", rules, kind=NATIONAL).rule_id is None
