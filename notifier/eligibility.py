"""Who may apply, in the few words that a mail and a terminal have room for. Pure."""

from store.eligibility import Answer, Consortium, Eligibility, Role

ROLE_WORDS: dict[Role, str] = {
    "coordinator": "coordinator",
    "beneficiary": "partner",
    "associated_partner": "associated partner",
}
NUMBERS = ("no", "one", "two", "three", "four", "five")


def who_may_apply(eligibility: Eligibility | None) -> str:
    """Return one line on who may apply; empty where nobody judged.

    A rate and a consortium are only told to who may have a use for them.
    """
    if eligibility is None:
        return ""
    answers = {verdict.role: verdict.answer for verdict in eligibility.roles}
    applying = {answers["coordinator"], answers["beneficiary"]}
    if applying == {"unknown"}:
        return f"unknown – {_where_to_read(eligibility)}"
    told = [_alone(answers) if eligibility.single_applicant else roles_in_words(answers)]
    if applying != {"no"}:
        told += _terms(eligibility)
    return " · ".join(told)


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


def roles_in_words(answers: dict[Role, Answer]) -> str:
    """Return the roles by their answer, such as ``coordinator no, partner yes``."""
    shown = dict(answers)
    if shown["associated_partner"] in {shown["beneficiary"], "unknown"}:
        del shown[
            "associated_partner"
        ]  # the answer for partners is known to cover it, or nothing is
    by_answer: dict[Answer, list[str]] = {}
    for role, answer in shown.items():
        by_answer.setdefault(answer, []).append(ROLE_WORDS[role])
    return ", ".join(f"{' and '.join(words)} {answer}" for answer, words in by_answer.items())


def _alone(answers: dict[Role, Answer]) -> str:
    if answers["coordinator"] == "no" and answers["associated_partner"] == "yes":
        return "no, only as associated partner"
    return f"{answers['coordinator']}, as the only applicant"


def _where_to_read(eligibility: Eligibility) -> str:
    if eligibility.section:
        return f"read “{eligibility.section}” on the portal"
    return eligibility.verdict("coordinator").says


def _terms(eligibility: Eligibility) -> list[str]:
    rate, consortium = eligibility.rate, eligibility.consortium
    terms = [rate.says] if rate and not rate.says.startswith("set by") else []
    if consortium and not eligibility.single_applicant:
        terms.append(_minimum(consortium))
    if eligibility.demands:
        terms.append("the topic asks more of the consortium")
    return terms


def _minimum(consortium: Consortium) -> str:
    if consortium.entities == 1:
        return "one entity is enough"
    short = f"{consortium.entities} entities in {consortium.countries} countries"
    members = consortium.member_states
    if not members:
        return short
    number = NUMBERS[members] if members < len(NUMBERS) else str(members)
    return f"{short}, {number} in {'a Member State' if members == 1 else 'Member States'}"
