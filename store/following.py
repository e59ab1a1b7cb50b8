"""What a person follows, and when they are written to: changing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from config.settings import Weekday
from store.filters import Filters
from store.models import Cadence, Subscriber, SubscriberState, Subscription
from store.profiles import profile_by_slug


@dataclass(frozen=True, slots=True)
class Following:
    """How a profile is followed."""

    cadence: Cadence
    filters: Filters


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person wants to be written to."""

    language: str
    time_zone: str
    weekday: Weekday | None
    """None for the installation's."""
    hour: int | None
    """In ``time_zone``; None for the installation's."""


@dataclass(frozen=True, slots=True)
class Extras:
    """Which mails besides digests a person wants."""

    alerts: bool
    reminders: bool
    quiet_notes: bool


def subscriptions_of(session: Session, subscriber: Subscriber) -> list[Subscription]:
    """Return what a person follows, with the profiles, in the order of their names."""
    query = (
        select(Subscription)
        .where(Subscription.subscriber_id == subscriber.id)
        .options(joinedload(Subscription.profile))
    )
    return sorted(session.scalars(query), key=lambda s: (s.profile.name.casefold(), s.id))


def follow(
    session: Session, subscriber: Subscriber, slug: str, following: Following, now: datetime
) -> None:
    """Let a person follow a profile, or follow it otherwise than before.

    Raises:
        UnknownProfileError: If there is no such profile.
    """
    profile = profile_by_slug(session, slug)
    subscription = followed(subscriber, slug)
    if subscription is None:
        subscription = Subscription(
            profile=profile, cadence=following.cadence, scheduled_at=now, created_at=now
        )
        subscriber.subscriptions.append(subscription)
    if subscription.cadence is not following.cadence:
        subscription.cadence = following.cadence
        subscription.scheduled_at = now
    subscription.programmes = list(following.filters.programmes)
    subscription.action_types = list(following.filters.action_types)
    subscription.least_band = following.filters.least_band
    session.flush()


def leave(session: Session, subscriber: Subscriber, slug: str) -> None:
    """Let a person follow a profile no more."""
    subscription = followed(subscriber, slug)
    if subscription is not None:
        subscriber.subscriptions.remove(subscription)
        session.flush()


def followed(subscriber: Subscriber, slug: str) -> Subscription | None:
    """Return how a person follows a profile; None where they do not."""
    return next((s for s in subscriber.subscriptions if s.profile.slug == slug), None)


def prefer(subscriber: Subscriber, preferences: Preferences, now: datetime) -> None:
    """Write to a person as they prefer; a new rhythm counts from ``now`` on."""
    before = (subscriber.time_zone, subscriber.weekday, subscriber.hour)
    subscriber.language = preferences.language
    subscriber.time_zone = preferences.time_zone
    subscriber.weekday = preferences.weekday
    subscriber.hour = preferences.hour
    if before == (subscriber.time_zone, subscriber.weekday, subscriber.hour):
        return
    for subscription in subscriber.subscriptions:
        subscription.scheduled_at = now


def want(subscriber: Subscriber, extras: Extras) -> None:
    """Send a person, besides digests, what they want and nothing else."""
    subscriber.wants_alerts = extras.alerts
    subscriber.wants_reminders = extras.reminders
    subscriber.wants_quiet_notes = extras.quiet_notes


def pause(subscriber: Subscriber, until: datetime) -> None:
    """Send a person nothing before ``until``."""
    if subscriber.state in (SubscriberState.ACTIVE, SubscriberState.PAUSED):
        subscriber.state = SubscriberState.PAUSED
        subscriber.paused_until = until


def resume(subscriber: Subscriber) -> None:
    """End a pause."""
    if subscriber.state is SubscriberState.PAUSED:
        subscriber.state = SubscriberState.ACTIVE
        subscriber.paused_until = None
