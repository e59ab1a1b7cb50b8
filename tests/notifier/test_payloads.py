"""What Teams and Slack are posted."""

import json
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import WebhookFormat
from notifier.channels import Outgoing
from notifier.channels.payloads import (
    CUT,
    SHAPES,
    SLACK_BLOCKS,
    SLACK_TEXT,
    TEAMS_LIMIT_BYTES,
    payload,
)

TEXT = """EU FUNDING FOR YOU
1 new - 20 May 2026

* Robots *at* sea & <!channel> [x](javascript:alert(1))
  Deadline: Tuesday 15 September 2026
  https://ec.europa.eu/topic?a=1&b=(2)

@everyone look
"""


def outgoing(
    text: str = TEXT, subject: str = "1 new: Robots", language: str | None = None
) -> Outgoing:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail.set_content(text)
    mail.add_alternative("<p>x</p>", subtype="html")
    if language:
        mail["Content-Language"] = language
    at = datetime(2026, 5, 20, tzinfo=UTC)
    return Outgoing(1, 2, "reader@example.org", "<1@example.org>", at, bytes(mail))


def posted(shape: WebhookFormat, text: str = TEXT, subject: str = "1 new: Robots") -> Any:
    return json.loads(payload(outgoing(text, subject), shape))


def test_teams_is_given_an_adaptive_card() -> None:
    document = posted("teams")
    assert document["type"] == "message"
    (attachment,) = document["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"TextBlock"}
    assert all(block["wrap"] for block in card["body"])
    assert card["body"][0]["text"] == "1 new: Robots"


def test_foreign_text_is_no_markup_in_teams_and_links_are_links() -> None:
    blocks = posted("teams")["attachments"][0]["content"]["body"]
    text = "\n".join(block["text"] for block in blocks)
    assert r"\* Robots \*at\* sea" in text
    assert r"\[x\]\(javascript" in text
    address = "https://ec.europa.eu/topic?a=1&b=(2)"
    assert f"[{address}](https://ec.europa.eu/topic?a=1&b=%282%29)" in text


@pytest.mark.parametrize("shape", ["teams", "slack"])
def test_what_only_plain_text_needs_is_left_out(shape: WebhookFormat) -> None:
    body = payload(outgoing("NEW FOR YOU\n===========\n\n* One\n    Fits\n\n--\nStop"), shape)
    assert b"==" not in body
    assert b"--" not in body
    assert b"    " not in body
    assert b"Stop" in body


def test_slack_is_given_text_and_blocks() -> None:
    document = posted("slack")
    assert document["text"] == "1 new: Robots"
    heading, *sections = document["blocks"]
    text = {"type": "plain_text", "text": "1 new: Robots", "emoji": False}
    assert heading == {"type": "header", "text": text}
    assert {one["type"] for one in sections} == {"section"}
    assert {one["text"]["type"] for one in sections} == {"mrkdwn"}


def test_nobody_is_called_by_foreign_text_in_slack_and_links_are_links() -> None:
    text = "\n".join(block["text"]["text"] for block in posted("slack")["blocks"])
    assert "sea &amp; &lt;!channel&gt;" in text
    assert "@everyone" not in text
    assert "<https://ec.europa.eu/topic?a=1&amp;b=(2)>" in text


@pytest.mark.parametrize("shape", ["teams", "slack"])
def test_nothing_names_the_reader_where_others_read_along(shape: WebhookFormat) -> None:
    assert b"reader@example.org" not in payload(outgoing(), shape)


@pytest.mark.parametrize("shape", ["teams", "slack"])
@pytest.mark.parametrize(
    ("language", "said"),
    [(None, CUT), ("en", CUT), ("xx", CUT), ("nb", "Resten kommer i en senere")],
)
def test_what_is_too_long_is_cut_and_says_so(
    shape: WebhookFormat, language: str | None, said: str
) -> None:
    text = "\n\n".join(f"Entry {n}\n" + "word " * 100 for n in range(100))
    body = payload(outgoing(text, language=language), shape)
    assert said.encode() in body
    assert b"Entry 0" in body
    assert b"Entry 99" not in body


@given(st.text(min_size=1, max_size=4_000), st.text(st.characters(codec="utf-8"), max_size=200))
def test_every_text_keeps_within_what_the_services_take(text: str, subject: str) -> None:
    text = re.sub(r"[\ud800-\udfff]", "", text) + " @channel\n\n" + "long line " * 900
    subject = " ".join("".join(c for c in subject if c.isprintable()).split())
    body = payload(outgoing(text, subject), "teams")
    assert len(body) < TEAMS_LIMIT_BYTES + 4_000
    blocks = posted("slack", text, subject)["blocks"]
    assert len(blocks) <= SLACK_BLOCKS
    for block in blocks[1:]:
        assert 0 < len(block["text"]["text"]) <= SLACK_TEXT + 100
        assert "@channel" not in block["text"]["text"]


def test_every_format_has_a_shape() -> None:
    assert set(SHAPES) == {"json", "teams", "slack"}
