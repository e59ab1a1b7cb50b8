"""What somebody asked for in the name of an address, and its coming true once that confirms it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.consents import PAGE, Proof, note_consent
from store.filters import Filters
from store.following import Following, Preferences, follow, prefer
from store.models import (
    Cadence,
    ConsentAct,
    IssuedToken,
    Profile,
    Subscriber,
    SubscriberState,
)
from store.once import insert_once

_WRITTEN_TO = (SubscriberState.ACTIVE, SubscriberState.PAUSED)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for."""

    profiles: tuple[str, ...]
    """Slugs."""
    following: Following
    preferences: Preferences

    def document(self) -> dict[str, Any]:
        """Return the wish as it is kept."""
        return asdict(self)

    @classmethod
    def kept(cls, document: dict[str, Any]) -> Self:
        """Return the wish that was kept as ``document``."""
        filters = document["following"]["filters"]
        return cls(
            tuple(document["profiles"]),
            Following(
                Cadence(document["following"]["cadence"]),
                Filters(
                    tuple(filters["programmes"]),
                    tuple(filters["action_types"]),
                    filters["least_band"],
                ),
            ),
            Preferences(**document["preferences"]),
        )


def wishing(session: Session, address: str, preferences: Preferences, now: datetime) -> Subscriber:
    """Return who has an address, in lower case; who is new is written to by nobody before a word.

    What is known of a person stays as it is until they confirm.
    """
    values = {
        "address": address,
        "language": preferences.language,
        "time_zone": preferences.time_zone,
        "state": SubscriberState.PENDING,
        "consent": "not confirmed",
        "created_at": now,
    }
    insert_once(session, Subscriber, values)
    return session.scalars(select(Subscriber).where(Subscriber.address == address)).one()


def wished_profiles(session: Session, wish: Wish) -> list[Profile]:
    """Return the profiles of a wish that are still there, by name."""
    there = select(Profile).where(Profile.slug.in_(wish.profiles)).order_by(Profile.name)
    return list(session.scalars(there))


def come_true(session: Session, token: IssuedToken, wording: str, now: datetime) -> Subscriber:
    """Let a person have what they confirmed, and keep the words they agreed to as proof.

    What a stop had ended does not come back with a new word. Who is written to already goes on as
    they chose before, and follows more.
    """
    subscriber = session.get_one(Subscriber, token.subscriber_id)
    wish = Wish.kept(token.wish)
    act = ConsentAct.CHANGED
    if subscriber.state not in _WRITTEN_TO:
        act = ConsentAct.GIVEN
        _begin(subscriber, wish.preferences, now)
        session.flush()
    for profile in wished_profiles(session, wish):
        follow(session, subscriber, profile.slug, wish.following, now)
    note_consent(session, subscriber.id, Proof(act, PAGE, wording), now)
    return subscriber


def _begin(subscriber: Subscriber, preferences: Preferences, now: datetime) -> None:
    subscriber.subscriptions.clear()
    subscriber.state = SubscriberState.ACTIVE
    subscriber.paused_until = None
    subscriber.consent = f"confirmed by {PAGE} {now:%Y-%m-%dT%H:%MZ}"
    subscriber.confirmed_at = now
    prefer(subscriber, preferences, now)
