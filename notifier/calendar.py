"""Deadlines as an iCalendar file (RFC 5545), for a feed or as a part of a mail. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event, Timezone

from config.deadlines import BRUSSELS
from config.internal_deadlines import InternalDate, InternalDeadlines
from config.programmes import programme_name
from config.translation import say, say_kept, translatable
from notifier.barred import TAKEN_BACK
from notifier.histories import Followed, followed_dates
from notifier.internal import how_counted, internal_dates, whose
from notifier.passages import one_line, safe_url, shorten
from store.calendars import CalendarRows, Past, Published, Telling
from store.models import Opportunity, Origin

NAMESPACE = UUID("6b7a9f0e-53c1-5d0c-8c39-0d5a4a1f2f7b")
"""Of the identities of events; another one would double every event in every calendar."""

PAST = timedelta(days=90)
"""How long a date that has passed stays in a calendar."""

ZONE_SINCE, ZONE_UNTIL = date(2020, 1, 1), date(2038, 1, 1)
TITLE_WIDTH = 200
REFRESHED = timedelta(hours=6)

HOURS = {
    Origin.STATED: translatable("Brussels time, as the source states it"),
    Origin.RULE: translatable(
        "Brussels time; the hour is the programme's rule, the source states the day"
    ),
    Origin.UNKNOWN: translatable("Hour not stated by the source"),
}
"""What is said of the time of day, by where it comes from."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One opportunity as a person's calendar knows it."""

    opportunity: Opportunity
    past: Past
    tellings: Sequence[Telling]
    """What the person was told of it, oldest first."""
    profiles: tuple[str, ...]
    """Names of the profiles of the person that it fits."""
    departments: frozenset[str]

    @property
    def taken_back(self) -> bool:
        """Return whether the person was last told that they cannot apply."""
        arrived = [telling for telling in self.tellings if telling.arrived]
        return bool(arrived) and arrived[-1].content_hash.endswith(TAKEN_BACK)

    @property
    def told(self) -> int:
        """Count the tellings, and those that turned out to have told nobody: it never falls."""
        return sum(1 if telling.arrived else 2 for telling in self.tellings)


@dataclass(frozen=True, slots=True)
class _Dated:
    """What the official event and the internal ones of one date have in common."""

    known: Deadlines
    followed: Followed

    @property
    def cancelled(self) -> bool:
        return self.followed.removed or self.known.taken_back

    @property
    def sequence(self) -> int:
        return self.followed.sequence + self.known.told

    @property
    def modified(self) -> datetime:
        return max([self.followed.changed_at, *(t.at for t in self.known.tellings)])

    @property
    def title(self) -> str:
        return shorten(one_line(self.followed.title), TITLE_WIDTH)


def calendar_file(
    known: Iterable[Deadlines], rules: InternalDeadlines, language: str, now: datetime
) -> Published:
    """Return the calendar of what a person knows, internal deadlines as events of their own."""
    dates = list(_dates(known, now))
    calendar = _empty(language)
    calendar.add_component(
        Timezone.from_tzid(BRUSSELS.key, first_date=ZONE_SINCE, last_date=ZONE_UNTIL)
    )
    for dated in dates:
        calendar.add_component(_official(dated, language))
        for internal in _internal(dated, rules):
            calendar.add_component(_own(dated, internal, language))
    body: bytes = calendar.to_ical()
    return Published(body, max((dated.modified for dated in dates), default=None))


def known_deadlines(rows: CalendarRows, offered: Iterable[int]) -> Iterator[Deadlines]:
    """Yield what was told, and of the rest what is ``offered`` (ids of opportunities)."""
    allowed = set(offered)
    for opportunity in rows.opportunities:
        tellings = rows.tellings.get(opportunity.id, ())
        if not any(telling.arrived for telling in tellings) and opportunity.id not in allowed:
            continue
        matches = rows.matches.get(opportunity.id, ())
        yield Deadlines(
            opportunity,
            rows.pasts[opportunity.id],
            tellings,
            tuple(one_line(match.profile.name) for match in matches),
            frozenset(match.profile.department for match in matches),
        )


def _dates(known: Iterable[Deadlines], now: datetime) -> Iterator[_Dated]:
    """Yield every date that is not long past, opportunity by opportunity."""
    for one in known:
        for followed in followed_dates(one.past):
            if followed.dated.deadline > now - PAST:
                yield _Dated(one, followed)


def _empty(language: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Callwatch//Deadlines of EU funding//{language.upper()}")
    name = say(language, "EU funding deadlines")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # what Google and Apple read
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")  # what Outlook reads
    return calendar


def _official(dated: _Dated, language: str) -> Event:
    kept = dated.followed.dated
    event = _event(dated, f"{dated.followed.number}")
    event.add("summary", _summary(dated, say(language, "Deadline"), language))
    event.add("dtstart", _start(dated))
    opportunity = dated.known.opportunity
    lines = [
        *_why_cancelled(dated, language),
        f"{programme_name(opportunity.programme, language)}, {one_line(opportunity.topic_id)}",
        say(language, HOURS[kept.origin]),
        say(language, "Stage 1; stage 2 by invitation only") if kept.stage == 1 else "",
        "" if kept.verified else say(language, "Date not verified – check the official page"),
        say_kept(language, "note", one_line(kept.note)).text,
        _fits(dated.known.profiles, language),
        say(language, "The official page has the last word."),
    ]
    return _described(event, lines, opportunity.url)


def _internal(dated: _Dated, rules: InternalDeadlines) -> tuple[InternalDate, ...]:
    known = dated.known
    return internal_dates(known.opportunity, dated.followed, known.departments, rules)


def _own(dated: _Dated, internal: InternalDate, language: str) -> Event:
    event = _event(dated, f"{dated.followed.number}|{internal.rule.id}")
    event.add("summary", _summary(dated, whose(internal, language), language))
    event.add("dtstart", internal.day)
    lines = [
        *_why_cancelled(dated, language),
        say(language, "{deadline}: not the Commission's.", deadline=whose(internal, language)),
        how_counted(internal, dated.followed.dated.day, language),
        say(language, "Rule: {source}", source=internal.rule.source),
    ]
    return _described(event, lines, dated.known.opportunity.url)


def _event(dated: _Dated, named: str) -> Event:
    """Return an event with its identity, which no change of the opportunity touches."""
    event = Event()
    event.add("uid", str(uuid5(NAMESPACE, f"{dated.known.opportunity.reference}|{named}")))
    event.add("sequence", dated.sequence)
    event.add("status", "CANCELLED" if dated.cancelled else "CONFIRMED")
    event.add("dtstamp", dated.modified)
    event.add("last-modified", dated.modified)
    event.add("transp", "TRANSPARENT")
    return event


def _described(event: Event, lines: Iterable[str], url: str) -> Event:
    address = safe_url(url)
    event.add("description", "\n".join(filter(None, [*lines, address])))
    if address:
        event.add("url", address)
    return event


def _start(dated: _Dated) -> date | datetime:
    """Return the moment in Brussels, or the whole day where the source states no hour."""
    kept = dated.followed.dated
    if kept.origin is Origin.UNKNOWN:
        return kept.day
    return kept.deadline.astimezone(BRUSSELS)


def _summary(dated: _Dated, what: str, language: str) -> str:
    summary = f"{what}: {dated.title}"
    return say(language, "Cancelled – {event}", event=summary) if dated.cancelled else summary


def _fits(profiles: Sequence[str], language: str) -> str:
    return say(language, "Fits {profiles}", profiles=", ".join(profiles)) if profiles else ""


def _why_cancelled(dated: _Dated, language: str) -> list[str]:
    if dated.followed.removed:
        return [say(language, "The source has taken this date back.")]
    return [say(language, "You can no longer apply.")] if dated.known.taken_back else []
