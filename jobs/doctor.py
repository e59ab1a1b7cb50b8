"""What stands in the way: every part looked at, each finding with what to do."""

import asyncio
import enum
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from config.accounts import read_accounts
from config.bottom_up import open_kinds
from config.deadlines import BRUSSELS, deadline_rules
from config.eligibility import eligibility_rules
from config.erasmus_national import erasmus_national
from config.errors import ConfigurationError
from config.internal_deadlines import internal_deadlines
from config.model_languages import ADVICE, in_words, languages_read
from config.organisation import read_organisation
from config.profiles import closest, read_profiles
from config.settings import SHIPPED, Settings
from config.sources import configured_sources
from jobs.admission import admission_gaps
from jobs.cli.console import counted
from jobs.languages import unread_in_profiles
from jobs.national_gaps import national_gaps
from store.crawl_runs import latest_runs
from store.db import StoreError, open_engine, session_scope, upgrade
from store.job_claims import try_writing
from store.messages import messages_by_state, tried_within_a_day
from store.models import MessageState, SubscriberState
from store.profiles import all_profiles
from store.tallies import row_counts, subscribers_by_state

if TYPE_CHECKING:
    from matcher.embedder import TextModel

ALLOWED = frozenset({"CALLWATCH_SHARED"})
"""Variables of the tests, which are no settings."""
STALE_AFTER = timedelta(hours=36)


class Grade(enum.StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    subject: str
    grade: Grade
    says: str
    advice: str = ""


Check = Callable[[Settings, datetime], Iterator[Finding]]


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield a finding for everything looked at; a check that fails is itself a finding."""
    for check in CHECKS:
        try:
            yield from check(settings, now)
        except (ConfigurationError, StoreError) as error:
            subject = check.__name__.removeprefix("check_")
            for line in str(error).splitlines():
                yield Finding(subject, Grade.WRONG, line)


def check_database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look whether the database can be written and what it holds."""
    engine = open_engine(settings.database_url)
    upgrade(engine)
    with session_scope(engine) as session:
        try_writing(session, now)
        counts = row_counts(session)
    held = ", ".join(f"{number} {name}" for name, number in counts.items())
    yield Finding("database", Grade.FINE, f"{engine.dialect.name}, up to date: {held}")


def check_configuration(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look whether every file of the configuration folder can be read."""
    folder = settings.configuration
    organisation = read_organisation(folder)
    rules = deadline_rules(folder)
    profiles = read_profiles([folder / "profiles"], folder)
    where = "the shipped example" if folder == SHIPPED else str(folder)
    eligibility, kinds = eligibility_rules(folder), open_kinds(folder)
    own = sum(rule.enabled for rule in internal_deadlines(folder).rules)
    says = (
        f"{where}: {organisation.short_name}, {len(profiles)} profiles,"
        f" {len(rules)} rules of deadlines, {len(eligibility.rules)} of eligibility,"
        f" {len(kinds.kinds)} kinds open to any subject, {own} deadlines of its own"
    )
    yield Finding("configuration", Grade.FINE, says)
    last = max((rule.valid_to for rule in rules), default=now.date())
    if last < (now + timedelta(days=180)).date():
        yield Finding(
            "configuration",
            Grade.WARNING,
            f"the rules of deadlines end on {last}",
            "add the hours of the coming years to rules/deadlines.yaml",
        )


def check_accounts(settings: Settings, _: datetime) -> Iterator[Finding]:
    """Look whether advisers can sign in, and nobody in their name."""
    folder = settings.configuration
    accounts = read_accounts(folder, read_organisation(folder).departments())
    yield Finding(
        "accounts", Grade.FINE, f"{counted(len(accounts), 'person', 'people')} may sign in"
    )
    for says, advice in admission_gaps(settings, len(accounts)):
        yield Finding("accounts", Grade.WARNING, says, advice)


def check_sources(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look when each source was last read, and whether completely."""
    with session_scope(open_engine(settings.database_url)) as session:
        runs = {run.source: run for run in latest_runs(session)}
    for name in configured_sources(settings.configuration):
        run = runs.get(name)
        if run is None:
            yield Finding(
                "sources", Grade.WARNING, f"{name}: never read", f"callwatch crawl {name}"
            )
        elif run.finished_at is None:
            yield Finding(
                "sources", Grade.WARNING, f"{name}: the last run was cut off", "crawl again"
            )
        elif not run.healthy:
            yield _unread(name, "; ".join(run.problems) or "the last run was not healthy")
        elif now - run.finished_at > STALE_AFTER:
            says = f"{name}: last read {run.finished_at:%d %B %Y}"
            yield Finding("sources", Grade.WARNING, says, "is `callwatch run` running?")
        else:
            says = f"{name}: {run.seen} opportunities, complete, {run.finished_at:%d %B %H:%M} UTC"
            yield Finding("sources", Grade.FINE, says)
        for note in run.notes if run else ():
            yield Finding("sources", Grade.WARNING, f"{name}: {note}", "compare with the portal")
    if not settings.portal_contact:
        yield Finding(
            "sources",
            Grade.WARNING,
            "the user agent names nobody to write to",
            "set CALLWATCH_PORTAL_CONTACT to an address or page",
        )


def check_national_actions(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look whether the dates of Erasmus+ that people keep by hand are there and verified."""
    folder = settings.configuration
    if "erasmus_national" not in configured_sources(folder):
        return
    document, rules = erasmus_national(folder), deadline_rules(folder)
    today = now.astimezone(BRUSSELS).date()
    for says, advice in national_gaps(document, rules, folder, today):
        yield Finding("sources", Grade.WARNING, f"erasmus_national: {says}", advice)


def _unread(name: str, why: str) -> Finding:
    return Finding("sources", Grade.WARNING, f"{name}: {why}", f"callwatch crawl {name}")


def check_model(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look whether the model can be loaded, and what it can read."""
    from matcher.embedder import model_of  # noqa: PLC0415 - heavy

    model = model_of(settings.model, settings.engine_dir)
    size = f"{model.documents.model_id}, {model.documents.dimension} dimensions"
    reads = in_words(languages_read(settings.model))
    yield Finding("model", Grade.FINE, f"{size}; {reads}")
    yield from _vectors(settings, model, now)


def _vectors(settings: Settings, model: "TextModel", now: datetime) -> Iterator[Finding]:
    from matcher.reembedding import FEW, current_texts, standing  # noqa: PLC0415 - heavy

    engine = open_engine(settings.database_url)
    found = standing(engine, model, current_texts(engine, now))
    if found.missing > FEW:
        says = f"re-embedding: {found.made:,} of {found.wanted:,} texts are done"
        advice = "`callwatch run` goes on every hour; `callwatch match` does the rest at once"
        yield Finding("model", Grade.WARNING, says, advice)


def check_languages(settings: Settings, _: datetime) -> Iterator[Finding]:
    """Look whether every profile is written in a language that the model reads."""
    with session_scope(open_engine(settings.database_url)) as session:
        found = unread_in_profiles(all_profiles(session), settings.model)
    for unread in found:
        yield Finding("profiles", Grade.WARNING, str(unread), ADVICE)


_HELD_UP = {
    MessageState.IN_DOUBT: (
        "in doubt: the server may have taken it or not",
        "callwatch deliver repeats each once",
    ),
    MessageState.RETRY: ("waiting for another attempt", "callwatch deliver, or wait"),
    MessageState.FAILED: ("refused for good", "check the addresses of these subscribers"),
}
"""State of a message that did not leave → how it is told, and what to do."""


def check_mail(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look whether mail can leave, and what waits."""
    from notifier.channels import DeliveryError, open_channel  # noqa: PLC0415 - heavy

    try:
        yield Finding("mail", Grade.FINE, asyncio.run(open_channel(settings).probe()))
    except DeliveryError as error:
        yield Finding("mail", Grade.WRONG, error.reply, "check CALLWATCH_MAIL_URL and the server")
    with session_scope(open_engine(settings.database_url)) as session:
        messages, subscribers = messages_by_state(session), subscribers_by_state(session)
        tried = tried_within_a_day(session.connection(), now)
    active = subscribers.get(SubscriberState.ACTIVE, 0)
    yield Finding("mail", Grade.FINE, counted(active, "active subscriber", "active subscribers"))
    for state, (how, advice) in _HELD_UP.items():
        if number := messages.get(state, 0):
            says = f"{counted(number, 'message', 'messages')} {how}"
            yield Finding("mail", Grade.WARNING, says, advice)
    if tried >= settings.mail_daily_limit:
        says = f"{tried} mails in 24 hours: the emergency brake keeps the others"
        advice = "find out why they are so many; else raise CALLWATCH_MAIL_DAILY_LIMIT"
        yield Finding("mail", Grade.WRONG, says, advice)
    if settings.public_url is None:
        yield Finding(
            "mail",
            Grade.WARNING,
            "mails can be stopped by a reply only",
            "set CALLWATCH_PUBLIC_URL to where `callwatch serve` can be reached",
        )


def check_clock(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look whether the clock has gone back since the last run."""
    with session_scope(open_engine(settings.database_url)) as session:
        last = max((run.started_at for run in latest_runs(session)), default=now)
    if last > now + timedelta(minutes=5):
        yield Finding(
            "clock",
            Grade.WRONG,
            f"it is {now:%Y-%m-%d %H:%M} UTC, before the last run of {last:%Y-%m-%d %H:%M}",
            "set the clock of this machine, or leave --now out",
        )
        return
    zoned = now.astimezone()
    yield Finding("clock", Grade.FINE, f"{now:%Y-%m-%d %H:%M} UTC, {zoned:%H:%M} here")


def check_settings(_: Settings, __: datetime) -> Iterator[Finding]:
    """Look for variables that look like settings and are none: a misspelt one changes nothing."""
    known = {f"CALLWATCH_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(set(os.environ) - known):
        if name.startswith("CALLWATCH_") and name not in ALLOWED:
            says = f"{name} is no setting{closest(name, sorted(known))}"
            yield Finding("settings", Grade.WARNING, says, "see docs/settings.md")


def check_extras(settings: Settings, _: datetime) -> Iterator[Finding]:
    """Look whether what the settings ask for is installed."""
    if settings.database_url.startswith("postgresql") and find_spec("psycopg") is None:
        yield Finding(
            "extras", Grade.WRONG, "psycopg is missing", "pip install callwatch[postgres]"
        )


CHECKS: tuple[Check, ...] = (
    check_settings,
    check_extras,
    check_database,
    check_configuration,
    check_accounts,
    check_sources,
    check_national_actions,
    check_model,
    check_languages,
    check_mail,
    check_clock,
)
