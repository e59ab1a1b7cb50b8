"""What a consortium needs, where a topic says so itself."""

import pytest

from config.eligibility import EligibilityRules
from matcher.eligibility import judged
from tests.matcher.judging import DAY, NTNU, topic

ONE_EACH = (
    "Applications must be submitted by a consortium including participation, as beneficiaries, of"
    " at least three independent legal entities: Each established in a different Member State or"
    " Associated Country; and two of which are established in a Member State."
)
INCLUDING = (
    "Consortia must include at least three (3) participants from three (3) different member states"
    " or associated countries, including higher education institution(s)."
)
BORDER = (
    "This topic requires the active involvement, as beneficiaries, of at least 2 Border or Coast"
    " Guard Authorities from at least 2 different EU Member States or Associated Countries."
)
CITIES = (
    "Entities from at least four cities, each from a different Member State or Associated Country,"
    " must participate as beneficiaries."
)
AFRICA = "Consortia must include at least three entities established in an African Union state."
PLAIN = (
    "At least three legal entities independent from each other and each established in a different"
    " country, where legal entities are eligible to receive funding;"
)


@pytest.mark.parametrize(
    ("action_type", "sentence", "entities", "countries", "members", "demands"),
    [
        ("HORIZON-CSA", ONE_EACH, 3, 3, 2, ()),
        ("HORIZON-CSA", PLAIN, 3, 3, 0, ()),
        ("HORIZON-CSA", INCLUDING, 3, 3, 0, (INCLUDING,)),
        ("HORIZON-CSA", BORDER, 2, 2, 0, (BORDER,)),
        ("HORIZON-RIA", BORDER, 3, 3, 1, (BORDER,)),
        ("HORIZON-IA", CITIES, 4, 4, 1, (CITIES,)),
        ("HORIZON-CSA", AFRICA, 1, 1, 0, (AFRICA,)),
        (
            "HORIZON-RIA",
            "consortia may include a maximum of 6 independent eligible entities as participants.",
            3, 3, 1, (),
        ),
        (
            "HORIZON-IA",
            "The project must include at least one work package for coordinated activities.",
            3, 3, 1, (),
        ),
        (
            "HORIZON-RIA",
            "Proposals must apply the multi-actor approach.",
            3, 3, 1, ("Proposals must apply the multi-actor approach.",),
        ),
        (
            "HORIZON-CSA",
            "The consortium may exceptionally be composed of a single legal entity which is an"
            " SME.",
            1, 1, 0,
            (
                "The consortium may exceptionally be composed of a single legal entity which is an"
                " SME.",
            ),
        ),
    ],
)  # fmt: skip
def test_a_topics_own_count_is_joined_with_the_rules(  # noqa: PLR0917 - a table
    rules: EligibilityRules,
    action_type: str,
    sentence: str,
    entities: int,
    countries: int,
    members: int,
    demands: tuple[str, ...],
) -> None:
    found = judged(topic(action_type, sentence), NTNU, rules, DAY)
    assert found.consortium is not None
    assert (found.consortium.entities, found.consortium.countries) == (entities, countries)
    assert found.consortium.member_states == members
    assert found.demands == demands


def test_what_we_meet_ourselves_comes_last_among_the_demands(rules: EligibilityRules) -> None:
    ours = "At least one independent legal entity established in a Member State or Norway."
    theirs = "At least one independent legal entity established in South Africa."
    assert judged(topic("HORIZON-CSA", ours, theirs), NTNU, rules, DAY).demands == (theirs, ours)


def test_a_sentence_is_not_cut_at_the_number_of_a_list(rules: EligibilityRules) -> None:
    text = (
        "The consortium must carry out activities in at least 3 Member States of the basin (i.e.:"
        " 1. Atlantic or 2. Baltic), and include, as beneficiaries, entities of these."
    )
    assert judged(topic("HORIZON-RIA", text), NTNU, rules, DAY).demands == (text,)


def test_in_kind_contributions_are_asked_under_any_heading(rules: EligibilityRules) -> None:
    text = "Private Members must provide in-kind contributions to additional activities."
    conditions = [{"label": "Specific conditions", "html": "", "text": text}]
    found = judged(topic("HORIZON-JU-RIA", conditions=conditions), NTNU, rules, DAY)
    assert found.demands == (text,)
