"""A reader's way: from the form to the mail, the button, the digest, and out again."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from store.db import session_scope
from store.models import Feedback, Opportunity, Profile, Subscriber, SubscriberState, Verdict
from store.reviews import approve_all
from tests.browser.installation import Installation
from tests.browser.reading import link_in, links_in, mail_to, words_of
from tests.browser.sights import ADVISER, READER

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

GROUP = "ocean-structures"


def name_of(site: Installation, slug: str) -> str:
    with session_scope(site.engine) as session:
        return session.scalars(select(Profile.name).where(Profile.slug == slug)).one()


def state_of(site: Installation, address: str) -> SubscriberState:
    with session_scope(site.engine) as session:
        return session.scalars(select(Subscriber.state).where(Subscriber.address == address)).one()


def verdicts(site: Installation) -> list[Verdict]:
    with session_scope(site.engine) as session:
        return list(session.scalars(select(Feedback.verdict)))


def subscribe(page: Page, site: Installation) -> None:
    """Ask for the digests of a group, and confirm it."""
    page.goto("/subscribe")
    page.get_by_label("Mail address").fill(READER)
    page.get_by_label(name_of(site, GROUP)).check()
    page.get_by_role("button", name="Subscribe", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")
    page.goto(link_in(mail_to(site, READER), site, "/confirm/"))
    page.get_by_role("button", name="Yes, send them to me").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed.")


def digest_of(site: Installation) -> str:
    """Let an adviser approve everything and the next digest go out; return what it says."""
    with session_scope(site.engine) as session:
        approve_all(session, ADVISER, site.clock.now)
    (composed,) = site.send_digests()
    assert composed.items
    return words_of(mail_to(site, READER))


def test_from_the_form_to_the_digest(page: Page, site: Installation) -> None:
    subscribe(page, site)
    assert state_of(site, READER) is SubscriberState.ACTIVE
    said = digest_of(site)
    with session_scope(site.engine) as session:
        titles = session.scalars(select(Opportunity.title)).all()
    told = [title for title in titles if title in said]
    assert told
    page.goto(link_in(mail_to(site, READER), site, "/manage/"))
    page.get_by_role("link", name="Everything open for you").click()
    shown = page.frame_locator("iframe").locator("body")
    for title in told:
        expect(shown).to_contain_text(title)


def test_from_the_digest_to_a_word_on_a_call_and_back(page: Page, site: Installation) -> None:
    subscribe(page, site)
    digest_of(site)
    links = links_in(mail_to(site, READER), site, r"/manage/[\w.-]+/words/")
    page.goto(min(links))
    assert verdicts(site) == []
    page.get_by_role("button", name="Useful").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert set(verdicts(site)) == {Verdict.USEFUL}
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    assert verdicts(site) == []


def test_from_the_digest_to_the_stop(page: Page, site: Installation) -> None:
    subscribe(page, site)
    digest_of(site)
    page.goto(link_in(mail_to(site, READER), site, "/stop/"))
    assert state_of(site, READER) is SubscriberState.ACTIVE
    page.get_by_role("button", name="Stop the mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The mails have stopped")
    assert state_of(site, READER) is SubscriberState.STOPPED


def test_what_is_wrong_is_said_beside_the_field_and_nothing_entered_is_lost(page: Page) -> None:
    page.goto("/subscribe")
    page.get_by_label("Mail address").fill("nobody at all")
    page.get_by_label("How often").select_option("daily")
    page.get_by_role("button", name="Subscribe", exact=True).click()
    summary = page.locator(".summary")
    expect(summary).to_be_visible()
    expect(page.get_by_label("Mail address")).to_have_value("nobody at all")
    expect(page.get_by_label("How often")).to_have_value("daily")
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Mail address")).to_be_focused()


def test_a_reader_changes_the_language_of_pages_and_mails(page: Page, site: Installation) -> None:
    subscribe(page, site)
    page.get_by_label("Language").select_option("nb")
    page.get_by_role("button", name="Save day, hour and language").click()
    expect(page.locator("html")).to_have_attribute("lang", "nb")
    expect(page.get_by_role("heading", level=1)).to_have_text("Innstillingene dine")
    digest_of(site)
    assert "EU-MIDLER FOR DEG" in words_of(mail_to(site, READER))
