"""An opportunity in the few words of a list, whoever reads it. Pure."""

from datetime import datetime

from config.deadlines import BRUSSELS
from config.programmes import programme_name
from notifier.actions import action_labels
from notifier.amounts import budget_line
from notifier.deadlines import dates_label, days_left_words, deadline_lines
from notifier.eligibility import who_may_apply
from notifier.passages import one_line, safe_url
from store.eligibility import Eligibility
from store.facts import Facts
from store.models import Opportunity


def facts_of(
    opportunity: Opportunity, eligibility: Eligibility | None, language: str, now: datetime
) -> Facts:
    """Return what a list says of ``opportunity``; its dates in Brussels time alone."""
    labels = action_labels(opportunity.action_types, opportunity.action_labels)
    return Facts(
        title=one_line(opportunity.title),
        topic_id=one_line(opportunity.topic_id),
        programme=programme_name(opportunity.programme, language),
        actions=tuple(map(one_line, labels)),
        left=days_left_words(opportunity, now, language),
        dates_label=dates_label(opportunity, now, language),
        dates=deadline_lines(opportunity, now, BRUSSELS, language),
        budget=budget_line(opportunity, language),
        who=who_may_apply(eligibility, language),
        url=safe_url(opportunity.url),
    )
