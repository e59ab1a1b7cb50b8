"""Who may apply to what was matched; each opportunity is judged once, for all profiles."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from config.deadlines import BRUSSELS
from matcher.against import against
from matcher.eligibility import Judge
from matcher.results import BestMatch
from store.eligibility import Eligibility, is_hidden
from store.models import Opportunity, Profile


class Docket:
    """Keeps the verdicts that were given."""

    def __init__(self, opportunities: Sequence[Opportunity], judge: Judge, now: datetime) -> None:
        self._opportunities = {opportunity.id: opportunity for opportunity in opportunities}
        self._judge = judge
        self._day = now.astimezone(BRUSSELS).date()
        self._known: dict[int, Eligibility] = {}

    def judged(self, match: BestMatch, profile: Profile) -> BestMatch:
        """Return ``match`` with the verdicts on its opportunity, and what speaks against it."""
        verdicts = self._verdicts(match.opportunity_id)
        objections = against(profile, self._opportunities[match.opportunity_id], verdicts)
        return replace(match, eligibility=verdicts, against=(*match.against, *objections))

    def is_hidden(self, opportunity: Opportunity, roles: Collection[str]) -> bool:
        """Return whether readers with ``roles`` are not told of ``opportunity``."""
        return is_hidden(self._verdicts(opportunity.id), roles)

    def _verdicts(self, key: int) -> Eligibility:
        if key not in self._known:
            self._known[key] = self._judge(self._opportunities[key], self._day)
        return self._known[key]
