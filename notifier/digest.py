"""What one reader is told in one mail. Pure: reads no clock, no database, no mail server."""

import enum
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.dates import day
from config.internal_deadlines import NONE, InternalDeadlines
from notifier.barred import is_to_be_taken_back, offered, taken_back_line, was_taken_back
from notifier.changes import change_lines, worth_telling
from notifier.deadlines import is_opening_known
from notifier.entries import Entry, entry_of
from notifier.internal import internal_lines
from store.digests import Ledger
from store.matches import BY_RULE
from store.models import Basis, Cadence, Match, Opportunity, Status
from store.opportunities import next_cutoff, status_at, takes_proposals

CLOSING_SOON = timedelta(days=21)
CAP = 8
"""Most entries in a section; the others stay untold and come in a later digest."""

FEW = 3
"""The same for the section that no theme chose, so that it never drowns the others."""

BANDS = ("strong", "good", "possible", BY_RULE)
"""Best first."""


class Heading(enum.StrEnum):
    """The sections, in the order they are read."""

    CHANGED = "changed for you"
    CLOSING = "closing soon"
    NEW = "new for you"
    OPENING = "opens soon"
    ANY_SUBJECT = "open to any subject"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a digest is for."""

    subscriber_id: int
    language: str
    zone: ZoneInfo
    rules: InternalDeadlines = NONE
    """Of their institution."""


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

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return every entry in reading order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    def capped(self, most: int) -> "Digest":
        """Return the digest with at most ``most`` entries in a section."""
        return replace(self, sections=tuple(section.capped(most) for section in self.sections))


def compose(
    matches: Sequence[Match], known: Ledger, reader: Reader, cadence: Cadence, now: datetime
) -> Digest | None:
    """Return what to tell a reader at ``now``, or None where there is nothing to say.

    What nobody in the profile's roles may apply for is left to advisers, whoever approved it; who
    was told of it before is told once that it is so.
    """
    by_heading: dict[Heading, list[list[Match]]] = defaultdict(list)
    for group in _by_opportunity(matches):
        allowed = offered(group)
        heading = _heading_of(group, allowed, known, now)
        if heading is not None:
            by_heading[heading].append(allowed or group)
    sections = tuple(
        _section(heading, by_heading[heading], known, reader, now)
        for heading in Heading
        if heading in by_heading
    )
    if not sections:
        return None
    named = (profile for s in sections for e in s.entries for profile in _profiles(e))
    today = day(now.astimezone(reader.zone).date(), reader.language)
    return Digest(cadence, today, tuple(sorted(set(named))), sections)


def _by_opportunity(matches: Sequence[Match]) -> list[list[Match]]:
    """Return the matches of each opportunity, the best match first."""
    grouped: Mapping[int, list[Match]] = defaultdict(list)
    for match in matches:
        grouped[match.opportunity_id].append(match)
    return [sorted(group, key=_usefulness) for group in grouped.values()]


def _usefulness(match: Match) -> tuple[int, float, str]:
    return BANDS.index(match.band), -match.percentile, match.profile.slug


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
    heading: Heading, groups: list[list[Match]], known: Ledger, reader: Reader, now: datetime
) -> Section:
    ordered = sorted(groups, key=lambda group: _order(group[0], now))
    most = FEW if heading is Heading.ANY_SUBJECT else CAP
    entries = tuple(_entry(group, known, reader, now) for group in ordered[:most])
    return Section(heading, entries, max(0, len(ordered) - most))


def _entry(group: list[Match], known: Ledger, reader: Reader, now: datetime) -> Entry:
    changes = _changes(group, known, reader.language)
    entry = entry_of(group, changes, reader.zone, reader.language, now)
    return replace(entry, internal=internal_lines(group, reader.rules, reader.language, now))


def _order(best: Match, now: datetime) -> tuple[int, float, float, int]:
    """Return what puts the most useful first: band, percentile, then the nearest deadline."""
    upcoming = next_cutoff(best.opportunity, now)
    at = upcoming.deadline.timestamp() if upcoming else float("inf")
    return BANDS.index(best.band), -best.percentile, at, best.opportunity_id


def _changes(group: list[Match], known: Ledger, language: str) -> tuple[str, ...]:
    """Return what is different since the reader was told; nothing where they were not."""
    best = group[0]
    if best.opportunity_id not in known.told:
        return ()
    if not offered(group):
        return (taken_back_line(best),)
    if was_taken_back(best, known):
        return ("you may apply again",)
    return change_lines(known.changes.get(best.opportunity_id, ()), language)


def _profiles(entry: Entry) -> list[str]:
    return [*(reason.profile for reason in entry.why), *entry.also]
