"""What an organisation is paid: by rule, or as the opportunity says itself. Pure."""

import re
from collections.abc import Collection
from dataclasses import replace

from config.eligibility import EligibilityRule
from config.eligibility import Rate as RuleRate
from config.translation import translatable, translatable_form
from matcher.sentences import LEGAL, sentences, shortened
from store.eligibility import Rate
from store.models import Opportunity

BY_THE_TOPIC = translatable("set by the topic")
LUMP_SUM = translatable("lump sum")
SHARE = translatable_form("rate", "{percent} %")
AT_MOST = translatable_form("rate", "up to {percent} %")
SHARE_AS_LUMP_SUM = translatable_form("rate", "{rate}, lump sum")
OWN_RATE = re.compile(r"funding rate\b|\b(?:funded|reimbursed)\b|non-?profit", re.IGNORECASE)
PERCENT = re.compile(r"(?P<most>\bup to )?\b(?P<percent>\d+) ?%", re.IGNORECASE)
NON_PROFIT = re.compile(r"\bnon[- ]?profit|\bnot[- ]for[- ]profit", re.IGNORECASE)
BEFORE_THEM = re.compile(
    r"(?P<percent>\d+) ?%(?:(?!\d ?%|\bexcept)[^;])*?\bfor (?:\w+ )?(?:non|not[- ]for)[- ]?profit",
    re.IGNORECASE,
)
"""Such as "100 % for non-profit legal entities"."""
BEHIND_THEM = re.compile(
    r"\b(?:non|not[- ]for)[- ]?profit(?:(?!\d+ ?%)[^;]){0,90}?(?P<percent>\d+) ?%", re.IGNORECASE
)
"""Such as "except for non-profit legal entities where the funding rate is 100 %"."""


def rate_of(
    opportunity: Opportunity, rule: EligibilityRule | None, words: Collection[str]
) -> Rate | None:
    """Return what an organisation of the kinds ``words`` is paid; None where nobody says."""
    by_rule = _rate_by_rule(rule, words)
    own = [_own_rate(s, words) for s in sentences(opportunity, LEGAL)]
    stated = [rate for rate in own if rate is not None]
    if len({rate.says for rate in stated}) > 1:
        rate: Rate | None = Rate(None, BY_THE_TOPIC, " ".join(rate.evidence for rate in stated))
    elif stated and not _repeats_the_rule(stated[0], rule, by_rule):
        rate = stated[0]
    else:
        rate = by_rule
    return _with_lump_sum(rate, opportunity)


def _own_rate(sentence: str, words: Collection[str]) -> Rate | None:
    named = list(PERCENT.finditer(sentence))
    if not named or not OWN_RATE.search(sentence):
        return None
    if NON_PROFIT.search(sentence):
        return _own_rate_by_kind(sentence, words)
    percent = int(named[0]["percent"])
    if named[0]["most"]:
        return Rate(None, AT_MOST.format(percent=percent), shortened(sentence))
    return Rate(percent, SHARE.format(percent=percent), shortened(sentence))


def _own_rate_by_kind(sentence: str, words: Collection[str]) -> Rate:
    """Return the rate of a sentence that makes a difference for non-profit organisations."""
    theirs = BEFORE_THEM.search(sentence) or BEHIND_THEM.search(sentence)
    others = [
        int(found["percent"])
        for found in PERCENT.finditer(sentence)
        if theirs and found.start("percent") != theirs.start("percent")
    ]
    if theirs and len(others) == 1:
        percent = int(theirs["percent"]) if "non_profit" in words else others[0]
        return Rate(percent, SHARE.format(percent=percent), shortened(sentence))
    return Rate(None, BY_THE_TOPIC, shortened(sentence))


def _repeats_the_rule(stated: Rate, rule: EligibilityRule | None, by_rule: Rate | None) -> bool:
    """Return whether a topic says the rule's rate for companies, where the rule has one for us."""
    if stated.percent is None or rule is None or by_rule is None or by_rule.percent is None:
        return False
    others = {rate.percent for rate in rule.rates if "for_profit" in rate.organisations}
    return not NON_PROFIT.search(stated.evidence) and stated.percent in others


def _with_lump_sum(rate: Rate | None, opportunity: Opportunity) -> Rate | None:
    """Return the rate with the word for grants that pay fixed sums, which end in ``-LS``."""
    agreements = opportunity.grant_agreements
    fixed = bool(agreements) and all(code.endswith("-LS") for code in agreements)
    if rate is None or rate.percent is None or not fixed or LUMP_SUM in rate.says:
        return rate
    return replace(rate, says=SHARE_AS_LUMP_SUM.format(rate=rate.says))


def _rate_by_rule(rule: EligibilityRule | None, words: Collection[str]) -> Rate | None:
    rates: tuple[RuleRate, ...] = rule.rates if rule else ()
    for rate in rates:
        if not rate.organisations or set(words) & set(rate.organisations):
            return Rate(rate.percent, rate.says)
    return None
