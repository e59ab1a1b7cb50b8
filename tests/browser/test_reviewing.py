"""An adviser's way: signed in by a mailed link, through the queue by keyboard, to the digest."""

import time
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.db import session_scope
from store.models import Cadence, Match, Opportunity, Profile, ReviewStatus
from store.subscribers import Signup, subscribe
from tests.browser.conftest import OpenTab
from tests.browser.installation import Installation
from tests.browser.reading import PATIENCE_SECONDS, calls_in, mail_to, sign_in_by_mail, words_of
from tests.browser.sights import ADVISER

# aiosmtpd 1.4.6 was written for older Pythons; the names it uses still work
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

MATCHES = 50
OTHER = "administrator@example.org"
KEYS = {ReviewStatus.APPROVED: ("a",), ReviewStatus.REJECTED: ("r", "1")}
"""Rejected as the first of the reasons says."""


def statuses(site: Installation) -> dict[int, ReviewStatus]:
    with session_scope(site.engine) as session:
        rows = session.execute(select(Match.id, Match.review_status))
        return dict(rows.all())


def review(page: Page, number_of_acts: int) -> dict[int, ReviewStatus]:
    """Go through the queue with nothing but keys; return what was decided of which match."""
    decided: dict[int, ReviewStatus] = {}
    page.keyboard.press("j")
    for number in range(number_of_acts):
        match = page.locator(".match.current").get_attribute("data-match")
        assert match is not None
        status = ReviewStatus.REJECTED if number % 3 == 2 else ReviewStatus.APPROVED
        for key in KEYS[status]:
            page.keyboard.press(key)
        expect(page.locator(f"#match-{match}")).to_be_hidden()
        decided[int(match)] = status
    return decided


def wait_for(site: Installation, decided: dict[int, ReviewStatus]) -> None:
    """Wait until the store has what the keys said: the page is ahead of it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not decided.items() <= statuses(site).items():
        assert time.monotonic() < until, "an act did not reach the store"
        time.sleep(0.05)


def test_fifty_matches_by_keyboard_and_the_digests_tell_only_the_approved(
    page: Page, site: Installation
) -> None:
    with session_scope(site.engine) as session:
        for profile in session.scalars(select(Profile)):
            follow(session, profile, site.clock.now)
    sign_in_by_mail(page, site, ADVISER)
    decided = review(page, MATCHES)
    assert len(decided) == MATCHES
    wait_for(site, decided)
    site.send_digests()
    told = {(mail["To"], call) for mail in site.mails for call in calls_in(mail, site)}
    with session_scope(site.engine) as session:
        approved = {
            (reader_of(match.profile), match.opportunity_id)
            for match in session.scalars(select(Match))
            if decided.get(match.id) is ReviewStatus.APPROVED
        }
    assert told
    assert told <= approved


def reader_of(profile: Profile) -> str:
    return f"{profile.slug}@example.org"


def follow(session: Session, profile: Profile, now: datetime) -> None:
    """Let a group have a reader."""
    address, zone = reader_of(profile), "Europe/Oslo"
    subscribe(session, Signup(address, profile.slug, Cadence.WEEKLY, "en", zone, "the tests"), now)


def test_the_keyboard_ticks_undoes_and_helps(page: Page, site: Installation) -> None:
    sign_in_by_mail(page, site, ADVISER)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".match.current input[name=match]")).to_be_checked()
    match = page.locator(".match.current").get_attribute("data-match") or ""
    page.keyboard.press("a")
    wait_for(site, {int(match): ReviewStatus.APPROVED})
    expect(page.locator("#notice")).to_contain_text("approved")
    page.keyboard.press("u")
    wait_for(site, {int(match): ReviewStatus.PENDING})
    expect(page.locator(f"#match-{match}")).to_be_visible()


def test_keys_that_are_switched_off_decide_nothing(page: Page, site: Installation) -> None:
    sign_in_by_mail(page, site, ADVISER)
    before = statuses(site)
    page.get_by_role("button", name="Keyboard: ?").click()
    page.get_by_label("These keys act").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    for key in "ja?r1":
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".match.current")).to_have_count(0)
    assert statuses(site) == before


def test_of_two_advisers_the_second_is_told_and_nothing_is_overwritten(
    site: Installation, open_tab: OpenTab
) -> None:
    first, second = open_tab(base_url=site.url), open_tab(base_url=site.url)
    sign_in_by_mail(first, site, ADVISER)
    sign_in_by_mail(second, site, OTHER)
    for page in (first, second):
        page.keyboard.press("j")
    match = first.locator(".match.current").get_attribute("data-match") or ""
    assert second.locator(".match.current").get_attribute("data-match") == match
    first.keyboard.press("a")
    wait_for(site, {int(match): ReviewStatus.APPROVED})
    second.keyboard.press("r")
    second.keyboard.press("1")
    notice = second.locator("#notice")
    expect(notice).to_contain_text(f"now approved; {ADVISER}, approved")
    assert statuses(site)[int(match)] is ReviewStatus.APPROVED


def test_another_deadline_reopens_an_approval_and_nobody_is_told_until_it_is_approved_again(
    page: Page, site: Installation
) -> None:
    recording = site.recorded.recording
    with session_scope(site.engine) as session:
        moved = select(Match).join(Match.opportunity).where(Opportunity.topic_id == recording.moved)
        match = session.scalars(moved.order_by(Match.id)).first()
        assert match is not None
        follow(session, match.profile, site.clock.now)
        number, call, reader = match.id, match.opportunity_id, reader_of(match.profile)
    sign_in_by_mail(page, site, ADVISER, f"/desk/matches/{number}")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("approved")
    site.crawl_and_match()
    assert site.send_digests() == []
    sign_in_by_mail(page, site, ADVISER)
    page.goto("/desk?state=reopened")
    card = page.locator(f"#match-{number}")
    expect(card).to_contain_text("Reopened: it changed since it was approved.")
    for mark, day in zip(("del", "ins"), recording.deadlines, strict=True):
        expect(card.locator(mark).first).to_contain_text(day)
    card.get_by_role("button", name="Approve").click()
    wait_for(site, {number: ReviewStatus.APPROVED})
    site.send_digests()
    mail = mail_to(site, reader)
    assert calls_in(mail, site) == {call}
    assert recording.deadlines[1] in words_of(mail)
