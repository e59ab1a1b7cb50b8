"""What a consortium needs and what it is paid."""

import pytest

from config.eligibility import EligibilityRules
from matcher.eligibility import Applicant, judged
from tests.matcher.judging import DAY, MUNICH, NTNU, SPIN_OUT, topic

FOR_NON_PROFIT = (
    "The funding rate is 60% of the eligible costs for profit-making entities and 100% for"
    " non-profit legal entities.",
    "The funding rate is 100% of the eligible costs for non-profit legal entities and 60% for"
    " others.",
    "Non-profit legal entities are funded at 100%; for all others the funding rate is 60%.",
    "For not-for-profit organisations the funding rate is 100 %, for all others 60 %.",
)
UNREAD = (
    "The funding rate is 60%, and more for non-profit legal entities.",
    "The funding rate is 50% for SMEs, 60% for others and 100% for non-profit legal entities.",
)
LEGAL = "6. Legal and financial set-up of the grants"


@pytest.mark.parametrize(
    ("applicant", "action_type", "sentence", "rate"),
    [
        (NTNU, "HORIZON-IA", "", "100 %"),
        (SPIN_OUT, "HORIZON-IA", "", "70 %"),
        (NTNU, "HORIZON-RIA", "", "100 %"),
        (NTNU, "HORIZON-RIA", "The funding rate is 80% of the eligible costs.", "80 %"),
        (NTNU, "HORIZON-COFUND", "", "30 to 50 %, up to 70 %"),
        (NTNU, "HORIZON-COFUND", "The funding rate is up to 30% of the costs.", "up to 30 %"),
        (
            NTNU,
            "HORIZON-IA",
            "The funding rate is 60% of the eligible costs, except for non-profit legal entities"
            " where the funding rate is up to 100% of the total eligible costs.",
            "100 %",
        ),
        (
            SPIN_OUT,
            "HORIZON-IA",
            "The funding rate is 60% of the eligible costs, except for non-profit legal entities"
            " where the funding rate is up to 100% of the total eligible costs.",
            "60 %",
        ),
        (NTNU, "HORIZON-TMA-MSCA-DN", "", "unit costs"),
        *((NTNU, "HORIZON-IA", sentence, "100 %") for sentence in FOR_NON_PROFIT),
        *((SPIN_OUT, "HORIZON-IA", sentence, "60 %") for sentence in FOR_NON_PROFIT),
        *((NTNU, "HORIZON-IA", sentence, "set by the topic") for sentence in UNREAD),
        (NTNU, "HORIZON-IA", "The funding rate is 70% of the eligible costs.", "100 %"),
        (NTNU, "HORIZON-COFUND", "The funding rate is 70% of the eligible costs.", "70 %"),
    ],
)
def test_what_an_organisation_is_paid(
    rules: EligibilityRules, applicant: Applicant, action_type: str, sentence: str, rate: str
) -> None:
    conditions = [{"label": LEGAL, "html": "", "text": sentence}]
    found = judged(topic(action_type, conditions=conditions), applicant, rules, DAY)
    assert found.rate is not None
    assert found.rate.says == rate


def test_two_rates_in_one_topic_are_not_made_into_one(rules: EligibilityRules) -> None:
    text = "The funding rate is 50% of the costs.\nFor others the funding rate is 30% of the costs."
    opportunity = topic(conditions=[{"label": LEGAL, "html": "", "text": text}])
    found = judged(opportunity, NTNU, rules, DAY)
    assert found.rate is not None
    assert (found.rate.percent, found.rate.says) == (None, "set by the topic")


@pytest.mark.parametrize(
    ("action_type", "entities", "countries", "eligible", "members"),
    [
        ("HORIZON-RIA", 3, 3, 3, 1),  # Norway, Iceland and Switzerland are not enough
        ("HORIZON-IA", 3, 3, 3, 1),
        ("HORIZON-TMA-MSCA-SE", 3, 3, 2, 0),
        ("HORIZON-CSA", 1, 1, 1, 0),
    ],
)
def test_the_minimum_counts_member_states_by_themselves(  # noqa: PLR0917 - a table
    rules: EligibilityRules,
    action_type: str,
    entities: int,
    countries: int,
    eligible: int,
    members: int,
) -> None:
    minimum = judged(topic(action_type), NTNU, rules, DAY).consortium
    assert minimum is not None
    assert (minimum.entities, minimum.countries) == (entities, countries)
    assert (minimum.eligible_countries, minimum.member_states) == (eligible, members)


@pytest.mark.parametrize(
    ("applicant", "ending"),
    [
        (NTNU, "; Norway counts as associated, so a partner in a Member State is needed"),
        (MUNICH, "at least one of them in a Member State"),
        (Applicant("US", "university", True, False), "; United States does not count, for it is"
         " not associated"),
    ],
)  # fmt: skip
def test_the_minimum_says_what_the_own_country_counts_for(
    rules: EligibilityRules, applicant: Applicant, ending: str
) -> None:
    minimum = judged(topic("HORIZON-RIA"), applicant, rules, DAY).consortium
    assert minimum is not None
    assert minimum.says.startswith(
        "three independent entities in three different Member States or associated countries"
    )
    assert minimum.says.endswith(ending)


def test_a_topic_may_ask_for_more_member_states(rules: EligibilityRules) -> None:
    text = (
        "Applications must be submitted by a consortium including participation, as beneficiaries,"
        " of at least three independent legal entities: Each established in a different Member"
        " State or Associated Country; and two of which are established in a Member State."
    )
    minimum = judged(topic("HORIZON-CSA", text), NTNU, rules, DAY).consortium
    assert minimum is not None
    assert (minimum.entities, minimum.member_states) == (3, 2)
    assert minimum.says.endswith("so partners in 2 Member States are needed")


@pytest.mark.parametrize(
    ("agreements", "action_type", "says"),
    [
        (["HORIZON-AG-LS"], "HORIZON-RIA", "100 %, lump sum"),
        (["HORIZON-AG"], "HORIZON-RIA", "100 %"),
        (["HORIZON-AG", "HORIZON-AG-LS"], "HORIZON-RIA", "100 %"),
        (["HORIZON-AG-LS"], "HORIZON-TMA-MSCA-DN", "unit costs"),
    ],
)
def test_a_lump_sum_is_told_where_every_agreement_is_one(
    rules: EligibilityRules, agreements: list[str], action_type: str, says: str
) -> None:
    rate = judged(topic(action_type, grant_agreements=agreements), NTNU, rules, DAY).rate
    assert rate is not None
    assert rate.says == says
