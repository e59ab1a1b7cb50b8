"""What one reader is told in one mail. Pure: reads no clock, no database, no mail server."""

import enum
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.programmes import programme_name
from notifier.actions import action_labels
from notifier.amounts import budget_line
from notifier.barred import (
    TAKEN_BACK,
    is_to_be_taken_back,
    offered,
    taken_back_line,
    was_taken_back,
)
from notifier.changes import change_lines, worth_telling
from notifier.deadlines import (
    dates_label,
    day,
    days_left_words,
    deadline_lines,
    is_opening_known,
)
from notifier.eligibility import who_may_apply, worth_a_line
from notifier.passages import Piece, excerpt, one_line, safe_url, shorten
from store.digests import Ledger
from store.eligibility import read_kept
from store.models import Cadence, Match, Opportunity, Status
from store.opportunities import next_cutoff, status_at, takes_proposals

CLOSING_SOON = timedelta(days=21)
CAP = 8
"""Most entries in a section; the others stay untold and come in a later digest."""

PASSAGES = 2
"""Passages shown of the profile that fits best; each further profile shows one."""

PROFILES = 3
"""Profiles of one reader whose reasons are shown for one opportunity; the others are named."""

TITLE_WIDTH, NAME_WIDTH, PASSAGE_WIDTH, WHO_WIDTH = 240, 80, 220, 320
BANDS = ("strong", "good", "possible")
"""Best first."""


class Heading(enum.StrEnum):
    """The sections, in the order they are read."""

    CHANGED = "changed for you"
    CLOSING = "closing soon"
    NEW = "new for you"
    OPENING = "opens soon"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a digest is for."""

    subscriber_id: int
    language: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an opportunity is here: the passage of it that met a part of a profile."""

    profile: str
    facet: str
    passage: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One opportunity as it is told."""

    opportunity_id: int
    content_hash: str
    title: str
    topic_id: str
    programme: str
    actions: tuple[str, ...]
    left: str
    """Days to the deadline, or to the opening; nothing where there is no date."""
    dates_label: str
    """What ``deadline`` is called: it may begin with an opening."""
    deadline: tuple[str, ...]
    budget: str
    who: str
    """Who may apply; empty where nobody judged."""
    note: str
    """What else a group should know before it begins; empty where there is nothing."""
    band: str
    changes: tuple[str, ...]
    """What is different since the reader was told; empty elsewhere."""
    why: tuple[Reason, ...]
    also: tuple[str, ...]
    """Further profiles it fits, named only."""
    url: str | None


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


def _heading_of(
    group: list[Match], allowed: list[Match], known: Ledger, now: datetime
) -> Heading | None:
    """Return the section of the matches of one opportunity, of which some are ``allowed``."""
    opportunity = group[0].opportunity
    if allowed:
        return _heading(opportunity, known, now)
    gone = opportunity.missing_since is not None or not takes_proposals(opportunity, now)
    if gone or opportunity.id in known.dismissed or not is_to_be_taken_back(group, known):
        return None
    return Heading.CHANGED


def _heading(opportunity: Opportunity, known: Ledger, now: datetime) -> Heading | None:
    """Return the section an opportunity belongs to; None where it is not to be told."""
    status = status_at(opportunity, now)
    if not takes_proposals(opportunity, now) or opportunity.missing_since is not None:
        return None
    if opportunity.id in known.dismissed:
        return None
    if opportunity.id in known.told:
        return Heading.CHANGED if _is_changed(opportunity, known) else None
    return _heading_of_untold(opportunity, status, now)


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
    entries = tuple(_entry(heading, group, known, reader, now) for group in ordered[:CAP])
    return Section(heading, entries, max(0, len(ordered) - CAP))


def _order(best: Match, now: datetime) -> tuple[int, float, float, int]:
    """Return what puts the most useful first: band, percentile, then the nearest deadline."""
    upcoming = next_cutoff(best.opportunity, now)
    at = upcoming.deadline.timestamp() if upcoming else float("inf")
    return BANDS.index(best.band), -best.percentile, at, best.opportunity_id


def _entry(
    heading: Heading, group: list[Match], known: Ledger, reader: Reader, now: datetime
) -> Entry:
    opportunity, language = group[0].opportunity, reader.language
    eligibility = read_kept(group[0].eligibility)
    dates = deadline_lines(opportunity, now, reader.zone, language)
    return Entry(
        opportunity_id=opportunity.id,
        content_hash=opportunity.content_hash + ("" if offered(group) else TAKEN_BACK),
        title=shorten(one_line(opportunity.title), TITLE_WIDTH),
        topic_id=shorten(one_line(opportunity.topic_id), NAME_WIDTH),
        programme=programme_name(opportunity.programme),
        actions=_actions(opportunity),
        left=days_left_words(opportunity, now),
        dates_label=dates_label(dates),
        deadline=dates,
        budget=budget_line(opportunity, language),
        who=shorten(who_may_apply(eligibility), WHO_WIDTH),
        note=shorten(worth_a_line(eligibility), PASSAGE_WIDTH),
        band=group[0].band,
        changes=_changes(group, known, language) if heading is Heading.CHANGED else (),
        why=tuple(reason for place, match in enumerate(group) for reason in _reasons(match, place)),
        also=tuple(_name(m) for place, m in enumerate(group) if place >= PROFILES or not m.reasons),
        url=safe_url(opportunity.url),
    )


def _changes(group: list[Match], known: Ledger, language: str) -> tuple[str, ...]:
    best = group[0]
    if not offered(group):
        return (taken_back_line(best),)
    if was_taken_back(best, known):
        return ("you may apply again",)
    return change_lines(known.changes.get(best.opportunity_id, ()), language)


def _actions(opportunity: Opportunity) -> tuple[str, ...]:
    labels = action_labels(opportunity.action_types, opportunity.action_labels)
    return tuple(shorten(one_line(label), NAME_WIDTH) for label in labels[:3])


def _reasons(match: Match, place: int) -> list[Reason]:
    """Return the shown reasons of a match at ``place`` among those of its opportunity."""
    if place >= PROFILES:
        return []
    shown = match.reasons[: PASSAGES if place == 0 else 1]
    return [
        Reason(
            profile=_name(match),
            facet=shorten(one_line(reason["facet"]), NAME_WIDTH),
            passage=excerpt(reason["passage"], reason["terms"], PASSAGE_WIDTH),
        )
        for reason in shown
    ]


def _name(match: Match) -> str:
    return shorten(one_line(match.profile.name), NAME_WIDTH)


def _profiles(entry: Entry) -> list[str]:
    return [*(reason.profile for reason in entry.why), *entry.also]
