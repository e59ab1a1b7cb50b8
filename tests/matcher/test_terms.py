"""What a consortium needs and what it is paid."""

import pytest

from config.eligibility import EligibilityRules
from matcher.eligibility import Applicant, judged
from matcher.terms import meets_minimum
from tests.matcher.judging import DAY, MUNICH, NTNU, SPIN_OUT, topic

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
    ("countries", "enough"),
    [
        (["NO", "IS", "CH"], False),
        (["NO", "IS", "DE"], True),
        (["DE", "FR", "NO"], True),
        (["DE", "DE", "NO"], False),
        (["NO", "DE"], False),
        (["NO", "DE", "US"], False),
        (["NO", "DE", "IS", "US"], True),
    ],
)
def test_norway_and_two_associated_countries_are_not_enough(
    rules: EligibilityRules, countries: list[str], enough: bool
) -> None:
    minimum = judged(topic("HORIZON-RIA"), NTNU, rules, DAY).consortium
    assert minimum is not None
    associated = rules.countries_of("horizon_associated", DAY)
    members = rules.countries_of("eu_member_states", DAY)
    assert meets_minimum(countries, minimum, associated, members) is enough


def test_staff_exchanges_need_two_eligible_countries_and_no_member_state(
    rules: EligibilityRules,
) -> None:
    minimum = judged(topic("HORIZON-TMA-MSCA-SE"), NTNU, rules, DAY).consortium
    assert minimum is not None
    associated = rules.countries_of("horizon_associated", DAY)
    members = rules.countries_of("eu_member_states", DAY)
    assert meets_minimum(["NO", "IS", "US"], minimum, associated, members)
    assert not meets_minimum(["NO", "JP", "US"], minimum, associated, members)


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
