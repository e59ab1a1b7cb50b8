"""What is approved for a profile as an Atom feed (RFC 4287). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from notifier.entries import Entry
from store.calendars import Published

ATOM = "http://www.w3.org/2005/Atom"
NAMESPACE = UUID("0f7c5d1e-2f0b-5a66-9d3c-7f1d4f0f6a52")
"""Of the identities of feeds and entries; another one makes all of them new to every reader."""

MOST = 100
"""Entries in a feed, the latest first."""

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


def atom_feed(feed: Feed, entries: Sequence[FeedEntry]) -> Published:
    """Return the feed, the entry that changed last first."""
    shown = sorted(entries, key=lambda one: (one.updated, one.reference), reverse=True)[:MOST]
    updated = shown[0].updated if shown else feed.created
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(root, "id", _identity(feed.slug))
    _add(root, "title", f"EU funding for {feed.name}")
    _add(root, "updated", _moment(updated))
    SubElement(_child(root, "author"), "name").text = "Callwatch"
    _link(root, "self", feed.address, "application/atom+xml")
    _add(root, "generator", "Callwatch")
    _add(root, "rights", "Source: European Union, Funding & Tenders Portal; texts shortened")
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
    _add(element, "content", "\n".join(_lines(told)))


def _lines(told: Entry) -> list[str]:
    """Return an entry in words; nothing that changes by itself from day to day."""
    kind = ", ".join([told.programme, *told.actions, told.topic_id])
    who = [f"Who may apply: {told.who}"] if told.who else []
    note = [f"Note: {told.note}"] if told.note else []
    dates = f"{told.dates_label}: {'; '.join(told.deadline)}"
    why = [f"Fits {r.profile}: {''.join(piece.text for piece in r.passage)}" for r in told.why]
    return [kind, dates, *told.internal, f"Budget: {told.budget}", *who, *note, *why]


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
