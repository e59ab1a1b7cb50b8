"""The rules on who may apply: what the shipped ones say, and how a wrong file is told."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from config.eligibility import EligibilityRules, Subject, eligibility_rules
from config.errors import ConfigurationError
from config.programmes import programmes
from config.settings import SHIPPED
from store.models import Kind

DAY = date(2026, 5, 20)
OFFICIAL = re.compile(r"(^|\.)europa\.eu$")


@pytest.fixture(scope="module")
def rules() -> EligibilityRules:
    return eligibility_rules(SHIPPED)


def subject(action_type: str, topic_id: str = "", title: str = "", **other: str) -> Subject:
    return Subject(
        kind=other.get("kind", "topic"),
        programme=other.get("programme", "horizon_europe"),
        action_type=action_type,
        topic_id=topic_id,
        title=title,
    )


def written(folder: Path, change: str, instead: str) -> Path:
    text = (SHIPPED / "rules" / "eligibility.yaml").read_text("utf-8")
    assert change in text
    (folder / "rules").mkdir()
    (folder / "rules" / "eligibility.yaml").write_text(text.replace(change, instead, 1), "utf-8")
    return folder


def test_every_fact_has_an_official_source(rules: EligibilityRules) -> None:
    sources = [group.source for group in rules.groups] + [rule.source for rule in rules.rules]
    sources += [note.source for rule in rules.rules for note in rule.notes]
    assert {s.host for s in sources if not OFFICIAL.search(s.host or "")} == set()


def test_every_rule_speaks_of_kinds_and_programmes_that_exist(rules: EligibilityRules) -> None:
    kinds = {kind for rule in rules.rules for kind in rule.kinds}
    assert kinds <= {kind.value for kind in Kind}
    assert {name for rule in rules.rules for name in rule.programmes} <= set(programmes())


def test_every_country_of_a_group_has_a_name_to_be_read_by(rules: EligibilityRules) -> None:
    used = {code for g in rules.groups for code in (*g.countries, *(m.code for m in g.later))}
    assert used <= set(rules.country_names)


@pytest.mark.parametrize(
    ("group", "day", "country", "belongs"),
    [
        ("horizon_associated", date(2026, 5, 20), "NO", True),
        ("horizon_associated", date(2024, 12, 31), "CH", False),
        ("horizon_associated", date(2025, 1, 1), "CH", True),
        ("horizon_associated", date(2028, 1, 1), "NO", False),
        ("eu_member_states", date(2026, 5, 20), "NO", False),
        ("eu_member_states", date(2028, 1, 1), "DE", True),
        ("euratom_associated", date(2026, 5, 20), "NO", False),
        ("eea", date(2026, 5, 20), "NO", True),
        ("eea_efta", date(2026, 5, 20), "CH", False),
        ("widening", date(2026, 5, 20), "NO", False),
        ("widening", date(2026, 5, 20), "PT", True),
        ("erasmus_programme", date(2026, 5, 20), "NO", True),
    ],
)
def test_a_country_belongs_to_a_group_on_some_days(
    rules: EligibilityRules, group: str, day: date, country: str, belongs: bool
) -> None:
    assert (country in rules.countries_of(group, day)) is belongs


@pytest.mark.parametrize(
    ("subject", "rule"),
    [
        (subject("HORIZON-RIA"), "horizon-ria"),
        (subject("HORIZON-JU-IA"), "horizon-ia"),
        (subject("HORIZON-JU-IA", "HORIZON-JU-CHIPS-2026-1-IA"), "joint-undertaking-with-states"),
        (subject("HORIZON-TMA-MSCA-Cofund-P"), "msca-cofund"),
        (subject("HORIZON-TMA-MSCA-PF-EF"), "msca-postdoctoral-fellowships"),
        (
            subject("HORIZON-TMA-MSCA-PF-EF", "HORIZON-WIDERA-2026-05-W", "ERA Fellowships"),
            "era-fellowships",
        ),
        (
            subject("HORIZON-CSA", "HORIZON-WIDERA-2026-05-W", "Twinning Bottom-Up"),
            "widening-coordinator",
        ),
        (subject("HORIZON-CSA", "HORIZON-CL4-2026-05-W", "Twinning Bottom-Up"), "horizon-csa"),
        (subject("HORIZON-CSA", "HORIZON-WIDERA-2024-ACCESS-02-01"), "widening-access"),
        (subject("HORIZON-IA", "HORIZON-EURATOM-LS-2026-01-02"), "euratom-ls-ia"),
        (subject("HORIZON-PCP", "HORIZON-EURATOM-LS-2026-01-02"), "euratom-other"),
        (subject("HORIZON-CSA", "HORIZON-WIDERA-2027-05-ERA-02"), "horizon-csa"),
        (subject("HORIZON-EIC", "HORIZON-EIC-2026-PATHFINDEROPEN"), "eic-pathfinder-open"),
        (
            subject("HORIZON-EIC", "HORIZON-EIC-PATHFINDERCHALLENGES-01-02"),
            "eic-pathfinder-challenges",
        ),
        (subject("HORIZON-ERC", "ERC-2027-SYG"), "erc-synergy"),
        (subject("HORIZON-ERC", "ERC-2026-ADG"), "erc-grant"),
        (subject("HORIZON-RPr", kind="prize"), "prize"),
        (subject("", kind="cascade"), "cascade"),
        (
            subject("ERASMUS-KA131", kind="national_action", programme="erasmus_plus"),
            "erasmus-ka131",
        ),
        (subject("ERASMUS-CERT", programme="erasmus_plus"), "erasmus-eche"),
        (subject("EURATOM-IA", programme="euratom"), "euratom-ia"),
        (subject("EDF-RA", programme="european_defence_fund"), None),
    ],
    ids=str,
)
def test_the_first_rule_that_fits_counts(
    rules: EligibilityRules, subject: Subject, rule: str | None
) -> None:
    found = rules.rule_for(subject, DAY)
    assert (found.id if found else None) == rule


def test_no_rule_of_this_programme_period_is_used_after_it(rules: EligibilityRules) -> None:
    assert rules.rule_for(subject("HORIZON-RIA"), date(2028, 1, 1)) is None


@pytest.mark.parametrize(
    ("change", "instead", "told"),
    [
        ('"NO", RS, TN', "NO, RS, TN", "groups.1.countries"),
        ('answer: "yes"', "answer: yes", "answer: Input should be 'yes', 'no' or 'unknown'"),
        ("    title: Prize\n", "    titel: Prize\n", "titel: no such field"),
        ("countries: [widening]", "countries: [widenning]", "unknown group 'widenning'"),
        ("associated: erasmus_programme", "associated: erasmus", "unknown group 'erasmus'"),
        ("  - id: prize\n", "  - id: cascade\n", "stands twice"),
        ("valid_from: 2020-02-01", "valid_from: soon", "groups.0.valid_from"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    tmp_path: Path, change: str, instead: str, told: str
) -> None:
    folder = written(tmp_path, change, instead)
    with pytest.raises(ConfigurationError, match=re.escape(told)) as error:
        eligibility_rules(folder)
    assert re.search(r"eligibility\.yaml:[1-9]\d*: ", str(error.value))


def test_a_rule_that_is_for_nothing_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, "    kinds: [prize]\n", "")
    with pytest.raises(ConfigurationError, match="does not say what it is for"):
        eligibility_rules(folder)


def test_the_shipped_file_quotes_norway() -> None:
    loaded = yaml.safe_load((SHIPPED / "rules" / "eligibility.yaml").read_text("utf-8"))
    assert False not in loaded["country_names"]
