"""Forgetting what is of no more use: old links, unanswered questions, counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from store.letters import burn_letters
from store.models import (
    Identity,
    IssuedToken,
    RateCount,
    SignIn,
    Subscriber,
    SubscriberState,
)
from store.sign_ins import forget_ended

UNANSWERED = timedelta(days=30)
"""How long an address is kept that nobody ever confirmed."""

COUNTED = timedelta(days=1)
"""How long it is kept how often something was asked for."""


_USES = (IssuedToken, SignIn, Identity)
"""What keeps a person who is sent nothing: a link that may be used, or an account."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was deleted."""

    tokens: int
    people: int
    counts: int
    letters: int
    sign_ins: int


def forget_expired(session: Session, now: datetime) -> Forgotten:
    """Delete what has ended: links, sign-ins, addresses nobody confirmed, counts, letters."""
    tokens = session.execute(
        delete(IssuedToken).where(IssuedToken.expires_at <= now).returning(IssuedToken.secret_hash)
    )
    sign_ins = forget_ended(session, now)
    people = session.execute(
        delete(Subscriber)
        .where(
            Subscriber.state == SubscriberState.PENDING,
            Subscriber.created_at <= now - UNANSWERED,
            *(Subscriber.id.not_in(select(use.subscriber_id)) for use in _USES),
        )
        .returning(Subscriber.id)
    )
    counts = session.execute(
        delete(RateCount).where(RateCount.window_start <= now - COUNTED).returning(RateCount.key)
    )
    return Forgotten(
        len(tokens.all()),
        len(people.all()),
        len(counts.all()),
        burn_letters(session),
        sign_ins,
    )
