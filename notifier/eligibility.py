"""Who may apply, in the few words that a mail and a terminal have room for. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from babel.lists import format_list
from babel.numbers import format_decimal

from config.translation import Said, say, say_kept, translatable
from notifier.passages import one_line, shorten
from store.eligibility import Answer, Consortium, Eligibility, Rate, Role

NUMBERS = {
    2: translatable("two"),
    3: translatable("three"),
    4: translatable("four"),
    5: translatable("five"),
}
ROLE_WORDS: dict[Role, str] = {
    "coordinator": "coordinator",
    "beneficiary": "partner",
    "associated_partner": "associated partner",
}
DEMAND_WIDTH = 140
ROLES_SAID: dict[tuple[Answer, Answer], str] = {
    ("yes", "yes"): translatable("You may lead or join"),
    ("yes", "no"): translatable("You may lead, not join"),
    ("yes", "unknown"): translatable("You may lead; whether you may join is not clear"),
    ("no", "yes"): translatable("You may join, not lead"),
    ("no", "no"): translatable("You may not lead or join"),
    ("no", "unknown"): translatable("You may not lead; whether you may join is not clear"),
    ("unknown", "yes"): translatable("You may join; whether you may lead is not clear"),
    ("unknown", "no"): translatable("You may not join; whether you may lead is not clear"),
}
"""By the answers for coordinator and partner; where both are unknown there is nothing to say."""

ALONE = translatable("You may apply, as the only applicant")
ASSOCIATED_ONLY = translatable("You may take part only as associated partner, without money")

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


def who_may_apply(eligibility: Eligibility | None, language: str) -> tuple[Said, ...]:
    """Return who may apply, point by point; empty where nobody judged.

    A rate and a consortium are only told to who may have a use for them.
    """
    if eligibility is None:
        return ()
    answers = {verdict.role: verdict.answer for verdict in eligibility.roles}
    applying = (answers["coordinator"], answers["beneficiary"])
    why = [_kept(language, _why_unknown(eligibility))] if "unknown" in applying else []
    if applying == ("unknown", "unknown"):
        return _unknown(why[0], language)
    condition = [_kept(language, eligibility.condition)] if eligibility.condition else []
    terms = _terms(eligibility, language) if applying != ("no", "no") else []
    return (_roles_said(eligibility, answers, language), *condition, *why, *terms)


def in_one_line(points: Iterable[Said]) -> str:
    """Return what ``who_may_apply`` says as one line."""
    return " · ".join(point.text for point in points)


def why_not(eligibility: Eligibility, language: str) -> str:
    """Return why nobody may apply, of the first role that is no."""
    why = next((v.says for v in eligibility.roles if v.answer == "no"), "")
    return _kept(language, why).text


def worth_a_line(eligibility: Eligibility | None, language: str) -> Said:
    """Return the one note that a mail has room for; empty where there is none."""
    notes = eligibility.notes if eligibility else ()
    return _kept(language, next((note.text for note in notes if note.in_mail), ""))


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


def shown_demand(demand: str) -> str:
    """Return what a topic asks of a consortium, without how it leads there, and no longer.

    >>> shown_demand("This topic requires the involvement, as beneficiaries, of at least 3 cities.")
    'at least 3 cities'
    """
    plain = LEAD_IN.sub("", one_line(demand))
    plain = REQUIRES.sub("", plain).rstrip(" .;:")
    return shorten(plain[:1].lower() + plain[1:], DEMAND_WIDTH)


def _kept(language: str, sentence: str) -> Said:
    return say_kept(language, "verdict", sentence)


def _roles_said(eligibility: Eligibility, answers: dict[Role, Answer], language: str) -> Said:
    applying = (answers["coordinator"], answers["beneficiary"])
    if applying == ("no", "no") and answers["associated_partner"] == "yes":
        return _said(language, ASSOCIATED_ONLY)
    if "yes" in applying and eligibility.applies:
        applies = _kept(language, eligibility.applies)
        return replace(applies, text=applies.text[:1].upper() + applies.text[1:])
    if eligibility.single_applicant and answers["coordinator"] == "yes":
        return _said(language, ALONE)
    return _said(language, ROLES_SAID[applying])


def _said(language: str, text: str) -> Said:
    """Return a constant of this module in a language."""
    return Said(say(language, text), language)


def _unknown(why: Said, language: str) -> tuple[Said, ...]:
    """Return that it is unknown, and why; two points where the languages of these differ."""
    if why.language != language:
        return Said(say(language, "unknown"), language), why
    return (replace(why, text=say(language, "unknown – {why}", why=why.text)),)


def _why_unknown(eligibility: Eligibility) -> str:
    """Return why the first role that is unknown is so."""
    applying = (eligibility.verdict("coordinator"), eligibility.verdict("beneficiary"))
    return next(verdict.says for verdict in applying if verdict.answer == "unknown")


def _terms(eligibility: Eligibility, language: str) -> list[Said]:
    rate, consortium = eligibility.rate, eligibility.consortium
    terms = [paid_words(rate, language)] if rate and not rate.says.startswith("set by") else []
    enough = consortium and (consortium.entities > 1 or not eligibility.demands)
    if consortium and enough and not eligibility.single_applicant:
        terms.append(Said(minimum_words(consortium, language), language))
    if eligibility.demands:
        terms.append(Said(shown_demand(eligibility.demands[0])))
    return terms


def paid_words(rate: Rate, language: str) -> Said:
    """Return which share of its costs the organisation is paid."""
    if rate.sums_eur:
        numbers = [format_decimal(one, locale=language) for one in rate.sums_eur]
        sums = format_list(numbers, style="or", locale=language)
        return Said(say(language, "lump sum of EUR {sums}", sums=sums), language)
    says = say_kept(language, "rate", rate.says)
    if not SHARE.search(rate.says) or says.language != language:
        return says
    return replace(says, text=say(language, "costs covered {share}", share=says.text))


def minimum_words(consortium: Consortium, language: str) -> str:
    """Return the smallest consortium."""
    if consortium.entities == 1:
        return say(language, "one organisation is enough")
    number, countries = consortium.entities, consortium.countries
    short = say(
        language,
        "at least {number} organisations in {countries} countries",
        number=number,
        countries=countries,
    )
    members = consortium.member_states
    if not members:
        return short
    if members == 1:
        return say(language, "{minimum}, one in an EU Member State", minimum=short)
    counted = say(language, NUMBERS[members]) if members in NUMBERS else str(members)
    form = translatable("{minimum}, {number} in EU Member States")
    return say(language, form, minimum=short, number=counted)
