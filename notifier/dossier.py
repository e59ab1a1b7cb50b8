"""An opportunity in full, in the order in which an adviser asks. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from config.dates import day, full_day, hour
from config.deadlines import BRUSSELS
from config.translation import Said, say, say_kept, say_many, translatable
from notifier.amounts import grant_size, whole_budget
from notifier.calendar import HOURS
from notifier.eligibility import minimum_words, paid_words, shown_demand
from notifier.facts import facts_of
from notifier.passages import safe_url
from notifier.timeline import timeline_of
from store.eligibility import Answer, Eligibility, Role, RoleVerdict
from store.facts import DateFact, Dossier, RoleFact
from store.models import Change, Cutoff, Endpoint, OpenTo, Opportunity, Origin, Status
from store.opportunities import is_opening_known

ROLES: dict[Role, str] = {
    "coordinator": translatable("Coordinator"),
    "beneficiary": translatable("Partner with funding"),
    "associated_partner": translatable("Associated partner, without funding"),
}
ANSWERS: dict[Answer, str] = {
    "yes": translatable("yes"),
    "no": translatable("no"),
    "unknown": translatable("not clear"),
}
CONFIRMED_BY = {
    Endpoint.SEARCH_API: translatable("the portal's search"),
    Endpoint.REFERENCE_FILE: translatable("the portal's reference file"),
    Endpoint.TOPIC_DETAILS: translatable("a direct look at the portal"),
    Endpoint.CONFIGURATION: translatable("a file of the configuration"),
}


def dossier_of(
    opportunity: Opportunity,
    eligibility: Eligibility | None,
    changes: Sequence[Change],
    language: str,
    now: datetime,
) -> Dossier:
    """Return everything that is said of ``opportunity``, of which ``changes`` are the history."""
    return Dossier(
        facts=facts_of(opportunity, eligibility, language, now),
        roles=tuple(_role(verdict, language) for verdict in eligibility.roles)
        if eligibility
        else (),
        rate=_rate(eligibility, language),
        consortium=tuple(_consortium(eligibility, language)),
        notes=tuple(_notes(eligibility, language)),
        dates=tuple(_date(cutoff, language, now) for cutoff in opportunity.cutoffs),
        opening=_opening(opportunity, language),
        money=tuple(_money(opportunity, language)),
        timeline=timeline_of(changes, language),
        confirmed=_confirmed(opportunity, language),
        missing=_missing(opportunity, language),
    )


def _role(verdict: RoleVerdict, language: str) -> RoleFact:
    return RoleFact(
        role=say(language, ROLES[verdict.role]),
        answer=verdict.answer,
        answered=say(language, ANSWERS[verdict.answer]),
        says=say_kept(language, "verdict", verdict.says),
        evidence=verdict.evidence,
        source=safe_url(verdict.source),
        verified=verdict.verified,
    )


def _rate(eligibility: Eligibility | None, language: str) -> Said | None:
    if eligibility is None or eligibility.rate is None:
        return None
    return paid_words(eligibility.rate, language)


def _consortium(eligibility: Eligibility | None, language: str) -> Iterator[Said]:
    if eligibility is None:
        return
    if eligibility.single_applicant:
        yield Said(say(language, "a single applicant"), language)
    elif eligibility.consortium:
        yield Said(minimum_words(eligibility.consortium, language), language)
    for demand in eligibility.demands:
        yield Said(shown_demand(demand))


def _notes(eligibility: Eligibility | None, language: str) -> Iterator[Said]:
    if eligibility is None:
        return
    if eligibility.condition:
        yield say_kept(language, "verdict", eligibility.condition)
    for note in eligibility.notes:
        yield say_kept(language, "verdict", note.text)


def _date(cutoff: Cutoff, language: str, now: datetime) -> DateFact:
    unsure = say(language, "Date not verified – check the official page")
    note = say_kept(language, "note", cutoff.note).text
    return DateFact(
        moment=_moment(cutoff, language),
        for_whom=_for_whom(cutoff, language),
        origin=say(language, HOURS[cutoff.origin]),
        remarks=tuple(line for line in ("" if cutoff.verified else unsure, note) if line),
        over=cutoff.deadline <= now,
    )


def _moment(cutoff: Cutoff, language: str) -> str:
    on = full_day(cutoff.day, language)
    if cutoff.origin is Origin.UNKNOWN:
        return on
    at = hour(cutoff.deadline, BRUSSELS, language)
    return say(language, "{day}, {hour}", day=on, hour=at)


def _for_whom(cutoff: Cutoff, language: str) -> str:
    invited = cutoff.open_to is OpenTo.INVITED
    if cutoff.stage is None:
        return say(language, "By invitation only") if invited else say(language, "Open to all")
    form = translatable("Stage {stage}, by invitation only")
    if not invited:
        form = translatable("Stage {stage}, open to all")
    return say(language, form, stage=cutoff.stage)


def _opening(opportunity: Opportunity, language: str) -> str:
    if not is_opening_known(opportunity):
        return ""
    is_ahead = opportunity.status is Status.FORTHCOMING
    form = translatable("Opens: {day}") if is_ahead else translatable("Opened: {day}")
    return say(language, form, day=day(opportunity.opens_on, language))


def _money(opportunity: Opportunity, language: str) -> Iterator[tuple[str, str]]:
    """Yield what there is for the topic, for one project, and for how many of them."""
    unknown = say(language, "not stated by the source")
    yield say(language, "The whole topic"), whole_budget(opportunity, language) or unknown
    yield say(language, "Each project"), grant_size(opportunity, language) or unknown
    number = opportunity.expected_grants
    grants = say_many(language, number, "{n} grant", "{n} grants") if number else unknown
    yield say(language, "Grants expected"), grants


def _confirmed(opportunity: Opportunity, language: str) -> str:
    seen = opportunity.last_seen_at
    return say(
        language,
        "{day}, {hour} Brussels time, by {source}",
        day=full_day(seen.astimezone(BRUSSELS).date(), language),
        hour=hour(seen, BRUSSELS, language),
        source=say(language, CONFIRMED_BY[opportunity.confirmed_by]),
    )


def _missing(opportunity: Opportunity, language: str) -> str:
    if opportunity.withdrawn_at:
        on = opportunity.withdrawn_at.astimezone(BRUSSELS).date()
        return say(language, "Withdrawn: found to be gone on {day}.", day=day(on, language))
    if opportunity.missing_since is None:
        return ""
    since = opportunity.missing_since.astimezone(BRUSSELS).date()
    form = translatable(
        "The source has not returned it since {day}. It may come back; check the official page."
    )
    return say(language, form, day=day(since, language))
