"""A digest as a web service takes it: the whole mail as JSON, a Teams card, Slack blocks. Pure."""

import json
import re
from collections.abc import Callable, Iterable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from config.settings import WebhookFormat
from config.translation import LANGUAGES, SOURCE, say, translatable
from notifier.channels.contract import Outgoing
from notifier.passages import shorten

TEAMS_LIMIT_BYTES = 24_000
"""Teams refuses messages above 28 kB; the rest is for what it adds."""

SLACK_BLOCKS, SLACK_TEXT, SLACK_HEADER = 50, 2_900, 150
"""Slack's limits: blocks in a message, and (a little below its own) characters in a block."""

CUT = translatable("The rest is in a later digest or on the portal: this service shows no more.")

_URL = re.compile(r"https?://[^\s<>|]+|mailto:[^\s<>|]+")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!~>|<])")
_RULER = re.compile(r"[=-]+")
"""A line under a heading, or above the foot: of use in plain text alone."""
_CALLS_ALL = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)


def payload(message: Outgoing, shape: WebhookFormat) -> bytes:
    """Return what is posted, the same bytes however often asked."""
    document = SHAPES[shape](message)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def as_json(message: Outgoing) -> dict[str, Any]:
    """Return the whole mail, for a program."""
    mail = _mail(message)
    return {
        "type": "callwatch.digest",
        "version": 1,
        "message_id": message.message_id,
        "subscriber_id": message.subscriber_id,
        "to": message.address,
        "composed_at": message.composed_at.isoformat(),
        "subject": str(mail["Subject"]),
        "text": _part(mail, "plain"),
        "html": _part(mail, "html"),
    }


def as_teams(message: Outgoing) -> dict[str, Any]:
    """Return a message with an Adaptive Card, as a workflow of Teams takes it."""
    mail = _mail(message)
    title = {
        "type": "TextBlock",
        "text": _teams_text(str(mail["Subject"])),
        "size": "Large",
        "weight": "Bolder",
        "wrap": True,
        "style": "heading",
    }
    blocks = [
        {"type": "TextBlock", "text": _teams_text(part), "wrap": True, "separator": True}
        for part in _parts(_part(mail, "plain"))
    ]
    cut = {"type": "TextBlock", "text": _cut(mail), "wrap": True, "isSubtle": True}
    return _card([title, *_fitting(blocks, cut)])


def as_slack(message: Outgoing) -> dict[str, Any]:
    """Return text and blocks, as an incoming webhook of Slack takes them."""
    mail = _mail(message)
    subject = str(mail["Subject"])
    heading = {"type": "plain_text", "text": shorten(subject, SLACK_HEADER - 1), "emoji": False}
    parts = [_slack_text(part) for part in _parts(_part(mail, "plain"))]
    if len(parts) >= SLACK_BLOCKS:
        parts = [*parts[: SLACK_BLOCKS - 2], _cut(mail)]
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": part}} for part in parts]
    return {
        "text": _slack_text(subject),
        "blocks": [{"type": "header", "text": heading}, *sections],
    }


SHAPES: dict[WebhookFormat, Callable[[Outgoing], dict[str, Any]]] = {
    "json": as_json,
    "teams": as_teams,
    "slack": as_slack,
}


def _card(body: list[dict[str, Any]]) -> dict[str, Any]:
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": content}],
    }


def _fitting(blocks: Iterable[dict[str, Any]], cut: dict[str, Any]) -> list[dict[str, Any]]:
    """Return as many blocks as Teams takes, and a word on those left out."""
    kept: list[dict[str, Any]] = []
    size = 0
    for block in blocks:
        size += len(json.dumps(block).encode())
        if size > TEAMS_LIMIT_BYTES:
            return [*kept, cut]
        kept.append(block)
    return kept


def _cut(mail: EmailMessage) -> str:
    """Return, in the mail's language, that there is more."""
    language = str(mail.get("Content-Language", ""))
    return say(language if language in LANGUAGES else SOURCE, CUT)


def _mail(message: Outgoing) -> EmailMessage:
    return message_from_bytes(message.body, policy=default)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if not isinstance(part, EmailMessage):
        raise TypeError(f"a mail without a {kind} part")
    content: str = part.get_content()
    return content


def _parts(text: str) -> list[str]:
    """Return the paragraphs of a mail, each of a length that every service shows."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", text)]
    return [
        piece.strip() for part in paragraphs for piece in _pieces(part.strip()) if piece.strip()
    ]


def _pieces(text: str) -> list[str]:
    """Return a paragraph in pieces, cut between lines where it is long."""
    most = SLACK_TEXT // 2  # what is escaped grows
    pieces = [""]
    for line in map(str.strip, text.splitlines()):
        if _RULER.fullmatch(line):
            continue
        if pieces[-1] and len(pieces[-1]) + len(line) > most:
            pieces.append("")
        pieces[-1] += shorten(line, most) + "\n"
    return pieces


def _teams_text(text: str) -> str:
    r"""Return text as Teams shows it: no markup of its own, links as links.

    >>> _teams_text("a *b* https://example.org/x")
    'a \\*b\\* [https://example.org/x](https://example.org/x)'
    """
    return _linked(text, _teams_plain, lambda url: f"[{url}]({_safe_in_brackets(url)})")


def _teams_plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text).replace("\n", "\n\n")


def _safe_in_brackets(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")


def _slack_text(text: str) -> str:
    """Return text as Slack shows it: nobody is called by it, links are links.

    >>> _slack_text("R&D <!channel> https://example.org/x")
    'R&amp;D &lt;!channel&gt; <https://example.org/x>'
    """
    return _linked(text, _slack_plain, lambda url: f"<{_slack_escaped(url)}>")


def _slack_plain(text: str) -> str:
    return _slack_escaped(_CALLS_ALL.sub("@\u2060", text))


def _slack_escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _linked(text: str, plain: Callable[[str], str], link: Callable[[str], str]) -> str:
    """Return text with its links written by ``link``, all else by ``plain``."""
    done, at = [], 0
    for found in _URL.finditer(text):
        done += [plain(text[at : found.start()]), link(found[0])]
        at = found.end()
    return "".join([*done, plain(text[at:])])
