"""What is open to any subject: recognised by rules, recommended to who wants its kind. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from config.bottom_up import OpenKind, OpenKinds, Traits
from config.deadlines import BRUSSELS
from config.translation import translatable, translatable_form
from matcher.years import next_calls
from store.matches import Reason
from store.models import Opportunity, Profile
from store.opportunities import next_cutoff, takes_proposals

CAREER_STAGES: Mapping[str, str] = {
    "first_stage": translatable("doctoral candidates (R1)"),
    "recognised": translatable("recognised researchers (R2)"),
    "established": translatable("established researchers (R3)"),
    "leading": translatable("leading researchers (R4)"),
}
"""How people call the career stages of profiles."""

STAGE = translatable_form("reason", "the career stage {stages}")
TYPE = translatable_form("reason", "the action type {types}")
STAGE_AND_TYPE = translatable_form(
    "reason", "the career stage {stages} and the action type {types}"
)
NAMED = {
    (True, True): ("career stage and action type", STAGE_AND_TYPE),
    (True, False): ("career stage", STAGE),
    (False, True): ("action type", TYPE),
}
"""By whether stages and types were named: what that is called, and how it is said."""
REASON = translatable_form("reason", "You named {named}; {asks}.")
DOUBTED = translatable_form(
    "reason", "You named {named}; {asks} (not yet compared with the official text)."
)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """An opportunity that is open to any subject."""

    opportunity: Opportunity
    kind: OpenKind


@dataclass(frozen=True, slots=True)
class Parted:
    """Opportunities, parted by what can be said of their theme."""

    themed: tuple[Opportunity, ...]
    """In the order they came."""
    open_calls: tuple[OpenCall, ...]


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """An opportunity that a rule recommends to a profile."""

    opportunity: Opportunity
    reasons: tuple[Reason, ...]


def is_bottom_up(opportunity: Opportunity, kinds: OpenKinds, day: date) -> bool:
    """Return whether ``opportunity`` is open to any subject, by the rules of ``day``."""
    return _kind_of(opportunity, kinds, day) is not None


def parted(opportunities: Iterable[Opportunity], kinds: OpenKinds, now: datetime) -> Parted:
    """Return ``opportunities`` with a theme apart from those that are open to any subject."""
    day = now.astimezone(BRUSSELS).date()
    themed, open_calls = [], []
    for opportunity in opportunities:
        kind = _kind_of(opportunity, kinds, day)
        if kind is None:
            themed.append(opportunity)
        else:
            open_calls.append(OpenCall(opportunity, kind))
    return Parted(tuple(themed), tuple(open_calls))


def recommended(
    profile: Profile, open_calls: Sequence[OpenCall], now: datetime
) -> tuple[RuleMatch, ...]:
    """Return what the rules recommend to ``profile``, the nearest deadline first.

    A profile that names no career stage and no action type of these kinds is recommended nothing.
    """
    wanted = [call for call in open_calls if _is_within_reach(profile, call, now)]
    found = {
        call.opportunity.reference: RuleMatch(call.opportunity, (reason,))
        for call in wanted
        if (reason := _reason(profile, call.kind)) is not None
    }
    current = next_calls((match.opportunity for match in found.values()), now)
    ordered = sorted(current, key=lambda opportunity: _order(opportunity, now))
    return tuple(found[opportunity.reference] for opportunity in ordered)


def _kind_of(opportunity: Opportunity, kinds: OpenKinds, day: date) -> OpenKind | None:
    traits = Traits(opportunity.topic_id, opportunity.title, opportunity.action_types)
    return kinds.kind_of(traits, day)


def _is_within_reach(profile: Profile, call: OpenCall, now: datetime) -> bool:
    """Return whether the profile's programmes and roles allow it, and it takes proposals."""
    programmes, roles = profile.programmes, set(profile.roles)
    return (
        (not programmes or call.opportunity.programme in programmes)
        and (not roles or not roles.isdisjoint(call.kind.roles))
        and takes_proposals(call.opportunity, now)
    )


def _reason(profile: Profile, kind: OpenKind) -> Reason | None:
    """Return why ``profile`` wants the ``kind``; None where it does not say that it does."""
    stages = " and ".join(
        CAREER_STAGES[s] for s in profile.career_stages if s in kind.career_stages
    )
    types = " and ".join(name for name in profile.action_types if name in kind.named)
    found = NAMED.get((bool(stages), bool(types)))
    if found is None:
        return None
    named, form = found[1].format(stages=stages, types=types), REASON if kind.verified else DOUBTED
    return Reason(
        passage=form.format(named=named, asks=kind.asks),
        section=kind.title,
        facet=found[0],
        terms=(),
        similarity=0.0,
    )


def _order(opportunity: Opportunity, now: datetime) -> tuple[float, str]:
    ahead = next_cutoff(opportunity, now)
    return ahead.deadline.timestamp() if ahead else float("inf"), opportunity.topic_id
