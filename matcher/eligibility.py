"""Who of us may apply: rules first, then what the opportunity itself says, which wins. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

from config.eligibility import (
    EligibilityRule,
    EligibilityRules,
    Subject,
    eligibility_rules,
    matches_any,
)
from config.erasmus_national import erasmus_national
from config.organisation import Organisation, read_organisation
from config.sources import configured_sources
from config.translation import translatable, translatable_form
from matcher.consortium import consortium_of, real_demands
from matcher.national import actions_by_type, as_the_action_says
from matcher.own_words import Finding, Standpoint, demands_of, findings
from matcher.sentences import section_to_read
from matcher.terms import rate_of
from store.eligibility import ROLES, Answer, Eligibility, Note, Role, RoleVerdict
from store.models import Opportunity

WORST: tuple[Answer, ...] = ("no", "unknown", "yes")

NO_RULE = translatable("no rule knows this kind of action; read its conditions")
NO_RULE_READ = translatable_form(
    "verdict", "no rule knows this kind of action; read “{section}” on the portal"
)
IT_DEPENDS = translatable("it depends on the type of action")
NOT_OF_THIS_ROLE = translatable("the rule says nothing of this role; read the conditions")
RULED_OUT = translatable("the topic's own conditions rule it out")
OWN_CONDITIONS = translatable_form(
    "verdict", "the topic sets conditions of its own; read “{section}” on the portal"
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """What of an organisation decides whether it may apply."""

    country: str
    kind: str
    non_profit: bool
    public_body: bool

    @property
    def words(self) -> frozenset[str]:
        """Return every word that a rule may call it by."""
        words = {self.kind, "non_profit" if self.non_profit else "for_profit"}
        return frozenset(words | ({"public_body"} if self.public_body else set()))


Judge: TypeAlias = Callable[[Opportunity, date], Eligibility]


def applicant_of(organisation: Organisation) -> Applicant:
    """Return the configured organisation as an applicant."""
    return Applicant(
        country=organisation.country,
        kind=organisation.kind,
        non_profit=organisation.non_profit,
        public_body=organisation.public_body,
    )


def judge_of(folder: Path) -> Judge:
    """Return what judges for the organisation and with the rules of the configuration ``folder``.

    Raises:
        ConfigurationError: If one of the files is wrong.
    """
    applicant, rules = applicant_of(read_organisation(folder)), eligibility_rules(folder)
    kept = "erasmus_national" in configured_sources(folder)
    actions = actions_by_type(erasmus_national(folder)) if kept else {}
    return lambda opportunity, day: as_the_action_says(
        judged(opportunity, applicant, rules, day), opportunity, actions, applicant.words
    )


def judged(
    opportunity: Opportunity, applicant: Applicant, rules: EligibilityRules, day: date
) -> Eligibility:
    """Return who of us may apply to ``opportunity``, by the rules of ``day`` and its own words."""
    fitting = _rules_for(opportunity, rules, day)
    known = [rule for rule in fitting if rule is not None]
    associated = known[0].associated if known else None
    standpoint = Standpoint(applicant.country, applicant.words, rules, associated, day)
    found = findings(opportunity, standpoint)
    first = known[0] if len(fitting) == len(known) == 1 else None
    return Eligibility(
        roles=tuple(_verdict(role, fitting, found, opportunity, standpoint) for role in ROLES),
        section=_section(found, opportunity),
        consortium=consortium_of(opportunity, first, standpoint),
        single_applicant=any(f.single for f in found) or bool(first and first.single_applicant),
        rate=rate_of(opportunity, first, applicant.words),
        notes=tuple(_notes(known, opportunity)),
        demands=real_demands(tuple(demands_of(found)), standpoint),
        applies=(first.applies or "") if first else "",
        condition=(first.condition or "") if first else "",
    )


def _section(found: Sequence[Finding], opportunity: Opportunity) -> str:
    """Return the heading to read: of the sentence that decided, else of what topics ask beside."""
    deciding = [f.section for f in found if f.answer in {"no", "unknown"}]
    return deciding[0] if deciding else section_to_read(opportunity)


def _rules_for(
    opportunity: Opportunity, rules: EligibilityRules, day: date
) -> tuple[EligibilityRule | None, ...]:
    """Return the rule of each type of action, each once; None where one has none."""
    found: dict[str | None, EligibilityRule | None] = {}
    for action_type in opportunity.action_types or [""]:
        subject = Subject(
            kind=opportunity.kind.value,
            programme=opportunity.programme,
            action_type=action_type,
            topic_id=opportunity.topic_id,
            title=opportunity.title,
        )
        rule = rules.rule_for(subject, day)
        found[rule.id if rule else None] = rule
    return tuple(found.values())


def _verdict(
    role: Role,
    fitting: Sequence[EligibilityRule | None],
    found: Sequence[Finding],
    opportunity: Opportunity,
    standpoint: Standpoint,
) -> RoleVerdict:
    by_rule = _agreed([_by_rule(role, rule, opportunity, standpoint) for rule in fitting])
    own = [finding for finding in found if role in finding.roles and finding.answer]
    alone = next((finding for finding in found if finding.single), None)
    if alone and role == "associated_partner":
        return _by_own_words(by_rule, replace(alone, answer="no"), opportunity)
    if not own:
        return by_rule
    decisive = min(own, key=lambda finding: WORST.index(finding.answer or "yes"))
    return _by_own_words(by_rule, decisive, opportunity)


def _agreed(verdicts: Sequence[RoleVerdict]) -> RoleVerdict:
    first = verdicts[0]
    if all(verdict.answer == first.answer for verdict in verdicts):
        return first
    return replace(first, answer="unknown", says=IT_DEPENDS, rule_id=None)


def _by_rule(
    role: Role, rule: EligibilityRule | None, opportunity: Opportunity, standpoint: Standpoint
) -> RoleVerdict:
    if rule is None:
        section = section_to_read(opportunity)
        says = NO_RULE_READ.format(section=section) if section else NO_RULE
        return RoleVerdict(role, "unknown", says, None, opportunity.url)
    for line in rule.roles:
        here = {
            c
            for group in line.countries
            for c in standpoint.rules.countries_of(group, standpoint.day)
        }
        if (
            role in line.roles
            and (not line.countries or standpoint.country in here)
            and (not line.organisations or standpoint.words & set(line.organisations))
        ):
            return _of_rule(rule, role, line.answer, line.says)
    return _of_rule(rule, role, "unknown", NOT_OF_THIS_ROLE)


def _of_rule(rule: EligibilityRule, role: Role, answer: Answer, says: str) -> RoleVerdict:
    source = str(rule.source)
    return RoleVerdict(role, answer, says, rule.id, source, verified=rule.verified)


def _by_own_words(by_rule: RoleVerdict, finding: Finding, opportunity: Opportunity) -> RoleVerdict:
    """Return the verdict with the topic's own word; being let in is not all that a rule asks."""
    evidence = finding.evidence
    if finding.answer is None or finding.answer == "yes" or by_rule.answer == "no":
        return replace(by_rule, evidence=evidence)
    says = RULED_OUT
    if finding.answer == "unknown":
        if by_rule.answer == "unknown" and by_rule.rule_id:
            return replace(by_rule, evidence=evidence)
        says = OWN_CONDITIONS.format(section=finding.section)
    return replace(
        by_rule,
        answer=finding.answer,
        says=says,
        source=opportunity.url,
        evidence=evidence,
        verified=True,
    )


def _notes(rules: Sequence[EligibilityRule], opportunity: Opportunity) -> Sequence[Note]:
    notes = [note for rule in rules for note in rule.notes]
    return [
        Note(note.text, str(note.source), note.verified, note.in_mail)
        for note in notes
        if not note.topics or matches_any(opportunity.topic_id, note.topics)
    ]
