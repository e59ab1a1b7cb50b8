"""Who may apply, in which role and for which money: dated rules with their sources, from YAML."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl
from pydantic import model_validator as whole_model
from pydantic_core import PydanticCustomError

from config.documents import Fault, read_document, refuse_faults
from config.profiles import Role, Text

Answer = Literal["yes", "no", "unknown"]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
"""ISO 3166-1 code; XK for Kosovo, which has none."""
KindOfOpportunity = Literal["topic", "call_for_proposals", "cascade", "prize", "national_action"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Dated(_Part):
    valid_from: date
    valid_to: date | None = None
    source: HttpUrl
    verified: bool = True
    """Whether the fact was read in an official text; False where only others repeat it."""

    def is_valid(self, day: date) -> bool:
        """Return whether this holds on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Member(_Part):
    """A country that belongs to its group from a day of its own."""

    code: Country
    valid_from: date
    verified: bool = True
    note: str = ""


class CountryGroup(_Dated):
    """Countries that a rule treats alike."""

    id: str
    title: Text
    countries: tuple[Country, ...] = ()
    later: tuple[Member, ...] = ()
    """Those that joined after the group began."""
    note: str = ""


class RoleRule(_Part):
    """What a rule answers to applicants of some countries and kinds, for some roles."""

    roles: tuple[Role, ...] = Field(min_length=1)
    countries: tuple[str, ...] = ()
    """Ids of groups; empty means any country."""
    organisations: tuple[str, ...] = ()
    """Such as ``university``, ``sme``, ``non_profit``, ``public_body``; empty means any."""
    answer: Answer
    says: Text


class Minimum(_Part):
    """The smallest consortium; each number counts independent legal entities or their countries."""

    entities: int = Field(ge=1)
    countries: int = Field(ge=1)
    eligible_countries: int = Field(ge=0)
    """How many of the countries are Member States or associated."""
    member_states: int = Field(ge=0)
    """How many of them are Member States of the EU."""
    says: Text


class Rate(_Part):
    """Which share of the costs is paid to some kinds of organisation."""

    organisations: tuple[str, ...] = ()
    percent: int | None = Field(default=None, ge=0, le=100)
    says: Text
    """The rate in a few words, as a mail shows it."""


class PersonNote(_Part):
    """What else there is to know; for people to read, nothing is decided by it."""

    text: Text
    topics: tuple[str, ...] = ()
    """Patterns of topic ids it is about; empty means all of the rule."""
    in_mail: bool = False
    """Whether it is worth a line in a mail; of several, the first is shown."""
    source: HttpUrl
    verified: bool = True


class EligibilityRule(_Dated):
    """What holds for some kind of opportunity. Of several rules that fit, the first counts."""

    id: str
    title: Text
    kinds: tuple[KindOfOpportunity, ...] = ()
    programmes: tuple[str, ...] = ()
    action_types: tuple[str, ...] = ()
    """Patterns of codes, such as ``HORIZON-*RIA``."""
    topics: tuple[str, ...] = ()
    """Patterns of topic ids."""
    titles: tuple[str, ...] = ()
    associated: str | None = None
    """Id of the group that this kind of opportunity calls associated countries."""
    roles: tuple[RoleRule, ...] = Field(min_length=1)
    minimum: Minimum | None = None
    single_applicant: bool = False
    applies: Text | None = None
    """Who applies, in a sentence, where it is the institution and not a group."""
    condition: Text | None = None
    """What must be true of a group beside, in a few words of a mail."""
    rates: tuple[Rate, ...] = ()
    notes: tuple[PersonNote, ...] = ()

    @whole_model(mode="after")
    def _selects(self) -> Self:
        if not (self.kinds or self.programmes or self.action_types or self.topics or self.titles):
            raise PydanticCustomError("selector", "the rule does not say what it is for")
        return self


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules are looked up by."""

    kind: str
    programme: str
    action_type: str
    topic_id: str
    title: str


class EligibilityRules(_Part):
    """The whole file."""

    country_names: dict[Country, tuple[Text, ...]]
    """How texts of the Commission write a country; the first is how we do."""
    groups: tuple[CountryGroup, ...]
    rules: tuple[EligibilityRule, ...]

    def countries_of(self, group: str, day: date) -> frozenset[str]:
        """Return the countries of the ``group`` on ``day``."""
        found: set[str] = set()
        for one in self.groups:
            if one.id == group and one.is_valid(day):
                found |= set(one.countries)
                found |= {member.code for member in one.later if member.valid_from <= day}
        return frozenset(found)

    def name_of(self, country: str) -> str:
        """Return what people call a country, or its code where no name is known."""
        names = self.country_names.get(country)
        return names[0] if names else country

    def rule_for(self, subject: Subject, day: date) -> EligibilityRule | None:
        """Return the first rule that fits ``subject`` on ``day``."""
        return next((r for r in self.rules if r.is_valid(day) and _fits(r, subject)), None)


def eligibility_rules(folder: Path) -> EligibilityRules:
    """Return the rules of the configuration ``folder``.

    Raises:
        ConfigurationError: If the file is wrong.
    """
    path = folder / "rules" / "eligibility.yaml"
    rules = read_document(path, EligibilityRules)
    refuse_faults(path, _faults(rules))
    return rules


def matches_any(text: str, patterns: Collection[str]) -> bool:
    """Return whether one of the ``patterns`` covers the whole text, in any case.

    >>> matches_any("HORIZON-TMA-MSCA-Cofund-D", ["HORIZON-TMA-MSCA-COFUND-*"])
    True
    """
    return any(fnmatchcase(text.upper(), pattern.upper()) for pattern in patterns)


def _fits(rule: EligibilityRule, subject: Subject) -> bool:
    return (
        (not rule.kinds or subject.kind in rule.kinds)
        and (not rule.programmes or subject.programme in rule.programmes)
        and (not rule.action_types or matches_any(subject.action_type, rule.action_types))
        and (not rule.topics or matches_any(subject.topic_id, rule.topics))
        and (not rule.titles or matches_any(subject.title, rule.titles))
    )


def _faults(rules: EligibilityRules) -> Iterator[Fault]:
    """Yield what only the whole file shows: groups that nobody defines, and ids that repeat."""
    known = {group.id for group in rules.groups}
    seen: set[str] = set()
    for at, rule in enumerate(rules.rules):
        if rule.id in seen:
            yield ("rules", at, "id"), f"{rule.id!r} stands twice"
        seen.add(rule.id)
        if rule.associated and rule.associated not in known:
            yield ("rules", at, "associated"), f"unknown group {rule.associated!r}"
        for line, role in enumerate(rule.roles):
            for group in role.countries:
                if group not in known:
                    yield ("rules", at, "roles", line, "countries"), f"unknown group {group!r}"
