"""What is said after an act: what was done, how to take it back, and where somebody was quicker.

It stands in the address of the page, as numbers only, so that the page can be loaded again and
nothing has to be kept; the button in it is checked like every other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from config.translation import say, say_many
from store.acts import Done
from store.cards import matches_seen
from store.models import Decision, Match
from web.desk_cards import line_of
from web.desk_office import Look
from web.desk_reading import departments_of, read_seen
from web.desk_words import DONE, OVERTAKEN, STATUSES
from web.reading import ProblemsError


@dataclass(frozen=True, slots=True)
class Quicker:
    """A match that somebody else acted on first."""

    number: int
    title: str
    profile: str
    status: str
    by: str
    did: str
    at: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said after an act."""

    done: str
    """Empty where nothing was."""
    undo: tuple[str, ...]
    """What a form names that takes it back; empty where that cannot be."""
    overtaken: str
    quicker: tuple[Quicker, ...]
    unsaid: str
    """The comment that was not kept with these; empty where there was none."""


def notice_of(decision: Decision, done: Done) -> Mapping[str, str]:
    """Return what of an act the address of the next page says."""
    on = "-".join(f"{match.id}.{match.review_version}" for match in done.done)
    left = "-".join(f"{match.id}.0" for match in done.overtaken)
    named = {"did": decision.value, "acted": on, "left": left}
    return {name: value for name, value in named.items() if value}


def told_by(seen: Look, told: Mapping[str, str], unsaid: str = "") -> Notice | None:
    """Return what is said of an act; None where nothing of the kind is told.

    Args:
        seen: Who looks.
        told: What the address of the page says, or would say.
        unsaid: The comment that the act was to bring, where somebody was quicker.
    """
    if told.get("did", "") not in DONE:
        return None
    decision = Decision(told["did"])
    acted, left = (_numbers(told.get(name, "")) for name in ("acted", "left"))
    many = say_many(seen.language, len(acted), *DONE[decision]) if acted else ""
    undo = () if decision is Decision.UNDO else tuple(f"{n}.{v}" for n, v in acted.items())
    quicker = matches_seen(seen.session, left, departments_of(seen.person))
    return Notice(
        many,
        undo,
        say_many(seen.language, len(quicker), *OVERTAKEN) if quicker else "",
        tuple(_quicker(match, seen) for match in quicker),
        unsaid,
    )


def _quicker(match: Match, seen: Look) -> Quicker:
    last = line_of(match.reviews[-1], seen.view) if match.reviews else None
    return Quicker(
        match.id,
        match.opportunity.title,
        match.profile.name,
        say(seen.language, STATUSES[match.review_status]),
        last.by if last else "",
        last.did if last else "",
        last.at if last else "",
    )


def _numbers(text: str) -> dict[int, int]:
    try:
        return dict(read_seen(text.split("-"))) if text else {}
    except ProblemsError:
        return {}
