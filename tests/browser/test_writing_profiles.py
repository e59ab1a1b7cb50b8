"""Profiles are written with the matcher at hand, with scripts and without."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from store.db import session_scope
from store.models import Profile
from store.profiles import all_profiles
from tests.browser.conftest import OpenTab
from tests.browser.installation import Installation
from tests.browser.reading import sign_in_by_mail
from tests.browser.sights import ADVISER

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

GRIDS = "We study batteries, hydrogen and power grids, and how they store energy for ships at sea."


def versions(site: Installation) -> dict[str, int]:
    with session_scope(site.engine) as session:
        return {profile.slug: profile.version for profile in all_profiles(session)}


def test_what_a_draft_would_bring_is_shown_as_one_types(page: Page, site: Installation) -> None:
    sign_in_by_mail(page, site, ADVISER)
    before = versions(site)
    page.goto("/profiles/new")
    expect(page.locator("#brought")).to_be_visible()
    page.get_by_label("What the group works on").fill(GRIDS)
    expect(page.locator("#preview .expected li").first).to_be_visible()
    expect(page.locator("#preview .hints")).to_contain_text("The description has 16 words.")
    assert page.url.endswith("/profiles/new")
    assert versions(site) == before


def test_a_profile_is_previewed_and_saved_without_scripts(
    open_tab: OpenTab, site: Installation
) -> None:
    page = open_tab(base_url=site.url, java_script_enabled=False)
    sign_in_by_mail(page, site, ADVISER)
    page.goto("/profiles/new")
    page.get_by_label("Short name").fill("storage")
    page.get_by_label("Name of the group").fill("Storage of energy")
    page.get_by_label("Department").select_option(index=1)
    page.get_by_label("What the group works on").fill(GRIDS)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview .expected li").first).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    with session_scope(site.engine) as session:
        made = session.scalars(select(Profile).where(Profile.slug == "storage")).one()
        assert (made.text, made.version) == (GRIDS, 1)
