"""What a mail server's words mean: is it the address, and when to come back. Pure."""

import re
from datetime import timedelta

from store.models import BounceKind

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_HINT = re.compile(
    r"(?:in|after|for|wait|retry[- ]after:?|least|within|delay(?:ed)?:?|=)\s+(?:about\s+)?"
    r"(\d{1,6})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?:in|after|for|wait|retry[- ]after:?)\s+(\d{1,2}):(\d\d):(\d\d)\b", re.IGNORECASE
)
_UNITS = {"s": 1, "m": 60, "h": 3600}
LEAST_HINT = timedelta(minutes=1)
"""Waited even where a server asks for less."""

_SOFT = ("0.", "2.2", "3.", "4.")
"""Nothing said, a full mailbox, a system or a way to it that fails (RFC 3463)."""
_ABOUT_US = ("1.7", "1.8", "5.", "6.", "7.", "2.3")
"""Our address, protocol, content, size or reputation: another reader would be refused as well."""


def status_in(text: str) -> str:
    """Return the enhanced status code (RFC 3463) in a reply, or nothing.

    >>> status_in("550 5.1.1 no such mailbox"), status_in("550 unknown, see 10.1.1.9")
    ('5.1.1', '')
    """
    found = _STATUS.search(text)
    return found[1] if found else ""


def bounce_kind(status: str) -> BounceKind | None:
    """Return what a final refusal says of the address; None where it says nothing.

    Without a status the refusal of a recipient is about the recipient.

    >>> bounce_kind("5.1.1").value, bounce_kind("5.2.2").value, bounce_kind("5.7.1")
    ('hard', 'soft', None)
    """
    detail = status.partition(".")[2]
    if detail.startswith(_ABOUT_US):
        return None
    if status.startswith("4") or detail.startswith(_SOFT):
        return BounceKind.SOFT
    return BounceKind.HARD


def wait_hint(text: str) -> timedelta | None:
    """Return how long a reply asks to wait; None where it does not say.

    >>> wait_hint("450 4.2.0 greylisted, try again in 300 seconds")
    datetime.timedelta(seconds=300)
    >>> wait_hint("421 come back after 2 hours"), wait_hint("452 4.2.2 over quota")
    (datetime.timedelta(seconds=7200), None)
    """
    if found := _HINT.search(text):
        seconds = int(found[1]) * _UNITS[found[2][0].lower()]
    elif found := _CLOCK.search(text):
        hours, minutes, rest = map(int, found.groups())
        seconds = hours * 3600 + minutes * 60 + rest
    else:
        return None
    return max(LEAST_HINT, timedelta(seconds=seconds))
