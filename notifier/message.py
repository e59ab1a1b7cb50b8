"""A rendered digest as the bytes of a mail, with every header a careful sender writes."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from pydantic import AnyHttpUrl

from config.errors import ConfigurationError
from notifier.render import Rendered
from store.models import Purpose

VERBATIM = (
    "feedback-id",
    "list-help",
    "list-id",
    "list-owner",
    "list-subscribe",
    "list-unsubscribe",
    "message-id",
)
"""Headers for machines, which read no encoded words."""


class _MailPolicy(EmailPolicy):
    """Folds headers as mail wants them.

    The library encodes a word longer than a line, and so makes a link that no mail software finds.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as lines; those for machines are broken only after a comma."""
        if name.lower() in VERBATIM:
            folded = value.replace(", ", ",\r\n ")
            return f"{name}: {folded}\r\n".encode("ascii")
        return super().fold_binary(name, value)


POLICY = _MailPolicy(linesep="\r\n")


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


def write_message(
    rendered: Rendered, sender: Sender, envelope: Envelope, now: datetime
) -> EmailMessage:
    """Return the mail, ready to be frozen by ``bytes``."""
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    message["To"] = envelope.address
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(sender, envelope)
    message["Auto-Submitted"] = "auto-generated"
    message["Feedback-ID"] = f"{envelope.series}:{envelope.purpose}:callwatch:{sender.domain}"
    if envelope.stop_token is not None:
        _add_list(message, sender, envelope.stop_token)
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = rendered.language  # here, or it would go with a part
    message.set_boundary(f"=_{message_id(sender, envelope).split('@')[0].strip('<')}")
    return message


def _add_list(message: EmailMessage, sender: Sender, stop_token: str) -> None:
    """Say what these mails are, and how software stops them; one click (RFC 8058) needs https."""
    message["List-Id"] = f"Callwatch digests <digest.callwatch.{sender.domain}>"
    message["List-Owner"] = f"<mailto:{quote(sender.address, safe='@+')}>"
    ways = [f"<{_stop_mail(sender)}>"]
    if sender.public_url:
        message["List-Help"] = f"<{sender.public_url}/>"
        message["List-Subscribe"] = f"<{sender.public_url}/subscribe>"
        ways.insert(0, f"<{stop_link(sender, stop_token)}>")
    message["List-Unsubscribe"] = ", ".join(ways)
    if (sender.public_url or "").startswith("https://"):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
