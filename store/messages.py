"""The mails waiting to leave: taking some, and recording what became of each.

``next_attempt_at`` says when a mail may be tried; None means that it is in hand, or settled.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from store.letters import LETTERS, LINK_LIFE
from store.models import Base, Message, MessageState, Subscriber, SubscriberState

LEASE = timedelta(minutes=15)
"""How long a claim is believed to be at work; also the quiet time before a mail is repeated."""

LIFE = timedelta(hours=24)
"""Age at which an unsent mail is stale: its items then go into the next digest."""

MOST_CRASHES = 5
"""How often a sender may end with the same mail in hand: it might be the mail that ends it."""

DAY = timedelta(hours=24)

_ENDED = (SubscriberState.STOPPED, SubscriberState.BOUNCED)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail in hand, and what its outcome depends on."""

    id: int
    subscriber_id: int
    address: str
    message_id: str
    composed_at: datetime
    claimed_at: datetime
    attempts: int
    """This one included."""
    silences: int
    """How often it was handed over and no answer came."""
    in_doubt: bool
    """Whether an earlier attempt may have succeeded."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt led to."""

    claim: Claimed
    state: MessageState
    next_attempt_at: datetime | None
    reply: str | None
    """What the other side said; None where it took the mail."""
    silent: bool = False
    """Whether the whole mail was handed over and no answer came."""


def release_open_claims(session: Session, now: datetime) -> Sequence[Message]:
    """Put in doubt, and return, what an earlier process claimed and never recorded."""
    left = session.scalars(
        select(Message).where(
            Message.state == MessageState.CLAIMED, Message.claimed_at <= now - LEASE
        )
    ).all()
    for message in left:
        message.state = MessageState.IN_DOUBT
        message.last_reply = "the sender ended before the server's answer was recorded"
        message.crashes += 1
        message.next_attempt_at = now if message.crashes < MOST_CRASHES else None
    return left


def expire_stale(session: Session, now: datetime) -> Sequence[Message]:
    """Give up, and return, what has waited too long; what was in doubt stays in doubt."""
    session.execute(
        update(Message)
        .where(Message.state == MessageState.IN_DOUBT, Message.composed_at <= now - LIFE)
        .values(next_attempt_at=None)
    )
    stale = session.scalars(
        select(Message).where(
            Message.state.in_((MessageState.QUEUED, MessageState.RETRY)),
            or_(
                Message.composed_at <= now - LIFE,
                *(
                    and_(Message.purpose == purpose, Message.composed_at <= now - life)
                    for purpose, life in LINK_LIFE.items()
                ),
            ),
        )
    ).all()
    for message in stale:
        message.state = MessageState.EXPIRED
        message.next_attempt_at = None
    return stale


def drop_unwanted(session: Session) -> Sequence[Message]:
    """Fail, and return, what waits for a person who has stopped since it was composed."""
    waiting = session.scalars(
        select(Message)
        .join(Message.subscriber)
        .where(Message.next_attempt_at.is_not(None), Message.purpose.not_in(LETTERS))
        .where(Subscriber.state.in_(_ENDED))
    ).all()
    for message in waiting:
        message.state = MessageState.FAILED
        message.next_attempt_at = None
        message.last_reply = "not sent: the reader had stopped these mails"
    return waiting


_MAIL, _PERSON, _BODY = (
    Base.metadata.tables[name] for name in ("message", "subscriber", "message_body")
)
"""The tables themselves, asked over a bare connection: a run claims and records mail by mail, and
objects with their session would cost more than the database."""

_DUE = (
    select(
        _MAIL.c.id,
        _MAIL.c.subscriber_id,
        _PERSON.c.address,
        _MAIL.c.message_id,
        _MAIL.c.composed_at,
        _MAIL.c.attempts,
        _MAIL.c.silences,
        _MAIL.c.state,
        _BODY.c.content,
    )
    .join_from(_MAIL, _PERSON, _PERSON.c.id == _MAIL.c.subscriber_id)
    .join(_BODY, _BODY.c.message_id == _MAIL.c.id)
    .where(_MAIL.c.next_attempt_at <= bindparam("now"))
    .where(
        or_(
            and_(*(_PERSON.c.state != state for state in _ENDED)),
            *(_MAIL.c.purpose == purpose for purpose in LETTERS),
        )
    )
    .order_by(_MAIL.c.next_attempt_at, _MAIL.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=_MAIL, skip_locked=True)
)
_CLAIM = (
    update(_MAIL)
    .where(_MAIL.c.id == bindparam("row"))
    .values(
        state=MessageState.CLAIMED,
        claimed_at=bindparam("now"),
        attempts=_MAIL.c.attempts + 1,
        next_attempt_at=None,
    )
)


def claim_due(
    connection: Connection, now: datetime, most: int, full: Collection[str] = ()
) -> list[Claimed]:
    """Claim the mails that have waited longest, none for a domain that is ``full``.

    Two processes never claim the same one: PostgreSQL passes over rows that another transaction
    holds; on SQLite the caller's transaction is the only one that writes (``in_transaction``).
    """
    due = _DUE
    for domain in full:
        due = due.where(~_PERSON.c.address.endswith(f"@{domain}", autoescape=True))
    rows = connection.execute(due, {"now": now, "most": most}).all()
    if not rows:
        return []
    connection.execute(_CLAIM, [{"row": row.id, "now": now} for row in rows])
    return [
        Claimed(
            *row[:5],
            claimed_at=now,
            attempts=row.attempts + 1,
            silences=row.silences,
            in_doubt=row.state is MessageState.IN_DOUBT,
            body=row.content,
        )
        for row in rows
    ]


_RECORD = (
    update(_MAIL)
    .where(
        _MAIL.c.id == bindparam("row"),
        _MAIL.c.state == MessageState.CLAIMED,
        _MAIL.c.claimed_at == bindparam("claimed"),
    )
    .values(
        state=bindparam("outcome"),
        next_attempt_at=bindparam("next_attempt"),
        silences=_MAIL.c.silences + bindparam("silent"),
        sent_at=bindparam("sent"),
        last_reply=func.coalesce(bindparam("reply"), _MAIL.c.last_reply),
    )
)


def record(connection: Connection, settled: Settled, now: datetime) -> bool:
    """Record what an attempt led to; return False where the claim was no longer this one."""
    values = {
        "row": settled.claim.id,
        "claimed": settled.claim.claimed_at,
        "outcome": settled.state,
        "next_attempt": settled.next_attempt_at,
        "silent": int(settled.silent),
        "reply": settled.reply,
        "sent": now if settled.state is MessageState.SENT else None,
    }
    return connection.execute(_RECORD, values).rowcount == 1


def is_due(connection: Connection, now: datetime) -> bool:
    """Return whether a mail could be tried at ``now``."""
    due = select(_MAIL.c.id).where(_MAIL.c.next_attempt_at <= now).limit(1)
    return connection.scalar(due) is not None


def tried_within_a_day(connection: Connection, now: datetime) -> int:
    """Return how many mails were taken in hand in the 24 hours up to ``now``."""
    tried = select(func.count()).select_from(_MAIL).where(_MAIL.c.claimed_at > now - DAY)
    return connection.scalars(tried).one()


def message_by_id(session: Session, message_id: int) -> Message | None:
    """Return a mail, or None where it was erased with its reader."""
    return session.get(Message, message_id)


def messages_by_state(session: Session) -> dict[MessageState, int]:
    """Return how many mails stand in each state."""
    rows = session.execute(select(Message.state, func.count()).group_by(Message.state))
    counts = {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to dict()
    return {state: counts.get(state, 0) for state in MessageState}


def waiting(session: Session) -> int:
    """Return how many mails will be tried again."""
    return session.scalars(
        select(func.count(Message.id)).where(Message.next_attempt_at.is_not(None))
    ).one()
