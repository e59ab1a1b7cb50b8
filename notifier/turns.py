"""Whose turn it is: the readers who have had no mail of a window that has ended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from config.settings import Settings, Weekday
from notifier.cadence import Rhythm, Window, has_struck, is_asked_for, latest_window
from store.digest_runs import Bounds, composed_since, finish, finished_since, may_need_an_alert
from store.models import Cadence, Subscriber
from store.subscribers import active_subscribers

RARE_FIRST = (Cadence.MONTHLY, Cadence.WEEKLY, Cadence.DAILY, Cadence.INSTANT)
LONGEST = timedelta(days=40)
"""Within which the last window of any cadence has ended."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One reader's turn; all windows in which they have had no mail are told in one."""

    subscriber_id: int
    windows: tuple[Bounds, ...]
    """The rarest cadence first: the mail is of that one. Never empty."""
    hour_has_struck: bool
    """Whether the reader's hour of the day has come, before which nobody is reminded."""

    @property
    def cadence(self) -> Cadence:
        """Return the cadence that the mail is of."""
        return self.windows[0][0]

    @property
    def cadences(self) -> tuple[Cadence, ...]:
        """Return every cadence whose subscriptions are told."""
        return tuple(cadence for cadence, _, _ in self.windows)


def turns_by_hand(session: Session, settings: Settings, now: datetime) -> list[Turn]:
    """Return the turn of each reader who has had no mail in the last window of a cadence."""
    return list(_turns(session, settings, now, lambda _, __: True))


def scheduled_turns(session: Session, settings: Settings, now: datetime) -> list[Turn]:
    """Return the same, but for windows that are done with, or too long ago.

    So a reader is written to on the day and at the hour they chose, or when the machine is back;
    what comes in between waits. A window that ended before a reader chose their rhythm is not
    theirs.
    """
    finished = finished_since(session, now - LONGEST)

    def is_open(subscriber: Subscriber, bounds: Bounds) -> bool:
        cadence, start, end = bounds
        if cadence is Cadence.INSTANT:
            return True
        chosen = [s.scheduled_at for s in subscriber.subscriptions if s.cadence is cadence]
        asked = bounds not in finished and is_asked_for(Window(start, end), now)
        return asked and min(chosen) < end

    return list(_turns(session, settings, now, is_open))


def next_turn(session: Session, subscriber_id: int, settings: Settings, now: datetime) -> Turn:
    """Return the turn in which a reader would be told at ``now`` whatever is due, for a preview."""
    subscriber = session.get_one(Subscriber, subscriber_id)
    rhythm = rhythm_of(subscriber, settings)
    followed = {subscription.cadence for subscription in subscriber.subscriptions}
    windows = (_bounds(c, now, rhythm) for c in RARE_FIRST if c in followed | {Cadence.INSTANT})
    return Turn(subscriber_id, tuple(windows), hour_has_struck=True)


def finish_windows(session: Session, turns: list[Turn], now: datetime) -> None:
    """Say that every reader of the windows of ``turns`` was asked for; they are done with."""
    windows = {bounds for turn in turns for bounds in turn.windows}
    finish(session, (one for one in sorted(windows) if one[0] is not Cadence.INSTANT), now)


def rhythm_of(subscriber: Subscriber, settings: Settings) -> Rhythm:
    """Return when a reader is written to: as they chose, or as the installation does.

    So is one whose zone is not known; that their mail cannot be written is told then.
    """
    weekday = cast("Weekday", subscriber.weekday or settings.digest_weekday)
    hour = settings.digest_hour if subscriber.hour is None else subscriber.hour
    try:
        zone = ZoneInfo(subscriber.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo(settings.time_zone)
    return Rhythm(zone, weekday, hour)


def _turns(
    session: Session,
    settings: Settings,
    now: datetime,
    is_open: Callable[[Subscriber, Bounds], bool],
) -> Iterator[Turn]:
    composed = composed_since(session, now - LONGEST)
    urgent = may_need_an_alert(session, now)
    for subscriber in active_subscribers(session, now):
        rhythm = rhythm_of(subscriber, settings)
        found = {subscription.cadence for subscription in subscriber.subscriptions}
        if found and subscriber.id in urgent:
            found.add(Cadence.INSTANT)
        bounds = (_bounds(c, now, rhythm) for c in RARE_FIRST if c in found)
        windows = tuple(
            one
            for one in bounds
            if (one, subscriber.id) not in composed and is_open(subscriber, one)
        )
        if windows:
            yield Turn(subscriber.id, windows, has_struck(rhythm, now))


def _bounds(cadence: Cadence, now: datetime, rhythm: Rhythm) -> Bounds:
    window = latest_window(cadence, now, rhythm)
    return cadence, window.start, window.end
