"""What is approved for a profile as an Atom feed (RFC 4287). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from config.translation import SOURCE, say, translatable
from notifier.eligibility import in_one_line
from notifier.entries import Entry, Reason
from store.calendars import Published

ATOM = "http://www.w3.org/2005/Atom"
NAMESPACE = UUID("0f7c5d1e-2f0b-5a66-9d3c-7f1d4f0f6a52")
"""Of the identities of feeds and entries; another one makes all of them new to every reader."""

MOST = 100
"""Entries in a feed, the latest first."""

RIGHTS = translatable("Source: European Union, Funding & Tenders Portal; texts shortened")

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, whatever way they are written."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One opportunity of a feed."""

    reference: str
    entry: Entry
    updated: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A profile and what is approved for it."""

    slug: str
    name: str
    address: str
    """Where the feed itself is read."""
    created: datetime
    """When the profile last changed: the date of a feed without entries."""
    language: str = SOURCE


def atom_feed(feed: Feed, entries: Sequence[FeedEntry]) -> Published:
    """Return the feed, the entry that changed last first."""
    shown = sorted(entries, key=lambda one: (one.updated, one.reference), reverse=True)[:MOST]
    updated = shown[0].updated if shown else feed.created
    root = Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _add(root, "id", _identity(feed.slug))
    _add(root, "title", say(feed.language, "EU funding for {profile}", profile=feed.name))
    _add(root, "updated", _moment(updated))
    SubElement(_child(root, "author"), "name").text = "Callwatch"
    _link(root, "self", feed.address, "application/atom+xml")
    _add(root, "generator", "Callwatch")
    _add(root, "rights", say(feed.language, RIGHTS))
    for one in shown:
        _add_entry(root, feed, one)
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Published(body, updated)


def _add_entry(root: Element, feed: Feed, one: FeedEntry) -> None:
    told = one.entry
    element = _child(root, "entry")
    _add(element, "id", _identity(f"{feed.slug}|{one.reference}"))
    _add(element, "title", told.title)
    _add(element, "updated", _moment(one.updated))
    if told.url:
        _link(element, "alternate", told.url, "text/html")
    SubElement(element, "category", {"term": _clean(told.programme)})
    _add(element, "content", "\n".join(_lines(told, feed.language)))


def _lines(told: Entry, language: str) -> list[str]:
    """Return an entry in words; nothing that changes by itself from day to day."""
    kind = ", ".join([told.programme, *told.actions, told.topic_id])
    who = [say(language, "Who may apply: {who}", who=in_one_line(told.who))] if told.who else []
    note = [say(language, "Note: {note}", note=told.note.text)] if told.note.text else []
    budget = say(language, "Budget: {budget}", budget=told.budget)
    dates = f"{told.dates_label}: {'; '.join(told.deadline)}"
    why = [_why(reason, language) for reason in told.why]
    return [kind, dates, *told.internal, budget, *who, *note, *why]


def _why(reason: Reason, language: str) -> str:
    words = "".join(piece.text for piece in reason.passage)
    return say(language, "Fits {profile}: {words}", profile=reason.profile, words=words)


def _identity(named: str) -> str:
    return uuid5(NAMESPACE, named).urn


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _child(parent: Element, name: str) -> Element:
    return SubElement(parent, name)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _clean(text)


def _link(parent: Element, relation: str, address: str, kind: str) -> None:
    SubElement(parent, "link", {"rel": relation, "href": _clean(address), "type": kind})


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)
