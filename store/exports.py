"""Everything that is kept about one person, as one JSON document."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, select
from sqlalchemy.orm import Session

from store.models import Base

_TABLES = Base.metadata.tables
_HIDDEN = {("issued_token", "secret_hash"), ("sign_in", "secret_hash")}
"""What proves a right and tells nothing about the person."""

_OWNED = ("bounce", "consent", "issued_token", "sign_in", "identity")
"""Tables whose rows say whose they are and need no words of others beside them."""

_WORDS: dict[type, Callable[[Any], str]] = {
    datetime: lambda moment: moment.isoformat(),
    bytes: lambda content: content.decode("utf-8", "replace"),
}


def export(session: Session, subscriber_id: int, now: datetime) -> str:
    """Return what is kept about a person, readable by people and machines."""
    document: dict[str, object] = {"exported_at": now.isoformat()}
    for name, rows in _personal(subscriber_id).items():
        document[name] = [dict(row) for row in session.execute(rows).mappings()]
    return json.dumps(document, ensure_ascii=False, indent=2, default=_as_text)


def _personal(subscriber_id: int) -> dict[str, Select[Any]]:
    """Return what reads a person's rows, by what they are to a reader of the document."""
    person, mail, opportunity = (_TABLES[n] for n in ("subscriber", "message", "opportunity"))
    profile, match = _TABLES["profile"], _TABLES["match"]
    topic = (opportunity.c.topic_id, opportunity.c.title, opportunity.c.url)
    followed = (profile.c.slug.label("profile"), profile.c.name.label("profile_name"))
    mine = mail.c.subscriber_id == subscriber_id
    feedback, item, body = (_TABLES[n] for n in ("feedback", "message_item", "message_body"))
    subscription = _TABLES["subscription"]
    return {
        "subscriber": _of(person).where(person.c.id == subscriber_id),
        "subscription": _of(subscription, *followed)
        .join_from(subscription, profile)
        .where(subscription.c.subscriber_id == subscriber_id),
        "message": _of(mail).where(mine),
        "message_body": _of(body).join_from(body, mail).where(mine),
        "message_item": _of(item, *topic)
        .join_from(item, mail)
        .join(opportunity, opportunity.c.id == item.c.opportunity_id)
        .where(mine),
        "feedback": _of(feedback, *topic, *followed)
        .join_from(feedback, match)
        .join(opportunity, opportunity.c.id == match.c.opportunity_id)
        .join(profile, profile.c.id == match.c.profile_id)
        .where(feedback.c.subscriber_id == subscriber_id),
        **{name: _own(_TABLES[name], subscriber_id) for name in _OWNED},
    }


def _own(table: Table, subscriber_id: int) -> Select[Any]:
    return _of(table).where(table.c.subscriber_id == subscriber_id)


def _of(table: FromClause, *more: ColumnElement[Any]) -> Select[Any]:
    """Return what reads the columns of ``table`` that are about the person, and ``more``."""
    shown = [c for c in table.c if (table.description, c.name) not in _HIDDEN]
    return select(*shown, *more).order_by(*table.primary_key)


def _as_text(value: object) -> str:
    return _WORDS[type(value)](value)
