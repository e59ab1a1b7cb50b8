"""What the buttons on a person's settings page do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config.translation import translatable
from store.consents import PAGE, Proof, note_consent
from store.following import follow, leave, pause, prefer, resume, want
from store.models import ConsentAct, Subscriber
from store.profiles import profiles_in_use
from store.subscribers import stop
from store.tokens import withdraw_links
from web.forms import Form
from web.reading import (
    Reading,
    read_extras,
    read_following,
    read_pause,
    read_preferences,
    read_profiles,
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a button of the page asks for."""

    subscriber: Subscriber
    form: Form
    now: datetime


def _add(session: Session, order: Order) -> None:
    reading = Reading(order.form)
    slugs = read_profiles(reading, [profile.slug for profile in profiles_in_use(session)])
    following = read_following(reading)
    reading.check()
    for slug in slugs:
        follow(session, order.subscriber, slug, following, order.now)
        _note(session, order, f"Follow {slug}, {following.cadence.value}")


def _adjust(session: Session, order: Order) -> None:
    slug, reading = _own_profile(order), Reading(order.form)
    following = read_following(reading)
    reading.check()
    follow(session, order.subscriber, slug, following, order.now)
    _note(session, order, f"Follow {slug}, {following.cadence.value}")


def _leave(session: Session, order: Order) -> None:
    slug = _own_profile(order)
    leave(session, order.subscriber, slug)
    _note(session, order, f"Follow {slug} no more")


def _prefer(_: Session, order: Order) -> None:
    reading = Reading(order.form)
    preferences = read_preferences(reading)
    reading.check()
    prefer(order.subscriber, preferences, order.now)


def _want(_: Session, order: Order) -> None:
    want(order.subscriber, read_extras(order.form))


def _pause(_: Session, order: Order) -> None:
    zone = ZoneInfo(order.subscriber.time_zone)
    pause(order.subscriber, read_pause(order.form, zone, order.now))


def _resume(_: Session, order: Order) -> None:
    resume(order.subscriber)


def _withdraw(_: Session, order: Order) -> None:
    withdraw_links(order.subscriber)


def _stop(session: Session, order: Order) -> None:
    stop(session, order.subscriber.id, PAGE, order.now)


@dataclass(frozen=True, slots=True)
class Act:
    """What a button does, and what is said afterwards."""

    do: Callable[[Session, Order], None]
    done: str


ACTS = {
    "add": Act(_add, translatable("You follow one more group.")),
    "adjust": Act(_adjust, translatable("What you get of this group is saved.")),
    "leave": Act(_leave, translatable("You no longer follow this group.")),
    "prefer": Act(_prefer, translatable("Day, hour and language are saved.")),
    "want": Act(_want, translatable("Which other mails you get is saved.")),
    "pause": Act(_pause, translatable("Your mails are paused.")),
    "resume": Act(_resume, translatable("The pause is over.")),
    "withdraw": Act(_withdraw, translatable("Links sent before no longer work.")),
    "stop": Act(_stop, translatable("The mails have stopped.")),
}
"""The last word of the address → what it does."""

DONE = {
    **{name: act.done for name, act in ACTS.items()},
    "confirm": translatable("Confirmed. This page shows what you get, and you can change it here."),
}


def _own_profile(order: Order) -> str:
    """Return the profile that a form is about, which the person must follow."""
    own = [subscription.profile.slug for subscription in order.subscriber.subscriptions]
    reading = Reading(order.form)
    slug = reading.among("profile", own)
    reading.check()
    return slug


def _note(session: Session, order: Order, wording: str) -> None:
    proof = Proof(ConsentAct.CHANGED, PAGE, wording)
    note_consent(session, order.subscriber.id, proof, order.now)
