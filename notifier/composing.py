"""What one reader's mail says in their turn; nothing is written down here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines, internal_deadlines
from config.memory import Memory
from config.settings import Settings
from config.translation import best_language
from notifier.calendars import calendar_of_some
from notifier.digest import MOST_ENTRIES, Digest, Reader, compose
from notifier.entries import Entry
from notifier.message import Sender, calendar_link, manage_link, read_sender, stop_link
from notifier.quiet import Watched, quiet_since, render_quiet
from notifier.render import Links, Rendered, render, render_fitting
from notifier.turns import Turn
from store.digests import Item, Ledger, dismissed
from store.models import Cadence, Purpose, Subscriber
from store.readings import Reading, approved_matches
from store.tokens import calendar_token, manage_token, stop_token

EVERYTHING = 1_000
"""More than any reader has open."""


@dataclass(frozen=True, slots=True)
class Post:
    """What every mail of a run has in common."""

    sender: Sender
    rules: InternalDeadlines
    settings: Settings
    now: datetime
    watched: Callable[[], Watched]
    """Returns what is looked at; it is asked for by few mails."""
    key: str | None
    """Signs the links; None where nothing goes out, and links lead nowhere."""
    entries: Memory[Entry] = field(default_factory=lambda: Memory(MOST_ENTRIES))


@dataclass(frozen=True, slots=True)
class Written:
    """One mail, but for its headers."""

    address: str
    purpose: Purpose
    rendered: Rendered
    entries: tuple[Entry, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """Return what is kept of each opportunity it tells."""
        return tuple(Item(e.opportunity_id, e.content_hash, e.reminder) for e in self.entries)


def post_of(
    settings: Settings, key: str | None, watched: Callable[[], Watched], now: datetime
) -> Post:
    """Return what the settings say of every mail.

    Raises:
        ConfigurationError: If CALLWATCH_MAIL_FROM or the rules of deadlines cannot be used.
    """
    sender = read_sender(settings.mail_from, settings.public_url)
    rules = internal_deadlines(settings.configuration)
    return Post(sender, rules, settings, now, watched, key)


def written(session: Session, reading: Reading, turn: Turn, post: Post) -> Written | None:
    """Return a reader's mail; None where there is nothing to say."""
    subscriber = reading.subscriber
    reader = _reader(subscriber, post)
    if subscriber.wants_reminders and turn.hour_has_struck:
        reader = replace(reader, reminder_days=post.settings.reminder_days)
    links = _links(subscriber, post)
    digest = compose(reading.matches, reading.known, reader, turn.cadence, post.now)
    if digest is not None:
        mail = _told(subscriber, *render_fitting(digest, links))
        return mail if links.calendar else _with_calendar(session, subscriber, mail, post)
    if turn.cadence is Cadence.INSTANT:
        return None
    since = quiet_since(session, subscriber, post.settings.quiet_weeks, post.now)
    if since is None:
        return None
    profiles = [subscription.profile.name for subscription in subscriber.subscriptions]
    words = render_quiet(post.watched(), since, profiles, reader, links)
    return Written(subscriber.address, Purpose.QUIET, words)


def everything(session: Session, subscriber_id: int, post: Post) -> Written | None:
    """Return all that is open for a reader, told or not, as one mail; None where there is none."""
    subscriber = session.get_one(Subscriber, subscriber_id)
    reader = replace(_reader(subscriber, post), cap=EVERYTHING, few=EVERYTHING)
    matches = approved_matches(session, subscriber_id, tuple(Cadence))
    known = Ledger({}, dismissed(session, subscriber_id), {})
    digest = compose(matches, known, reader, Cadence.WEEKLY, post.now)
    if digest is None:
        return None
    return _told(subscriber, digest, render(digest, _links(subscriber, post)))


def _reader(subscriber: Subscriber, post: Post) -> Reader:
    return Reader(
        subscriber.id,
        best_language(subscriber.language),
        ZoneInfo(subscriber.time_zone),
        post.rules,
        subscriber.wants_alerts,
        entries=post.entries,
    )


def _links(subscriber: Subscriber, post: Post) -> Links:
    if post.key is None:
        return Links(stop_link(post.sender, ""), calendar_link(post.sender, ""))
    stop = stop_link(post.sender, stop_token(post.key, subscriber))
    calendar = calendar_link(post.sender, calendar_token(post.key, subscriber))
    if not post.settings.self_service:
        return Links(stop, calendar)
    manage = manage_link(post.sender, manage_token(post.key, subscriber, post.now))
    return Links(stop, calendar, manage, f"{manage}/everything")


def _with_calendar(session: Session, subscriber: Subscriber, mail: Written, post: Post) -> Written:
    """Return a mail that carries its deadlines, where no page can be reached that has them."""
    told = {entry.opportunity_id for entry in mail.entries}
    file = calendar_of_some(session, subscriber, told, post.rules, post.now)
    return replace(mail, rendered=replace(mail.rendered, calendar=file.body))


def _told(subscriber: Subscriber, digest: Digest, rendered: Rendered) -> Written:
    purpose = Purpose.DIGEST
    if digest.cadence is Cadence.INSTANT and digest.is_alert:
        purpose = Purpose.ALERT
    return Written(subscriber.address, purpose, rendered, digest.entries)
