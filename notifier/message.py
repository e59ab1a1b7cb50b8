"""A rendered digest as the bytes of a mail, with every header a careful sender writes."""

import hashlib
from base64 import encodebytes
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import quote

from pydantic import AnyHttpUrl

from config.errors import ConfigurationError
from notifier.render import Rendered
from store.models import Purpose

POLICY = EmailPolicy(linesep="\r\n")
FILE_NAME = "callwatch.ics"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, and under which address the stop page can be reached."""

    name: str
    address: str
    public_url: str | None
    """Without a slash at its end."""

    @property
    def domain(self) -> str:
        """Return the domain of the address."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a mail is for, and what makes it this mail and no other."""

    subscriber_id: int
    address: str
    purpose: Purpose
    series: str
    """The mails that it is one of, in letters and digits: ``run12``."""
    turn: str
    """What is asked for once: a window of a cadence, or a request."""
    stop_token: str | None = None
    """Stops what the mail is one of; None where nothing more will come."""


def read_sender(mail_from: str, public_url: AnyHttpUrl | None) -> Sender:
    """Return the sender that the settings name.

    Raises:
        ConfigurationError: If CALLWATCH_MAIL_FROM is no address.
    """
    name, address = parseaddr(mail_from if mail_from.isprintable() else "")
    try:
        Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ConfigurationError(_advice(mail_from)) from error
    local, _, domain = address.rpartition("@")
    if not (local and domain and address.isascii() and address.isprintable()):
        raise ConfigurationError(_advice(mail_from))
    return Sender(name, address, str(public_url).rstrip("/") if public_url else None)


def _advice(mail_from: str) -> str:
    return f"CALLWATCH_MAIL_FROM is no sender: {mail_from!r}; write: Callwatch <name@example.org>"


def stop_link(sender: Sender, token: str) -> str:
    """Return where a reader stops these mails: the stop page, or a mail to the sender."""
    if sender.public_url:
        return f"{sender.public_url}/stop/{quote(token)}"
    return _stop_mail(sender)


def calendar_link(sender: Sender, token: str) -> str:
    """Return where a reader's calendar is; nothing where no page can be reached."""
    return f"{sender.public_url}/calendar/{quote(token)}.ics" if sender.public_url else ""


def manage_link(sender: Sender, token: str) -> str:
    """Return where a reader changes what they get."""
    return f"{sender.public_url}/manage/{quote(token)}"


def _stop_mail(sender: Sender) -> str:
    return f"mailto:{quote(sender.address, safe='@+')}?subject=stop"


def message_id(sender: Sender, envelope: Envelope) -> str:
    """Return the Message-ID of this turn's mail to this reader, the same however often asked."""
    named = f"{envelope.turn}|{envelope.subscriber_id}"
    short = hashlib.sha256(named.encode()).hexdigest()[:16]
    series = f"{envelope.purpose}.{envelope.series}"
    return f"<{series}.{envelope.subscriber_id}.{short}@{sender.domain}>"


@dataclass(frozen=True, slots=True)
class _Entity:
    """What a mail is made of: a part, or parts within each other."""

    content_type: str
    content: bytes


def write_message(rendered: Rendered, sender: Sender, envelope: Envelope, now: datetime) -> bytes:
    """Return the mail, to be frozen.

    The library folds what people wrote; it would fold links apart, and takes long for a body.
    """
    named = message_id(sender, envelope)
    boundary = f"=_{named.split('@')[0].strip('<')}"
    entity = _alternatives(rendered, boundary)
    if rendered.calendar:
        entity = _with_calendar(entity, rendered.calendar, f"{boundary}.m")
    plain = {
        "Date": format_datetime(now),
        "Message-ID": named,
        "Content-Language": rendered.language,
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": f"{envelope.series}:{envelope.purpose}:callwatch:{sender.domain}",
        **(_list(sender, envelope.stop_token) if envelope.stop_token is not None else {}),
        "MIME-Version": "1.0",
        "Content-Type": entity.content_type,
    }
    written = (
        _folded("From", str(Address(display_name=sender.name, addr_spec=sender.address))),
        _folded("To", envelope.address),
        _folded("Subject", rendered.subject),
        *(f"{name}: {value}\r\n".encode("ascii") for name, value in plain.items()),
        entity.content,
    )
    return b"".join(written)


@lru_cache(1_000)
def _folded(name: str, value: str) -> bytes:
    """Return a header as its lines, what is not ASCII as encoded words."""
    return POLICY.fold_binary(*POLICY.header_store_parse(name, value))


def _alternatives(rendered: Rendered, boundary: str) -> _Entity:
    """Return the same words as plain text and as HTML."""
    parts = [
        _part(f'text/{subtype}; charset="utf-8"', "quoted-printable", boundary)
        + b2a_qp(text.replace("\n", "\r\n").encode())
        for subtype, text in (("plain", rendered.text), ("html", rendered.html))
    ]
    return _multipart("alternative", boundary, parts)


def _with_calendar(entity: _Entity, calendar: bytes, boundary: str) -> _Entity:
    """Return a mail that carries a calendar as a file; nobody is invited to anything by it."""
    words = f"\r\n--{boundary}\r\nContent-Type: {entity.content_type}\r\n".encode()
    file = _part(
        f'text/calendar; charset="utf-8"; name="{FILE_NAME}"\r\n'
        f'Content-Disposition: attachment; filename="{FILE_NAME}"',
        "base64",
        boundary,
    )
    encoded = encodebytes(calendar).replace(b"\n", b"\r\n")
    return _multipart("mixed", boundary, [words + entity.content, file + encoded])


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> _Entity:
    end = f"\r\n--{boundary}--\r\n".encode()
    return _Entity(f'multipart/{subtype};\r\n boundary="{boundary}"', b"".join([*parts, end]))


def _part(content_type: str, encoding: str, boundary: str) -> bytes:
    """Return the head of a part."""
    head = (
        f"\r\n--{boundary}\r\nContent-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode()


def _list(sender: Sender, stop_token: str) -> dict[str, str]:
    """Say what these mails are, and how software stops them; one click (RFC 8058) needs https."""
    ways = [f"<{_stop_mail(sender)}>"]
    headers = {
        "List-Id": f"Callwatch digests <digest.callwatch.{sender.domain}>",
        "List-Owner": f"<mailto:{quote(sender.address, safe='@+')}>",
    }
    if sender.public_url:
        headers["List-Help"] = f"<{sender.public_url}/>"
        headers["List-Subscribe"] = f"<{sender.public_url}/subscribe>"
        ways.insert(0, f"<{stop_link(sender, stop_token)}>")
    headers["List-Unsubscribe"] = ",\r\n ".join(ways)
    if (sender.public_url or "").startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
