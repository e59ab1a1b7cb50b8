"""Who may apply, by the rules."""

from datetime import date

import pytest

from config.eligibility import EligibilityRules
from config.organisation import read_organisation
from config.settings import SHIPPED
from matcher.eligibility import applicant_of, judged
from store.models import Kind, Opportunity
from tests.matcher.judging import DAY, NTNU, SPIN_OUT, answers, topic

WIDERA, CLUSTER = "HORIZON-WIDERA-2027-04-WIDENING-09", "HORIZON-CL4-2027-04-DATA-09"


def named(opportunity: Opportunity) -> str:
    own = {opportunity.topic_id, opportunity.title} - {opportunity.reference}
    return " ".join([opportunity.kind.value, *opportunity.action_types, *sorted(own)])


def test_the_example_organisation_is_a_public_university_of_norway() -> None:
    assert applicant_of(read_organisation(SHIPPED)) == NTNU


@pytest.mark.parametrize(
    ("opportunity", "expected"),
    [
        (topic("HORIZON-RIA"), "yes yes yes"),
        (topic("HORIZON-IA"), "yes yes yes"),
        (topic("HORIZON-COFUND"), "unknown unknown yes"),
        (topic("HORIZON-PCP"), "unknown unknown yes"),
        (topic("HORIZON-EIC-ACC"), "no no no"),
        (topic("HORIZON-EIC", topic_id="HORIZON-EIC-2026-ACCELERATOR-02"), "no no no"),
        (topic("HORIZON-EIC-EQU"), "no no no"),
        (topic("HORIZON-EIC", topic_id="HORIZON-EIC-2026-PATHFINDEROPEN"), "yes yes yes"),
        (topic("HORIZON-EIC", topic_id="HORIZON-EIC-2030-UNHEARD-OF"), "unknown unknown unknown"),
        (topic("HORIZON-CSA", topic_id=WIDERA, title="Twinning Western Balkans"), "no yes yes"),
        (topic("HORIZON-CSA", topic_id=WIDERA, title="Teaming for Excellence"), "no yes yes"),
        (topic("HORIZON-RIA", topic_id=CLUSTER, title="Digital twinning of cities"), "yes yes yes"),
        (topic("HORIZON-IA", topic_id=CLUSTER, title="Hop-On buses"), "yes yes yes"),
        (topic("HORIZON-CSA", topic_id=CLUSTER, title="Pathways to Synergies"), "yes yes yes"),
        (topic("HORIZON-RIA", topic_id=WIDERA, title="Hop-On Facility"), "unknown no unknown"),
        (topic("HORIZON-CSA", topic_id="HORIZON-WIDERA-2024-ACCESS-03-01"), "no yes yes"),
        (topic("HORIZON-CSA", topic_id="HORIZON-WIDERA-2029-01-WIDENING-01"), "unknown yes yes"),
        (topic("HORIZON-TMA-MSCA-PF-EF", topic_id=WIDERA, title="ERA Fellowships"), "no no yes"),
        (topic("HORIZON-TMA-MSCA-PF-EF"), "yes yes yes"),
        (topic("HORIZON-ERC", topic_id="ERC-2026-ADG"), "yes yes unknown"),
        (topic("EURATOM-RIA", programme="euratom"), "no no yes"),
        (topic("HORIZON-RIA", topic_id="HORIZON-EURATOM-LS-2026-01-01"), "no no yes"),
        (topic("HORIZON-IA", topic_id="HORIZON-EURATOM-LS-2026-01-02"), "no no yes"),
        (topic("HORIZON-CSA", topic_id="HORIZON-EURATOM-LS-2026-01-06"), "no no yes"),
        (topic("HORIZON-COFUND", topic_id="HORIZON-EURATOM-LS-2027-01-01"), "no no yes"),
        (topic("HORIZON-PCP", topic_id="HORIZON-EURATOM-LS-2027-01-02"), "no no yes"),
        (topic("HORIZON-ERC-POC", topic_id="ERC-2026-POC"), "yes yes unknown"),
        (
            topic("ERASMUS-LS", topic_id="ERASMUS-EDU-2026-EUR-UNIV", programme="erasmus_plus"),
            "unknown unknown unknown",
        ),
        (
            topic("ERASMUS-LS", topic_id="ERASMUS-EDU-2026-EMJM-DESIGN", programme="erasmus_plus"),
            "unknown unknown unknown",
        ),
        (
            topic("ERASMUS-LS", topic_id="ERASMUS-EDU-2026-PEX-COVE", programme="erasmus_plus"),
            "yes yes yes",
        ),
        (topic("ERASMUS-CERT", programme="erasmus_plus"), "no no no"),
        (topic("ESC-CERT", programme="solidarity_corps"), "no no no"),
        (topic("EDF-RA", programme="european_defence_fund"), "unknown unknown unknown"),
        (topic("DIGITAL-SIMPLE", programme="digital_europe"), "unknown unknown unknown"),
        (topic("", kind=Kind.PROPOSALS), "unknown unknown unknown"),
        (topic("", kind=Kind.CASCADE), "unknown unknown unknown"),
        (topic("HORIZON-RPr", kind=Kind.PRIZE), "unknown unknown unknown"),
        (
            topic("ERASMUS-KA131", kind=Kind.NATIONAL, programme="erasmus_plus"),
            "yes yes unknown",
        ),
        (
            topic("ERASMUS-KA154", kind=Kind.NATIONAL, programme="erasmus_plus"),
            "unknown unknown unknown",
        ),
        (
            topic("ERASMUS-KA240", kind=Kind.NATIONAL, programme="erasmus_plus"),
            "no unknown unknown",
        ),
        (
            topic("ERASMUS-KA121", kind=Kind.NATIONAL, programme="erasmus_plus"),
            "unknown unknown unknown",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else named(value),
)
def test_what_the_rules_say_to_a_norwegian_university(
    rules: EligibilityRules, opportunity: Opportunity, expected: str
) -> None:
    assert answers(judged(opportunity, NTNU, rules, DAY)) == expected


def test_types_of_action_that_disagree_leave_it_unknown(rules: EligibilityRules) -> None:
    opportunity = topic(action_types=["HORIZON-RIA", "HORIZON-EIC-ACC"])
    found = judged(opportunity, NTNU, rules, DAY)
    assert answers(found) == "unknown unknown unknown"
    assert found.verdict("coordinator").says == "it depends on the type of action"
    assert (found.rate, found.consortium) == (None, None)


def test_the_accelerator_is_for_a_spin_out(rules: EligibilityRules) -> None:
    accelerator = topic("HORIZON-EIC-ACC")
    assert answers(judged(accelerator, SPIN_OUT, rules, DAY)) == "yes yes no"
    notes = judged(accelerator, NTNU, rules, DAY).notes
    assert any("spin-out" in note.text for note in notes)


@pytest.mark.parametrize(
    ("topic_id", "words", "others"),
    [
        ("ERC-2026-STG", "Two to seven years", "seven and up to twelve"),
        ("ERC-2026-COG", "seven and up to twelve", "Two to seven years"),
        ("ERC-2027-STG", "new from the calls of 2027", "Two to seven years"),
    ],
)
def test_the_years_after_the_phd_are_those_of_the_call(
    rules: EligibilityRules, topic_id: str, words: str, others: str
) -> None:
    notes = judged(topic("HORIZON-ERC", topic_id=topic_id), NTNU, rules, DAY).notes
    text = " ".join(note.text for note in notes)
    assert words in text
    assert others not in text


def test_rules_of_a_past_period_decide_nothing(rules: EligibilityRules) -> None:
    assert answers(judged(topic(), NTNU, rules, date(2028, 6, 1))) == "unknown unknown unknown"


@pytest.mark.parametrize(
    ("action_type", "kind", "applies", "condition"),
    [
        ("ERASMUS-KA131", Kind.NATIONAL, "the university applies", ""),
        ("ERASMUS-KA171", Kind.NATIONAL, "the university applies", ""),
        ("HORIZON-TMA-MSCA-COFUND-D", Kind.TOPIC, "the university applies", ""),
        ("HORIZON-ERC-POC", Kind.TOPIC, "", "only for holders of an ERC grant"),
        ("HORIZON-RIA", Kind.TOPIC, "", ""),
    ],
)
def test_a_rule_says_where_the_institution_applies_and_on_what_condition(
    rules: EligibilityRules, action_type: str, kind: Kind, applies: str, condition: str
) -> None:
    programme = "erasmus_plus" if kind is Kind.NATIONAL else "horizon_europe"
    found = judged(topic(action_type, kind=kind, programme=programme), NTNU, rules, DAY)
    assert found.applies.partition(",")[0] == applies
    assert found.condition == condition
