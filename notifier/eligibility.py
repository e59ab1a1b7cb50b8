"""Who may apply, in the few words that a mail and a terminal have room for. Pure."""

import re
from functools import lru_cache

from notifier.passages import one_line, shorten
from store.eligibility import Answer, Consortium, Eligibility, Rate, Role

NUMBERS = ("no", "one", "two", "three", "four", "five")
ROLE_WORDS: dict[Role, str] = {
    "coordinator": "coordinator",
    "beneficiary": "partner",
    "associated_partner": "associated partner",
}
DEMAND_WIDTH = 140
ROLES_SAID: dict[tuple[Answer, Answer], str] = {
    ("yes", "yes"): "You may lead or join",
    ("yes", "no"): "You may lead, not join",
    ("yes", "unknown"): "You may lead; whether you may join is not clear",
    ("no", "yes"): "You may join, not lead",
    ("no", "no"): "You may not lead or join",
    ("no", "unknown"): "You may not lead; whether you may join is not clear",
    ("unknown", "yes"): "You may join; whether you may lead is not clear",
    ("unknown", "no"): "You may not join; whether you may lead is not clear",
}
"""By the answers for coordinator and partner; where both are unknown there is nothing to say."""

LEAD_IN = re.compile(
    r"^[*\-•\s]*(?:the following additional eligibility criteria apply: *)?"
    r"(?:(?:in order to|in addition to|due to|given|to) [^,]{0,90}, )*(?:of the action, )?",
    re.IGNORECASE,
)
REQUIRES = re.compile(
    r"^this (?:topic|action) requires (?:the )?(?:active )?(?:involvement|participation),?"
    r" as beneficiaries,? of ",
    re.IGNORECASE,
)
SHARE = re.compile(r"^(?:up to )?\d")


def who_may_apply(eligibility: Eligibility | None) -> str:
    """Return one line on who may apply; empty where nobody judged.

    A rate and a consortium are only told to who may have a use for them.
    """
    if eligibility is None:
        return ""
    answers = {verdict.role: verdict.answer for verdict in eligibility.roles}
    applying = (answers["coordinator"], answers["beneficiary"])
    if applying == ("unknown", "unknown"):
        return f"unknown – {_why_unknown(eligibility)}"
    told = [_roles_said(eligibility, answers), eligibility.condition]
    if "unknown" in applying:
        told.append(_why_unknown(eligibility))
    if applying != ("no", "no"):
        told += _terms(eligibility)
    return " · ".join(part for part in told if part)


def why_not(eligibility: Eligibility) -> str:
    """Return why nobody may apply, of the first role that is no."""
    return next((v.says for v in eligibility.roles if v.answer == "no"), "")


def worth_a_line(eligibility: Eligibility | None) -> str:
    """Return the one note that a mail has room for; empty where there is none."""
    notes = eligibility.notes if eligibility else ()
    return next((note.text for note in notes if note.in_mail), "")


def in_a_word(eligibility: Eligibility | None) -> str:
    """Return the answer for coordinator and partner as a table shows it.

    ``yes``, ``no`` and ``unknown`` hold for both; ``partner`` is where only that is sure.
    """
    if eligibility is None:
        return "-"
    coordinator = eligibility.verdict("coordinator").answer
    partner = eligibility.verdict("beneficiary").answer
    if coordinator == partner:
        return coordinator
    if coordinator == "yes":
        return "coordinator"
    return "partner" if partner == "yes" else "unknown"


@lru_cache(1_000)
def shown_demand(demand: str) -> str:
    """Return what a topic asks of a consortium, without how it leads there, and no longer.

    >>> shown_demand("This topic requires the involvement, as beneficiaries, of at least 3 cities.")
    'at least 3 cities'
    """
    plain = LEAD_IN.sub("", one_line(demand))
    plain = REQUIRES.sub("", plain).rstrip(" .;:")
    return shorten(plain[:1].lower() + plain[1:], DEMAND_WIDTH)


def _roles_said(eligibility: Eligibility, answers: dict[Role, Answer]) -> str:
    applying = (answers["coordinator"], answers["beneficiary"])
    if applying == ("no", "no") and answers["associated_partner"] == "yes":
        return "You may take part only as associated partner, without money"
    if "yes" in applying and eligibility.applies:
        return eligibility.applies[:1].upper() + eligibility.applies[1:]
    if eligibility.single_applicant and answers["coordinator"] == "yes":
        return "You may apply, as the only applicant"
    return ROLES_SAID[applying]


def _why_unknown(eligibility: Eligibility) -> str:
    """Return why the first role that is unknown is so."""
    applying = (eligibility.verdict("coordinator"), eligibility.verdict("beneficiary"))
    return next(verdict.says for verdict in applying if verdict.answer == "unknown")


def _terms(eligibility: Eligibility) -> list[str]:
    rate, consortium = eligibility.rate, eligibility.consortium
    terms = [_paid(rate)] if rate and not rate.says.startswith("set by") else []
    enough = consortium and (consortium.entities > 1 or not eligibility.demands)
    if consortium and enough and not eligibility.single_applicant:
        terms.append(_minimum(consortium))
    if eligibility.demands:
        terms.append(shown_demand(eligibility.demands[0]))
    return terms


def _paid(rate: Rate) -> str:
    return f"costs covered {rate.says}" if SHARE.search(rate.says) else rate.says


def _minimum(consortium: Consortium) -> str:
    if consortium.entities == 1:
        return "one organisation is enough"
    number, countries = consortium.entities, consortium.countries
    short = f"at least {number} organisations in {countries} countries"
    members = consortium.member_states
    if not members:
        return short
    counted = NUMBERS[members] if members < len(NUMBERS) else str(members)
    where = "an EU Member State" if members == 1 else "EU Member States"
    return f"{short}, {counted} in {where}"
