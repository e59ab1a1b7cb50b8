"""What people do between two pages: wait, read their mail, and sign in by it."""

import re
import time
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation

PATIENCE_SECONDS = 60


def open_search(page: Page) -> None:
    """Open the search, once it has read the texts: after a start it knows titles alone."""
    until = time.monotonic() + PATIENCE_SECONDS
    page.goto("/opportunities")
    while page.get_by_text("only titles are searched").count():
        assert time.monotonic() < until, "the texts are not read"
        time.sleep(0.2)
        page.reload()


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
    """Return the link in a mail to a page of ours below ``path``; others only go on from there."""
    found = links_in(mail, site, path)
    shortest = min(found, key=len)
    assert all(one.startswith(shortest) for one in found), found
    return shortest


def links_in(mail: EmailMessage, site: Installation, path: str) -> set[str]:
    """Return the links in a mail to pages of ours whose address fits the expression ``path``."""
    return {str(one) for one in re.findall(rf"{site.url}({path}[\w./-]*)", words_of(mail))}


def calls_in(mail: EmailMessage, site: Installation) -> set[int]:
    """Return which opportunities a mail tells: at each is a link to say what one thinks of it."""
    links = links_in(mail, site, r"/manage/[\w.-]+/words/")
    return {int(link.rpartition("/")[2]) for link in links}


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
