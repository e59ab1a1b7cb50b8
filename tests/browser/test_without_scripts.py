"""Everything works in a browser that runs no script."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from store.db import session_scope
from store.models import Match, ReviewStatus, Subscriber, SubscriberState
from tests.browser.conftest import OpenTab
from tests.browser.installation import Installation
from tests.browser.reading import link_in, mail_to, open_search, sign_in_by_mail
from tests.browser.sights import ADVISER, READER

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


@pytest.fixture
def page(site: Installation, open_tab: OpenTab) -> Page:
    """Return a page of a browser that runs no script."""
    return open_tab(base_url=site.url, java_script_enabled=False)


def test_a_search_is_narrowed_down_and_a_topic_opened(page: Page) -> None:
    open_search(page)
    page.get_by_role("searchbox").fill("wind")
    page.get_by_role("button", name="Search").click()
    before = page.locator(".hits h2").count()
    facet = page.locator("nav.facets details", has_text="Type of action")
    if facet.get_attribute("open") is None:
        facet.locator("summary").click()
    facet.get_by_role("link").first.click()
    titles = page.locator(".hits h2").all_inner_texts()
    assert 0 < len(titles) < before
    page.get_by_role("link", name=titles[0], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])


def test_a_match_is_approved_one_rejected_and_that_undone(page: Page, site: Installation) -> None:
    sign_in_by_mail(page, site, ADVISER)
    page.locator(".match").first.get_by_role("button", name="Approve").click()
    expect(page.locator("#notice")).to_contain_text("1 match approved")
    card = page.locator(".match").first
    card.locator("summary").click()
    card.get_by_role("button", name="Off topic").click()
    expect(page.locator("#notice")).to_contain_text("1 match rejected")
    assert decided(site) == {ReviewStatus.APPROVED, ReviewStatus.REJECTED}
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notice")).to_be_visible()
    assert decided(site) == {ReviewStatus.APPROVED}


def decided(site: Installation) -> set[ReviewStatus]:
    with session_scope(site.engine) as session:
        return set(session.scalars(select(Match.review_status))) - {ReviewStatus.PENDING}


def test_several_matches_are_approved_at_once(page: Page, site: Installation) -> None:
    sign_in_by_mail(page, site, ADVISER)
    for card in page.locator(".match").all()[:3]:
        card.get_by_role("checkbox").check()
    page.locator(".bulk summary").click()
    page.locator(".bulk").get_by_role("button", name="Approve").click()
    expect(page.locator("#notice")).to_contain_text("3 matches approved")


def test_somebody_subscribes_and_confirms(page: Page, site: Installation) -> None:
    page.goto("/subscribe")
    page.get_by_label("Mail address").fill(READER)
    page.locator("input[name=profile]").first.check()
    page.get_by_role("button", name="Show how many calls this would be").click()
    expect(page.get_by_role("status")).to_contain_text("now.")
    expect(page.get_by_label("Mail address")).to_have_value(READER)
    page.get_by_role("button", name="Subscribe", exact=True).click()
    page.goto(link_in(mail_to(site, READER), site, "/confirm/"))
    page.get_by_role("button", name="Yes, send them to me").click()
    expect(page.get_by_role("status")).to_contain_text("Confirmed.")
    with session_scope(site.engine) as session:
        state = select(Subscriber.state).where(Subscriber.address == READER)
        assert session.scalars(state).one() is SubscriberState.ACTIVE
