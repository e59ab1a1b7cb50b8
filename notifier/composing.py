"""What one reader's mail says in their turn; nothing is written down here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.internal_deadlines import InternalDeadlines, internal_deadlines
from config.settings import Settings
from notifier.digest import Digest, Reader, compose
from notifier.message import Sender, calendar_link, read_sender, stop_link
from notifier.quiet import Watched, quiet_since, render_quiet
from notifier.render import Links, Rendered, render_fitting
from notifier.turns import Turn
from store.digests import Item, approved_matches, ledger
from store.models import Cadence, Purpose, Subscriber
from store.tokens import calendar_token, stop_token

LANGUAGE = "en"
"""The language mails are written in; a reader's other wish waits for a translation."""


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


@dataclass(frozen=True, slots=True)
class Written:
    """One mail, but for its headers."""

    purpose: Purpose
    rendered: Rendered
    items: tuple[Item, ...]


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


def written(session: Session, turn: Turn, post: Post) -> Written | None:
    """Return a reader's mail; None where there is nothing to say."""
    subscriber = session.get_one(Subscriber, turn.subscriber_id)
    reader = _reader(subscriber, turn, post)
    links = _links(subscriber, post)
    matches = approved_matches(session, subscriber.id, turn.cadences)
    digest = compose(matches, ledger(session, subscriber.id), reader, turn.cadence, post.now)
    if digest is not None:
        return _told(*render_fitting(digest, links))
    if turn.cadence is Cadence.INSTANT:
        return None
    since = quiet_since(session, subscriber, post.settings.quiet_weeks, post.now)
    if since is None:
        return None
    profiles = [subscription.profile.name for subscription in subscriber.subscriptions]
    return Written(
        Purpose.QUIET, render_quiet(post.watched(), since, profiles, reader, links), items=()
    )


def _reader(subscriber: Subscriber, turn: Turn, post: Post) -> Reader:
    reminded = subscriber.wants_reminders and turn.hour_has_struck
    return Reader(
        subscriber.id,
        LANGUAGE,
        ZoneInfo(subscriber.time_zone),
        post.rules,
        subscriber.wants_alerts,
        post.settings.reminder_days if reminded else (),
    )


def _links(subscriber: Subscriber, post: Post) -> Links:
    if post.key is None:
        return Links(stop_link(post.sender, ""), calendar_link(post.sender, ""))
    return Links(
        stop_link(post.sender, stop_token(post.key, subscriber)),
        calendar_link(post.sender, calendar_token(post.key, subscriber)),
    )


def _told(digest: Digest, rendered: Rendered) -> Written:
    purpose = Purpose.DIGEST
    if digest.cadence is Cadence.INSTANT and digest.is_alert:
        purpose = Purpose.ALERT
    items = (
        Item(entry.opportunity_id, entry.content_hash, entry.reminder) for entry in digest.entries
    )
    return Written(purpose, rendered, tuple(items))
