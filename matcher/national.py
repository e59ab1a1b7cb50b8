"""What the file of national actions says of them to a university, as a verdict. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeAlias

from config.erasmus_national import Action, NationalActions
from store.eligibility import Eligibility, Rate, RoleVerdict
from store.models import Kind, Opportunity

Actions: TypeAlias = Mapping[str, Action]
"""By type of action, such as ``ERASMUS-KA220``."""


def actions_by_type(document: NationalActions) -> Actions:
    """Return the actions by the code that their opportunities carry."""
    return {f"ERASMUS-{action.code}": action for action in document.actions}


def as_the_action_says(
    eligibility: Eligibility, opportunity: Opportunity, actions: Actions, words: Collection[str]
) -> Eligibility:
    """Return ``eligibility`` with the action's own sentence to universities, mark and sums."""
    code = next((code for code in opportunity.action_types if code in actions), None)
    if opportunity.kind is not Kind.NATIONAL or code is None:
        return eligibility
    action = actions[code]
    told = replace(eligibility, rate=_lump_sum(action) or eligibility.rate)
    if "university" not in words:
        return told
    roles = tuple(_said(verdict, action.university) for verdict in told.roles)
    return replace(told, roles=roles, meant=action.meant_for_universities)


def _said(verdict: RoleVerdict, sentence: str) -> RoleVerdict:
    if verdict.role == "associated_partner" or verdict.answer == "yes":
        return verdict
    return replace(verdict, says=sentence)


def _lump_sum(action: Action) -> Rate | None:
    """Return the sums to choose from; None where a grant is counted from units."""
    sums = tuple(sorted(action.amounts.lump_sums_eur))
    if not sums:
        return None
    named = [f"{one:,}" for one in sums]
    listed = " or ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    return Rate(None, f"lump sum of EUR {listed}", sums_eur=sums)
