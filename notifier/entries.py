"""One opportunity as a reader is told of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from config.programmes import programme_name
from config.translation import SOURCE, Said, say_kept
from notifier.actions import action_labels
from notifier.amounts import budget_line
from notifier.barred import TAKEN_BACK, offered
from notifier.changes import Turn
from notifier.deadlines import dates_label, days_left_words, deadline_lines
from notifier.eligibility import who_may_apply, worth_a_line
from notifier.passages import excerpt, one_line, safe_url, shorten
from store.eligibility import read_kept
from store.facts import Piece
from store.matches import BY_HAND, DESCRIPTION, words_of_advisers
from store.models import Basis, Match, Opportunity

PASSAGES = 2
"""Passages shown of the profile that fits best; each further profile shows one."""

PROFILES = 3
"""Profiles of one reader whose reasons are shown for one opportunity; the others are named."""

TITLE_WIDTH, NAME_WIDTH, WHO_WIDTH, NOTE_WIDTH = 240, 80, 320, 220
PASSAGE_WIDTH, OWN_WIDTH = 220, 400
"""Characters of a reason; one of our own is a sentence, which is not cut."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an opportunity is here: the passage of it that met a part of a profile, or the rule."""

    profile: str
    facet: tuple[Piece, ...]
    """What of the profile it met; empty where that is its description."""
    passage: tuple[Piece, ...]
    by_rule: bool
    """Whether ``passage`` is our own sentence or an adviser's, and not the opportunity's words."""
    language: str = SOURCE
    """Of ``passage``."""


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
    who: tuple[Said, ...]
    """Who may apply, point by point; empty where nobody judged."""
    note: Said
    """What else a group should know before it begins; empty where there is nothing."""
    band: str
    changes: tuple[str, ...]
    """What is different since the reader was told; empty elsewhere."""
    why: tuple[Reason, ...]
    also: tuple[str, ...]
    """Further profiles it fits, named only."""
    url: str | None
    internal: tuple[str, ...] = ()
    """What is due inside the institution before, said as its own (``notifier.internal``)."""
    turn: Turn | None = None
    """What ``changes`` come down to; None where there are none."""
    reminder: str | None = None
    """The mark of a reminder (``MessageItem.reminder``); None where this is none."""

    @property
    def profiles(self) -> tuple[str, ...]:
        """Return the names of the profiles it is for, the one that fits best first."""
        return (*dict.fromkeys(reason.profile for reason in self.why), *self.also)


def entry_of(
    group: Sequence[Match], changes: tuple[str, ...], zone: ZoneInfo, language: str, now: datetime
) -> Entry:
    """Return the entry of the matches of one opportunity, of which the first is the best."""
    opportunity = group[0].opportunity
    eligibility = read_kept(group[0].eligibility)
    dates = deadline_lines(opportunity, now, zone, language)
    return Entry(
        opportunity_id=opportunity.id,
        content_hash=opportunity.content_hash + ("" if offered(group) else TAKEN_BACK),
        title=shorten(one_line(opportunity.title), TITLE_WIDTH),
        topic_id=shorten(one_line(opportunity.topic_id), NAME_WIDTH),
        programme=programme_name(opportunity.programme, language),
        actions=_actions(opportunity),
        left=days_left_words(opportunity, now, language),
        dates_label=dates_label(opportunity, now, language),
        deadline=dates,
        budget=budget_line(opportunity, language),
        who=_fitting(who_may_apply(eligibility, language), WHO_WIDTH),
        note=_short(worth_a_line(eligibility, language), NOTE_WIDTH),
        band=group[0].band,
        changes=changes,
        why=tuple(
            reason
            for place, match in enumerate(group)
            for reason in _reasons(match, place, language)
        ),
        also=tuple(_name(m) for place, m in enumerate(group) if place >= PROFILES or not m.reasons),
        url=safe_url(opportunity.url),
    )


def _fitting(points: Sequence[Said], width: int) -> tuple[Said, ...]:
    """Return as many points as there is room for, the last one shortened."""
    kept, left = [], width
    for point in points:
        if left < 1:
            break
        kept.append(_short(point, left))
        left -= len(point.text) + len(" · ")
    return tuple(kept)


def _short(said: Said, width: int) -> Said:
    return replace(said, text=shorten(said.text, width))


def _actions(opportunity: Opportunity) -> tuple[str, ...]:
    labels = action_labels(opportunity.action_types, opportunity.action_labels)
    return tuple(shorten(one_line(label), NAME_WIDTH) for label in labels[:3])


def _reasons(match: Match, place: int, language: str) -> list[Reason]:
    """Return the shown reasons of a match at ``place`` among those of its opportunity."""
    if place >= PROFILES:
        return []
    shown = words_of_advisers(match) or match.reasons[: PASSAGES if place == 0 else 1]
    return [_reason(match, kept, language) for kept in shown]


def _reason(match: Match, kept: dict[str, Any], language: str) -> Reason:
    ours = match.basis is Basis.RULE or kept["section"] == BY_HAND
    said = say_kept(language, "reason", kept["passage"]) if ours else Said(kept["passage"])
    return Reason(
        profile=_name(match),
        facet=_facet(kept),
        passage=excerpt(said.text, tuple(kept["terms"]), OWN_WIDTH if ours else PASSAGE_WIDTH),
        by_rule=ours,
        language=said.language,
    )


def _facet(kept: dict[str, Any]) -> tuple[Piece, ...]:
    if kept["facet"] == DESCRIPTION:
        return ()
    terms = kept.get("facet_terms", ())  # rows of earlier runs have none
    return excerpt(kept["facet"], tuple(terms), NAME_WIDTH)


def _name(match: Match) -> str:
    return shorten(one_line(match.profile.name), NAME_WIDTH)
