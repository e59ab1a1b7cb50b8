"""What people do between two pages: read their mail, and sign in by it."""

import re
import time
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation

PATIENCE_SECONDS = 20


def mail_to(site: Installation, address: str, before: int = 0) -> EmailMessage:
    """Return the newest mail to ``address``, once one has arrived after those ``before``."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = [mail for mail in site.mails[before:] if mail["To"] == address]
        if found:
            return found[-1]
        time.sleep(0.05)
    raise AssertionError("no mail arrived")


def words_of(mail: EmailMessage) -> str:
    """Return what a mail says, its lines joined."""
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def link_in(mail: EmailMessage, site: Installation, path: str) -> str:
    """Return the one link in a mail that leads to a page of ours below ``path``."""
    found = set(re.findall(rf"{site.url}({path}[\w./-]*)", words_of(mail)))
    assert len(found) == 1, found
    return str(found.pop())


def sign_in_by_mail(page: Page, site: Installation, address: str, onward: str = "/desk") -> None:
    """Ask for a page, and come to it by a link in a mail and a button."""
    page.goto(onward)
    before = len(site.mails)
    page.get_by_label("Mail address").fill(address)
    page.get_by_role("main").get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.goto(link_in(mail_to(site, address, before), site, "/login/link/"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{onward}")
