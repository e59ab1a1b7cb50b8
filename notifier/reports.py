"""What came back by mail: delivery reports (RFC 3464) and complaints (RFC 5965). Pure."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

from notifier.refusals import status_in

RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
"""Headers that may hold the return path a report came to."""
COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list", "virus", "other")
"""Kinds of feedback that end the mails; "not-spam" says the opposite."""
_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")


class ReportError(ValueError):
    """A message that reports no undeliverable mail and no complaint; names no address."""


@dataclass(frozen=True, slots=True)
class Report:
    """One mail that came back, or was complained of."""

    complaint: bool
    status: str
    """As the other side says it, such as 5.1.1; empty where it says none."""
    sent_to: tuple[str, ...]
    """Addresses the report came to: one may be the return path of the mail."""
    mail_ids: tuple[str, ...]
    """Message-IDs of the mail, as the report quotes it."""
    recipients: tuple[str, ...]
    """Addresses the mail was meant for."""
    hash: str


def read_report(content: bytes) -> Report:
    """Return what a message reports.

    Raises:
        ReportError: If it is no report, or one of a delay or a delivery: nothing came back.
    """
    message = message_from_bytes(content, policy=default)
    kind = str(message.get_param("report-type", "")).lower()
    if message.get_content_type() != "multipart/report" or kind not in _READERS:
        raise ReportError("no delivery report (RFC 3464) and no complaint (RFC 5965)")
    status, recipients = _READERS[kind](message)
    return Report(
        complaint=kind == "feedback-report",
        status=status,
        sent_to=tuple(_addresses(message, RECIPIENTS)),
        mail_ids=tuple(_quoted_ids(message)),
        recipients=tuple(recipients),
        hash=hashlib.sha256(content).hexdigest(),
    )


def _read_delivery(message: Message) -> tuple[str, list[str]]:
    """Return the status of the first recipient that failed, and whom that was."""
    failed = [fields for fields in _fields(message, "delivery-status") if _failed(fields)]
    if not failed:
        raise ReportError("a report of a delay or a delivery: nothing came back")
    first = failed[0]
    status = status_in(first.get("Status", "")) or status_in(first.get("Diagnostic-Code", ""))
    names = ("Original-Recipient", "Final-Recipient")
    return status, [address for fields in failed for address in _typed(fields, names)]


def _failed(fields: Message) -> bool:
    return str(fields.get("Action", "")).strip().lower() == "failed"


def _read_complaint(message: Message) -> tuple[str, list[str]]:
    """Return no status, and who complained."""
    for fields in _fields(message, "feedback-report"):
        kind = str(fields.get("Feedback-Type", "")).strip().lower()
        if kind in COMPLAINTS:
            return "", list(_typed(fields, ("Original-Rcpt-To",)))
        if kind:
            raise ReportError("feedback that is no complaint")
    raise ReportError("a feedback report that does not say of what kind it is")


_READERS = {"delivery-status": _read_delivery, "feedback-report": _read_complaint}


def _fields(message: Message, subtype: str) -> Iterator[Message]:
    """Yield the groups of fields in the part of a report that machines read."""
    for part in message.walk():
        if part.get_content_type() == f"message/{subtype}":
            payload = part.get_payload()
            yield from (group for group in payload if isinstance(group, Message))


def _typed(fields: Message, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the addresses of fields such as ``rfc822; group@example.org``."""
    for name in names:
        for value in fields.get_all(name, []):
            address = str(value).rpartition(";")[2].strip().strip("<>").lower()
            if "@" in address:
                yield address


def _addresses(message: Message, names: tuple[str, ...]) -> Iterator[str]:
    values = [str(value) for name in names for value in message.get_all(name, [])]
    yield from (address for _, address in getaddresses(values) if address)


def _quoted_ids(message: Message) -> Iterator[str]:
    """Yield the Message-IDs of the mail that came back, from its copy or its headers alone."""
    for part in message.walk():
        if part is message:
            continue
        if part.get_content_type() == "text/rfc822-headers" and isinstance(part, EmailMessage):
            text = part.get_payload(decode=True)
            part = message_from_bytes(text if isinstance(text, bytes) else b"", policy=default)  # noqa: PLW2901 - its headers are those of the mail
        yield from _ID.findall(str(part.get("Message-ID", "")))
