"""Signing in at a provider of OpenID Connect, who may see what, and signing out."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenTab
from tests.browser.installation import Installation
from tests.browser.reading import sign_in_by_mail
from tests.browser.sights import ADVISER

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

CONTACT = "contact@example.org"


def test_from_the_button_over_the_provider_to_the_page_that_was_asked_for(
    page: Page, site: Installation
) -> None:
    site.provider.told = {"email": ADVISER, "email_verified": True}
    page.goto("/desk")
    page.get_by_role("link", name="Sign in with Feide").click()
    page.wait_for_url("**/desk")
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("main")).to_contain_text(ADVISER)
    expect(page.get_by_role("main")).to_contain_text("Adviser")


def test_who_has_no_account_is_told_so(page: Page, site: Installation) -> None:
    site.provider.told = {"email": "nobody@example.org", "email_verified": True}
    page.goto("/login")
    page.get_by_role("link", name="Sign in with Feide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have no account here")


def test_a_contact_sees_the_matches_of_their_departments_alone(
    page: Page, site: Installation
) -> None:
    sign_in_by_mail(page, site, CONTACT)
    page.goto("/desk/policies")
    shown = page.get_by_role("main")
    expect(shown).to_contain_text("Ocean structures and offshore wind")
    expect(shown).not_to_contain_text("Department of Teacher Education")


def test_signed_out_everywhere_is_signed_out_at_the_other_browser_too(
    page: Page, site: Installation, open_tab: OpenTab
) -> None:
    other = open_tab(base_url=site.url)
    for one in (page, other):
        sign_in_by_mail(one, site, ADVISER)
    page.goto("/account")
    page.get_by_role("button", name="Sign out everywhere").click()
    for one in (page, other):
        one.goto("/desk")
        expect(one.get_by_role("heading", level=1)).to_have_text("Sign in")
