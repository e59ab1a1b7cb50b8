"""What somebody asks of the desk: which matches to show, and what to do with which of them."""

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from config.organisation import Department, Organisation
from config.translation import translatable
from store.acts import Act, Seen
from store.models import Decision
from store.queue import Order, State, Wanted
from web.accounts import Person, Role
from web.desk_words import DAYS, REASONS
from web.forms import Form
from web.reading import NO_DAY, UNKNOWN, ProblemsError

Member = TypeVar("Member", bound=enum.StrEnum)

LAST_PAGE = 1_000
LONGEST_COMMENT = 2_000
LONGEST_YEARS = 2
"""How far ahead a match may be put off."""

NONE_TICKED = translatable("Tick at least one match.")
NO_COMMENT = translatable("Write a comment of at most 2,000 characters.")
NO_ACT = translatable("Press one of the buttons.")

BULK = {
    "approve": Decision.APPROVE,
    "reject": Decision.REJECT,
    "reopen": Decision.REOPEN,
    "comment": Decision.COMMENT,
    "assign": Decision.ASSIGN,
    "snooze": Decision.SNOOZE,
}
"""Value of a button that acts on all that is ticked → the act."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act, and the matches it is for."""

    seen: Seen
    act: Act


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, when, and where days begin and end."""

    person: Person
    now: datetime
    zone: ZoneInfo
    assignees: Collection[str]


def departments_of(person: Person) -> tuple[str, ...] | None:
    """Return the departments whose matches a person sees; None for every one."""
    return person.departments if person.role is Role.CONTACT else None


def departments_seen(organisation: Organisation, person: Person) -> Mapping[str, Department]:
    """Return the departments that a person sees, by their ids."""
    every, own = organisation.departments(), departments_of(person)
    return {key: one for key, one in every.items() if own is None or key in own}


def read_wanted(query: Mapping[str, str], departments: Collection[str] | None) -> Wanted:
    """Return which matches an address asks for; what it names wrongly asks for nothing."""
    days = query.get("days", "")
    return Wanted(
        state=_member(State, query.get("state", ""), State.WAITING),
        order=_member(Order, query.get("order", ""), Order.FIT),
        departments=None if departments is None else tuple(departments),
        department=query.get("department", ""),
        programme=query.get("programme", ""),
        profile=query.get("profile", ""),
        band=query.get("band", ""),
        assignee=query.get("assignee", ""),
        days=int(days) if days in DAYS else None,
        page=read_page(query.get("page", "")),
    )


def read_back(form: Form) -> dict[str, str]:
    """Return what the address of the page asked for that a form was sent from."""
    return dict(parse_qsl(form.one("back")))


def read_page(text: str) -> int:
    """Return the number of a page.

    >>> read_page("3"), read_page("0"), read_page("third")
    (3, 1, 1)
    """
    return min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 6 else 1


def query_of(wanted: Wanted, **more: str) -> str:
    """Return the address of a page of the queue, without what is usual."""
    named = {
        "state": "" if wanted.state is State.WAITING else wanted.state.value,
        "order": "" if wanted.order is Order.FIT else wanted.order.value,
        "department": wanted.department,
        "programme": wanted.programme,
        "profile": wanted.profile,
        "band": wanted.band,
        "assignee": wanted.assignee,
        "days": "" if wanted.days is None else str(wanted.days),
        "page": "" if wanted.page == 1 else str(wanted.page),
    }
    return urlencode({name: value for name, value in (named | more).items() if value})


def on_page(wanted: Wanted, page: int) -> str:
    """Return the address of another page of the same."""
    return query_of(replace(wanted, page=page))


def asks_for_something(wanted: Wanted) -> bool:
    """Return whether anything but the state is asked for."""
    asked = (wanted.department, wanted.programme, wanted.profile, wanted.band, wanted.assignee)
    return any(asked) or wanted.days is not None


def read_asked(form: Form, acting: Acting) -> Asked:
    """Return what a button of the queue asks for.

    A button on a card names its match, and for a rejection the reason; the others act on all
    that is ticked.

    Raises:
        ProblemsError: If a field cannot be used.
    """
    if form.has("one-approve"):
        return _one(form.one("one-approve"), Decision.APPROVE, None, acting)
    if form.has("one-reject"):
        seen, _, code = form.one("one-reject").partition(":")
        return _one(seen, Decision.REJECT, _reason(code), acting)
    if form.one("act") not in BULK:
        raise ProblemsError({"act": NO_ACT})
    return Asked(read_seen(form.many("match")), _bulk(form, BULK[form.one("act")], acting))


def read_seen(texts: Collection[str]) -> Seen:
    """Return which matches were seen, each with its version.

    Raises:
        ProblemsError: If there is none, or one that no page of ours names.

    >>> read_seen(["12.3", "7.0"])
    {12: 3, 7: 0}
    """
    parts = [text.split(".") for text in texts]
    if not parts:
        raise ProblemsError({"match": NONE_TICKED})
    if not all(len(part) == 2 and all(map(_is_number, part)) for part in parts):
        raise ProblemsError({"match": UNKNOWN})
    return {int(match): int(version) for match, version in parts}


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 10


def _one(seen: str, decision: Decision, reason: str | None, acting: Acting) -> Asked:
    act = Act(decision, acting.person.address, acting.now, reason)
    return Asked(read_seen([seen]), act)


def _bulk(form: Form, decision: Decision, acting: Acting) -> Act:
    comment = form.one("comment")
    if len(comment) > LONGEST_COMMENT or (decision is Decision.COMMENT and not comment):
        raise ProblemsError({"comment": NO_COMMENT})
    return Act(
        decision,
        acting.person.address,
        acting.now,
        reason_code=_reason(form.one("reason")) if decision is Decision.REJECT else None,
        comment=comment or None,
        assignee=_assignee(form, acting) if decision is Decision.ASSIGN else None,
        until=_until(form, acting) if decision is Decision.SNOOZE else None,
    )


def _reason(code: str) -> str | None:
    if code and code not in REASONS:
        raise ProblemsError({"reason": UNKNOWN})
    return code or None


def _assignee(form: Form, acting: Acting) -> str | None:
    address = form.one("assignee")
    if address and address not in acting.assignees:
        raise ProblemsError({"assignee": UNKNOWN})
    return address or None


def _until(form: Form, acting: Acting) -> datetime:
    """Return the beginning of the day on which a match waits again."""
    try:
        end = datetime.combine(date.fromisoformat(form.one("until")), time(), acting.zone)
    except (ValueError, OverflowError) as error:
        raise ProblemsError({"until": NO_DAY}) from error
    if not acting.now < end or end.year > acting.now.year + LONGEST_YEARS:
        raise ProblemsError({"until": NO_DAY})
    return end


def _member(kind: type[Member], text: str, usual: Member) -> Member:
    return kind(text) if text in list(kind) else usual
