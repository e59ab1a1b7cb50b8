from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import AnyHttpUrl

from config.errors import ConfigurationError
from notifier.digest import CAP, Digest, Reader, compose
from notifier.message import Envelope, read_sender, stop_link, write_message
from notifier.render import Links, Rendered, render, render_fitting
from store.digests import Ledger, Told
from store.matches import BY_RULE
from store.models import Basis, Cadence, Match, Purpose, Status
from tests.notifier.conftest import World

HOSTILE = 'Bad"</title><script>alert(1)</script>\r\nBcc: a@b.org\r\n\r\n<img src=x>{{ 7*7 }}'
PUBLIC = AnyHttpUrl("https://callwatch.ntnu.no/")


class Reader5(HTMLParser):
    """Collects tags and links, and whether what was opened is closed."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read_html(html: str) -> Reader5:
    reader = Reader5()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def digest_of(matches: list[Match], now: datetime, known: Ledger | None = None) -> Digest:
    reader = Reader(1, "en", ZoneInfo("Europe/Oslo"))
    digest = compose(matches, known or Ledger({}, frozenset(), {}), reader, Cadence.WEEKLY, now)
    assert digest is not None
    return digest


def mail_of(rendered: Rendered, now: datetime, public: AnyHttpUrl | None = PUBLIC) -> EmailMessage:
    sender = read_sender("Callwatch <callwatch@ntnu.no>", public)
    envelope = Envelope(7, "reader@example.org", Purpose.DIGEST, "run4", "weekly|1", "tok.en")
    written = write_message(rendered, sender, envelope, now)
    parsed = message_from_bytes(written, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content())


@pytest.fixture
def rendered(world: World, now: datetime) -> Rendered:
    profile = world.profile()
    titles = ("Robots at sea", "Øl & måleri for Ελλάδα")
    return render(
        digest_of([world.match(profile, world.opportunity(t)) for t in titles], now),
        Links("https://callwatch.ntnu.no/stop/tok.en"),
    )


def test_the_subject_says_the_substance_first(world: World, now: datetime) -> None:
    profile = world.profile()
    rows = [world.opportunity(f"Title {n}") for n in range(3)]
    rows.append(world.opportunity("Later", status=Status.FORTHCOMING))
    found = render(digest_of([world.match(profile, row) for row in rows], now), Links(""))
    assert found.subject == "3 new, 1 opening soon: Title 0"


def test_the_headers_are_those_of_a_careful_sender(rendered: Rendered, now: datetime) -> None:
    mail = mail_of(rendered, now)
    assert mail["From"] == "Callwatch <callwatch@ntnu.no>"
    assert mail["To"] == "reader@example.org"
    assert mail["Date"] == "Wed, 20 May 2026 06:00:00 +0000"
    assert mail["Message-ID"].startswith("<digest.run4.7.")
    assert mail["Message-ID"].endswith("@ntnu.no>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "Callwatch digests <digest.callwatch.ntnu.no>"
    assert mail["List-Unsubscribe"] == (
        "<https://callwatch.ntnu.no/stop/tok.en>, <mailto:callwatch@ntnu.no?subject=stop>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Feedback-ID"] == "run4:digest:callwatch:ntnu.no"
    assert mail["Precedence"] is None
    assert mail.get_content_type() == "multipart/alternative"


def test_links_for_machines_are_written_as_they_are(rendered: Rendered, now: datetime) -> None:
    sender = read_sender("a@b.no", AnyHttpUrl("https://callwatch.department.university.example"))
    envelope = Envelope(7, "reader@example.org", Purpose.DIGEST, "run4", "weekly|1", "t" * 70)
    written = write_message(rendered, sender, envelope, now)
    link = f"List-Unsubscribe: <https://callwatch.department.university.example/stop/{'t' * 70}>,"
    assert f"{link}\r\n <mailto:a@b.no?subject=stop>\r\n".encode() in written


def test_without_a_public_address_a_mail_stops_the_mails(rendered: Rendered, now: datetime) -> None:
    mail = mail_of(rendered, now, None)
    assert mail["List-Unsubscribe"] == "<mailto:callwatch@ntnu.no?subject=stop>"
    assert mail["List-Unsubscribe-Post"] is None


def test_one_click_is_offered_over_https_only(rendered: Rendered, now: datetime) -> None:
    mail = mail_of(rendered, now, AnyHttpUrl("http://localhost:8000"))
    assert mail["List-Unsubscribe"].startswith("<http://localhost:8000/stop/tok.en>")
    assert mail["List-Unsubscribe-Post"] is None


def test_the_same_mail_is_written_with_the_same_bytes(rendered: Rendered, now: datetime) -> None:
    assert bytes(mail_of(rendered, now)) == bytes(mail_of(rendered, now))


def test_every_line_of_the_mail_is_short_ascii(rendered: Rendered, now: datetime) -> None:
    lines = bytes(mail_of(rendered, now)).splitlines()
    assert max(map(len, lines)) <= 300
    assert all(line.isascii() for line in lines)


def test_the_text_part_holds_every_title_and_link(world: World, now: datetime) -> None:
    profile = world.profile()
    rows = [world.opportunity(title) for title in ("Robots at sea", "Øl & måleri for Ελλάδα")]
    found = render(
        digest_of([world.match(profile, row) for row in rows], now), Links("https://x/stop/t")
    )
    text = part(mail_of(found, now), "plain")
    assert all(row.title in text and row.url in text for row in rows)
    assert "https://x/stop/t" in text
    assert "Source: European Union, Funding & Tenders Portal; texts shortened" in text


def test_hostile_text_is_harmless_everywhere(
    world: World, now: datetime, make_reason: Callable[..., dict[str, Any]]
) -> None:
    profile = world.profile("Group <b>")
    row = world.opportunity(
        HOSTILE,
        topic_id=HOSTILE,
        url="javascript:alert(1)",
        action_types=["X"],
        action_labels=[HOSTILE],
    )
    reasons = [make_reason(HOSTILE, facet=HOSTILE, terms=["<script>", "alert"])]
    mail = mail_of(
        render(digest_of([world.match(profile, row, reasons=reasons)], now), Links("")), now
    )
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    html = part(mail, "html")
    found = read_html(html)
    assert found.tags.isdisjoint({"script", "img", "iframe", "object", "form"})
    assert not any(name.startswith("on") for name in found.attributes)
    assert "javascript:" not in html + part(mail, "plain")
    assert "49" not in part(mail, "plain")
    assert "&lt;<mark" in html or "<mark" in html


def test_html_is_whole_and_links_only_to_web_pages_and_mail(
    rendered: Rendered, now: datetime
) -> None:
    found = read_html(part(mail_of(rendered, now), "html"))
    assert all(link.startswith(("https://", "http://", "mailto:")) for link in found.links)
    assert len(found.links) == 3
    assert {"h1", "h2", "h3", "mark"} <= found.tags
    assert "img" not in found.tags


def test_html_keeps_what_depends_on_the_screen_and_inlines_the_rest(rendered: Rendered) -> None:
    assert "prefers-color-scheme" in rendered.html
    assert "max-width: 480px" in rendered.html
    assert '<html lang="en">' in rendered.html
    assert 'style="' in rendered.html


def test_the_fullest_digest_stays_below_the_size_at_which_mail_is_clipped(
    world: World, now: datetime, make_reason: Callable[..., dict[str, Any]]
) -> None:
    profiles = [world.profile("Søkemotorer og språkmodeller for offentlig sektor " * 3)] + [
        world.profile(f"Group {n}") for n in range(4)
    ]
    reasons = [make_reason("å grid of words " * 60, facet="facet " * 30, terms=["grid"])] * 3
    matches = []
    for heading in range(4):
        status = Status.FORTHCOMING if heading == 3 else Status.OPEN
        for n in range(CAP + 1):
            row = world.opportunity(f"{heading}-{n} " + "long title " * 40, status=status)
            if heading == 2:
                row.cutoffs[0].deadline = now.replace(day=30)
                row.cutoffs[0].day = row.cutoffs[0].deadline.date()
            matches += [world.match(profile, row, reasons=reasons) for profile in profiles]
    first = [m.opportunity_id for m in matches[: (CAP + 1) * len(profiles)]]
    known = Ledger({number: Told("old", now) for number in first}, frozenset(), {})
    digest = digest_of(matches, now, known)
    assert len(digest.entries) == 4 * CAP
    fitting, rendered = render_fitting(digest, Links("https://callwatch.ntnu.no/stop/" + "t" * 60))
    assert len(rendered.html.encode()) < 100_000
    assert len(fitting.sections) == 4
    assert all(len(s.entries) + s.more == CAP + 1 for s in fitting.sections)
    assert len(fitting.entries) >= 8


@pytest.mark.parametrize("text", ["", "nobody", "a@b\r\nBcc: c@d", "a b@c.no, d@e.no"])
def test_a_sender_that_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="CALLWATCH_MAIL_FROM"):
        read_sender(text, None)


def test_the_stop_link_is_the_page_or_a_mail() -> None:
    with_page = read_sender("a@b.no", AnyHttpUrl("https://x.no/watch/"))
    assert stop_link(with_page, "t") == "https://x.no/watch/stop/t"
    assert stop_link(read_sender("a@b.no", None), "t") == "mailto:a@b.no?subject=stop"


def test_what_a_rule_chose_is_told_apart_and_not_as_a_quotation(
    world: World, now: datetime, make_reason: Callable[..., dict[str, Any]]
) -> None:
    said = "You named the action type ERC; ERC Advanced Grants are for established leaders."
    ruled = world.match(
        world.profile(), world.opportunity("ERC ADVANCED GRANTS"), basis=Basis.RULE, band=BY_RULE,
        reasons=[make_reason(said, facet="action type", terms=[])],
    )  # fmt: skip
    found = render(digest_of([ruled], now), Links(""))
    assert found.subject == "1 open to any subject: ERC ADVANCED GRANTS"
    assert "OPEN TO ANY SUBJECT\n" in found.text
    assert f"For Ocean Robotics:\n    {said[:40]}" in found.text
    assert f'"{said[:40]}' not in found.text
    assert "Open to any subject</h2>" in found.html
    assert "match)" not in found.html + found.text
