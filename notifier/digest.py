"""What one reader is told in one mail. Pure: reads no clock, no database, no mail server."""

import enum
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.dates import day
from config.internal_deadlines import NONE, InternalDeadlines
from config.memory import Memory
from config.translation import SOURCE, say, translatable
from notifier.alerts import (
    WITHDRAWN,
    cannot_wait,
    due_reminder,
    is_withdrawal_to_tell,
)
from notifier.barred import is_to_be_taken_back, offered, taken_back_line, was_taken_back
from notifier.changes import MOVES, Turn, change_lines, worth_telling
from notifier.entries import Entry, entry_of
from notifier.internal import internal_lines
from notifier.usefulness import in_section, of_profiles
from store.digests import Ledger
from store.models import Basis, Cadence, Change, Match, Opportunity, Status
from store.opportunities import is_opening_known, next_cutoff, status_at, takes_proposals

CLOSING_SOON = timedelta(days=21)
CAP = 8
"""Most entries in a section; the others stay untold and come in a later digest."""

FEW = 3
"""The same for the section that no theme chose, so that it never drowns the others."""

MOST_ENTRIES = 4_000
"""Entries that are kept for further readers."""


class Heading(enum.StrEnum):
    """The sections, in the order they are read."""

    CHANGED = translatable("changed for you")
    FOLLOWED = translatable("deadlines you follow")
    CLOSING = translatable("closing soon")
    NEW = translatable("new for you")
    OPENING = translatable("opens soon")
    ANY_SUBJECT = translatable("open to any subject")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a digest is for."""

    subscriber_id: int
    language: str
    zone: ZoneInfo
    rules: InternalDeadlines = NONE
    """Of their institution."""
    alerts: bool = True
    """Whether they want to hear at once of what cannot wait."""
    reminder_days: tuple[int, ...] = ()
    """How many days before a deadline they follow they are reminded; empty also at a wrong hour."""
    cap: int = CAP
    few: int = FEW
    entries: Memory[Entry] | None = None
    """Those made already of the same rows, for the readers of a run to share; None for none."""


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one kind, the most useful first."""

    heading: Heading
    entries: tuple[Entry, ...]
    more: int
    """How many were left for a later digest."""

    def capped(self, most: int) -> "Section":
        """Return the section with its ``most`` best entries."""
        left = max(0, len(self.entries) - most)
        return Section(self.heading, self.entries[:most], self.more + left)


@dataclass(frozen=True, slots=True)
class Digest:
    """One mail before it is written."""

    cadence: Cadence
    day: str
    profiles: tuple[str, ...]
    """Names of the profiles it speaks of."""
    sections: tuple[Section, ...]
    language: str = SOURCE

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return every entry in reading order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def is_alert(self) -> bool:
        """Return whether all it tells is of what the reader knows already."""
        return {s.heading for s in self.sections} <= {Heading.CHANGED, Heading.FOLLOWED}

    def capped(self, most: int) -> "Digest":
        """Return the digest with at most ``most`` entries in a section."""
        return replace(self, sections=tuple(section.capped(most) for section in self.sections))


@dataclass(frozen=True, slots=True)
class _Told:
    """What is decided of one opportunity: where it stands, and by which matches."""

    heading: Heading
    group: list[Match]
    """The best first."""
    reminder: str | None = None
    is_known: bool = False
    """Whether the reader has heard why it fits, so that only what is news is said."""


def compose(
    matches: Sequence[Match], known: Ledger, reader: Reader, cadence: Cadence, now: datetime
) -> Digest | None:
    """Return what to tell a reader at ``now``, or None where there is nothing to say.

    What nobody in the profile's roles may apply for is left to advisers, whoever approved it; who
    was told of it before is told once that it is so. What the reader knows is told at once where it
    cannot wait, whether or not an adviser approved it as it is now.
    """
    by_heading: dict[Heading, list[_Told]] = defaultdict(list)
    for group in _by_opportunity(known.matches):
        if told := _known(group, known, reader, now):
            by_heading[told.heading].append(told)
    ids = {told.group[0].opportunity_id for kept in by_heading.values() for told in kept}
    for group in _by_opportunity(matches):
        allowed = offered(group)
        heading = _heading_of(group, allowed, known, now)
        if heading is not None and group[0].opportunity_id not in ids:
            by_heading[heading].append(_Told(heading, allowed or group))
    sections = tuple(
        _section(heading, by_heading[heading], known, reader, now)
        for heading in Heading
        if heading in by_heading
    )
    if not sections:
        return None
    named = (profile for s in sections for e in s.entries for profile in e.profiles)
    today = day(now.astimezone(reader.zone).date(), reader.language)
    return Digest(cadence, today, tuple(sorted(set(named))), sections, reader.language)


def _by_opportunity(matches: Sequence[Match]) -> list[list[Match]]:
    """Return the matches of each opportunity, the best match first."""
    grouped: Mapping[int, list[Match]] = defaultdict(list)
    for match in matches:
        grouped[match.opportunity_id].append(match)
    return [sorted(group, key=of_profiles) for group in grouped.values()]


def _known(group: list[Match], known: Ledger, reader: Reader, now: datetime) -> _Told | None:
    """Return what cannot wait of an opportunity that the reader knows; None where nothing is."""
    opportunity = group[0].opportunity
    allowed = offered(group)
    if not allowed or opportunity.id in known.dismissed:
        return None
    reminder = due_reminder(opportunity, known, reader.reminder_days, now)
    if reader.alerts and cannot_wait(opportunity, known, now):
        return _Told(Heading.CHANGED, allowed, reminder, is_known=True)
    return _Told(Heading.FOLLOWED, allowed, reminder, is_known=True) if reminder else None


def _is_by_rule(group: list[Match]) -> bool:
    """Return whether no text brought the opportunity here, for any of the reader's profiles."""
    return all(match.basis is Basis.RULE for match in group)


def _heading_of(
    group: list[Match], allowed: list[Match], known: Ledger, now: datetime
) -> Heading | None:
    """Return the section of the matches of one opportunity, of which some are ``allowed``."""
    opportunity = group[0].opportunity
    if allowed:
        return _heading(allowed, known, now)
    gone = opportunity.missing_since is not None or not takes_proposals(opportunity, now)
    if gone or opportunity.id in known.dismissed or not is_to_be_taken_back(group, known):
        return None
    return Heading.CHANGED


def _heading(allowed: list[Match], known: Ledger, now: datetime) -> Heading | None:
    """Return the section an opportunity belongs to; None where it is not to be told."""
    opportunity = allowed[0].opportunity
    status = status_at(opportunity, now)
    if not takes_proposals(opportunity, now) or opportunity.missing_since is not None:
        return None
    if opportunity.id in known.dismissed:
        return None
    if opportunity.id in known.told:
        return Heading.CHANGED if _is_changed(opportunity, known) else None
    heading = _heading_of_untold(opportunity, status, now)
    return Heading.ANY_SUBJECT if heading and _is_by_rule(allowed) else heading


def _heading_of_untold(opportunity: Opportunity, status: Status, now: datetime) -> Heading | None:
    if status is Status.FORTHCOMING:  # of a call that is not published there is nothing to tell
        return Heading.OPENING if is_opening_known(opportunity) else None
    upcoming = next_cutoff(opportunity, now)
    if upcoming is not None and upcoming.deadline - now <= CLOSING_SOON:
        return Heading.CLOSING
    return Heading.NEW


def _is_changed(opportunity: Opportunity, known: Ledger) -> bool:
    """Return whether it differs from what was told by more than noise."""
    if opportunity.content_hash == known.told[opportunity.id].content_hash:
        return False
    changes = known.changes.get(opportunity.id, ())
    return not changes or bool(worth_telling(changes))


def _section(
    heading: Heading, told: list[_Told], known: Ledger, reader: Reader, now: datetime
) -> Section:
    ordered = sorted(told, key=lambda one: in_section(one.group[0], now))
    most = reader.few if heading is Heading.ANY_SUBJECT else reader.cap
    entries = tuple(_entry(one, known, reader, now) for one in ordered[:most])
    return Section(heading, entries, max(0, len(ordered) - most))


def _entry(told: _Told, known: Ledger, reader: Reader, now: datetime) -> Entry:
    group = told.group
    changes = _changes(told, known, reader.language)
    matches = tuple((match.id, match.content_hash) for match in group)
    key = (matches, changes, reader.zone, reader.language, now)
    entry = _remembered(reader, key, lambda: _plain_entry(group, changes, reader, now))
    if told.reminder is not None:
        entry = replace(entry, reminder=told.reminder)
    if told.is_known:
        entry = replace(entry, why=(), also=entry.profiles)
    if is_withdrawal_to_tell(group[0].opportunity, known):
        content = entry.content_hash + WITHDRAWN
        return replace(entry, content_hash=content, turn=Turn.WITHDRAWN, left="")
    return replace(entry, turn=_turn(group[0], known)) if entry.changes else entry


def _remembered(reader: Reader, key: Hashable, make: Callable[[], Entry]) -> Entry:
    return make() if reader.entries is None else reader.entries.of(key, make)


def _plain_entry(
    group: list[Match], changes: tuple[str, ...], reader: Reader, now: datetime
) -> Entry:
    """Return an entry as it is told to all who follow the same profiles in the same language."""
    internal = internal_lines(group, reader.rules, reader.language, now)
    entry = entry_of(group, changes, reader.zone, reader.language, now)
    return replace(entry, internal=internal)


def _changes(told: _Told, known: Ledger, language: str) -> tuple[str, ...]:
    """Return what is different since the reader was told; nothing where nothing is."""
    best = told.group[0]
    if told.heading is not Heading.CHANGED:
        news = _news(best.opportunity, known)
        return change_lines(news, language) if news else ()
    if not offered(told.group):
        return (taken_back_line(best, language),)
    if was_taken_back(best, known):
        return (say(language, "you may apply again"),)
    return change_lines(known.changes.get(best.opportunity_id, ()), language)


def _news(opportunity: Opportunity, known: Ledger) -> Sequence[Change]:
    """Return what a reader who knows it was not told yet, and that was not changed back."""
    told = known.told.get(opportunity.id)
    if told is not None and told.content_hash == opportunity.content_hash:
        return ()
    return worth_telling(known.changes.get(opportunity.id, ()))


def _turn(best: Match, known: Ledger) -> Turn:
    """Return what the changes come down to in a word."""
    kinds = {change.kind for change in worth_telling(known.changes.get(best.opportunity_id, ()))}
    return Turn.MOVED if kinds & MOVES else Turn.CHANGED
