"""One event for each date of an opportunity, through everything that happened to it. Pure.

A source has no name for a date: it is followed from picture to picture, in the way in which changes
are told (``store.changes``). What is followed here only ever grows, so that the events keep their
identity, and their sequence numbers never fall.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from config.deadlines import BRUSSELS
from store.calendars import Dated, Past, Picture
from store.models import OpenTo


@dataclass(frozen=True, slots=True)
class Followed:
    """A date through all pictures."""

    number: int
    """From 1, in the order of appearance: the identity within the opportunity."""
    dated: Dated
    """As it was last."""
    title: str
    sequence: int
    """How often it changed."""
    changed_at: datetime
    removed: bool = False
    """Whether the source took it back before it had passed."""
    passed: bool = False
    """Whether the source dropped it after it had passed."""


def followed_dates(past: Past) -> tuple[Followed, ...]:
    """Return every date that anyone could ever use, in the order of appearance.

    What is over before its time is removed; each turn of an opportunity counts as a change.
    """
    followed: list[Followed] = []
    for picture in past.pictures:
        followed = _next(followed, picture)
    return tuple(_turned(one, past) for one in followed)


def _turned(one: Followed, past: Past) -> Followed:
    """Return a date after the turns of its opportunity."""
    flips: list[datetime] = []
    over: datetime | None = None
    for turn in past.turns:
        if turn.over == (over is None):
            flips.append(turn.at)
            over = turn.at if turn.over else None
    early = over is not None and over < one.dated.deadline
    return replace(
        one,
        sequence=one.sequence + len(flips),
        changed_at=max([one.changed_at, *flips]),
        removed=one.removed or early,
    )


def _next(followed: Sequence[Followed], picture: Picture) -> list[Followed]:
    """Return the dates after one more picture."""
    offered = [dated for dated in picture.dates if _is_for_all(dated)]
    same, coming = _of_same_days(followed, offered)
    matched = {one.number for one, _ in same}
    left = [one for one in followed if _is_alive(one) and one.number not in matched]
    sole = len(offered) == 1 and sum(map(_is_alive, followed)) == 1
    gone = [one for one in left if sole or one.dated.day >= _today(picture)]
    moved = list(zip(gone, coming, strict=True)) if len(gone) == len(coming) else []
    after = {one.number: one for one in followed}
    after |= {one.number: replace(one, passed=True) for one in left}
    after |= {one.number: _removed(one, picture) for one in gone}
    after |= {one.number: _seen(one, dated, picture) for one, dated in same + moved}
    fresh = [] if moved else coming
    return [*after.values(), *_appeared(fresh, len(followed), picture)]


def _of_same_days(
    followed: Sequence[Followed], offered: Sequence[Dated]
) -> tuple[list[tuple[Followed, Dated]], list[Dated]]:
    """Return what stays on its day, also where it had gone for a while, and the dates left over."""
    waiting, same, others = list(followed), [], []
    for dated in offered:
        found = next((one for one in waiting if one.dated.day == dated.day), None)
        if found is None:
            others.append(dated)
            continue
        waiting.remove(found)
        same.append((found, dated))
    return same, others


def _appeared(fresh: Sequence[Dated], known: int, picture: Picture) -> list[Followed]:
    return [
        Followed(number, dated, picture.title, 0, picture.at)
        for number, dated in enumerate(fresh, start=known + 1)
    ]


def _is_alive(one: Followed) -> bool:
    return not (one.removed or one.passed)


def _seen(one: Followed, dated: Dated, picture: Picture) -> Followed:
    if one.dated == dated and one.title == picture.title and not one.removed:
        return replace(one, passed=False)
    return Followed(one.number, dated, picture.title, one.sequence + 1, picture.at)


def _removed(one: Followed, picture: Picture) -> Followed:
    return replace(one, sequence=one.sequence + 1, changed_at=picture.at, removed=True)


def _is_for_all(dated: Dated) -> bool:
    """Return whether anyone may use a date; a second stage is never one of them."""
    return dated.open_to is OpenTo.ALL and dated.stage != 2


def _today(picture: Picture) -> date:
    return picture.at.astimezone(BRUSSELS).date()
