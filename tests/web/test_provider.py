"""Signing in at a provider of OpenID Connect, which is a real server."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from pydantic import AnyHttpUrl, SecretStr
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.settings import Settings
from jobs.correspondence import correspondence_of
from store.models import Identity, SignIn
from tests.web.browser import Browser, check_page
from tests.web.conftest import SITE, Clock, Mailbox, contents, link_in
from tests.web.openid_server import CLIENT, SECRET, Provider, providing
from web.app import create_app

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

ADVISER = "adviser@example.org"
PROVEN = {"email": ADVISER, "email_verified": True}


@pytest.fixture(scope="session")
def provider_key() -> RSAKey:
    """Return the key of the provider; to make one takes long."""
    return RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture
def provider(clock: Clock, provider_key: RSAKey) -> Iterator[Provider]:
    with providing(Provider(clock.now, key=provider_key, told=dict(PROVEN))) as found:
        yield found


@pytest.fixture
def settings_of_both(staffed: Settings, provider: Provider) -> Settings:
    return staffed.model_copy(
        update={
            "oidc_issuer": AnyHttpUrl(provider.issuer),
            "oidc_name": "Feide",
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
        }
    )


@pytest.fixture
def client(engine: Engine, settings_of_both: Settings, clock: Clock, key: str) -> TestClient:
    assert key
    letters = correspondence_of(settings_of_both, engine, clock)
    return TestClient(create_app(settings_of_both, engine, clock, None, letters), base_url=SITE)


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


def go(browser: Browser, onward: str = "") -> str:
    """Go to the provider and sign in there, and return the way back."""
    browser.open(f"/login?next={onward}" if onward else "/login")
    assert "Sign in with Feide" in browser.answer.text
    query = f"?next={onward}" if onward else ""
    sent = browser.client.get(f"/login/provider{query}", follow_redirects=False)
    assert sent.status_code == 303
    back = httpx2.get(sent.headers["location"]).headers["location"]
    assert back.startswith(f"{SITE}/login/provider/back?")
    return str(back)


def come_back(browser: Browser, onward: str = "") -> httpx2.Response:
    return browser.open(go(browser, onward))


def test_from_the_button_to_the_account(browser: Browser, session: Session) -> None:
    back = go(browser)
    check_page(browser)
    answer = browser.client.get(back, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert ADVISER in browser.open("/account").text
    assert session.scalars(select(Identity)).all() == []
    assert 'callwatch-attempt=""' in answer.headers["set-cookie"]


def test_the_person_is_sent_with_a_challenge_a_state_and_a_nonce(browser: Browser) -> None:
    sent = [browser.client.get("/login/provider", follow_redirects=False) for _ in range(2)]
    queries = [parse_qs(urlsplit(answer.headers["location"]).query) for answer in sent]
    for query in queries:
        assert query["response_type"] == ["code"]
        assert query["code_challenge_method"] == ["S256"]
        assert query["scope"] == ["openid email"]
        assert query["redirect_uri"] == [f"{SITE}/login/provider/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]
        assert len(queries[0][name][0]) >= 32


def test_the_page_that_was_asked_for_is_shown_after_the_provider(browser: Browser) -> None:
    assert come_back(browser, "/health").url == f"{SITE}/health"


def test_an_address_in_the_id_token_needs_no_further_question(
    browser: Browser, provider: Provider
) -> None:
    provider.claims = dict(PROVEN)
    provider.told = {}
    assert ADVISER in come_back(browser).text
    assert "/person" not in provider.asked


def test_who_has_no_account_is_told_so(browser: Browser, provider: Provider) -> None:
    provider.told["email"] = "nobody@example.org"
    answer = come_back(browser)
    assert (answer.status_code, "You have no account here" in answer.text) == (403, True)


OTHER = RSAKey.generate_key(2048, {"kid": "one"})
FAULTS: dict[str, dict[str, object]] = {
    "another issuer": {"claims": {"iss": "https://elsewhere.example.org"}},
    "for another client": {"claims": {"aud": "somebody-else"}},
    "for two, and not for us first": {"claims": {"aud": [CLIENT, "other"], "azp": "other"}},
    "another nonce": {"claims": {"nonce": "of somebody else"}},
    "no nonce": {"claims": {"nonce": None}},
    "no end": {"claims": {"exp": None}},
    "no person": {"claims": {"sub": None}},
    "no client": {"claims": {"aud": None}},
    "ended": {"claims": {"exp": 1_000_000_000}},
    "an access token of somebody else": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "signed by somebody else": {"signs_with": OTHER},
    "told of somebody else": {"told": {**PROVEN, "sub": "8"}},
    "no address": {"told": {}},
    "an address that is none": {"told": {"email": "adviser", "email_verified": True}},
    "it says that it is another one": {"discovery": {"issuer": "https://elsewhere.example.org"}},
    "the person said no": {"error": "access_denied"},
    "back from another provider": {"extra": {"iss": "https://elsewhere.example.org"}},
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_a_word_that_cannot_be_trusted_lets_nobody_in(
    browser: Browser, provider: Provider, session: Session, fault: str
) -> None:
    before = dict(provider.discovery)
    for name, value in FAULTS[fault].items():
        if name != "discovery":
            setattr(provider, name, value)
    back = go(browser)
    provider.discovery = {**before, **FAULTS[fault].get("discovery", {})}  # type: ignore[dict-item]  # a table of several types
    answer = browser.open(back)
    assert answer.status_code == 502
    assert "Signing in did not work" in answer.text
    check_page(browser)
    assert session.scalars(select(SignIn)).all() == []


def test_the_way_back_works_once_and_only_where_it_began(browser: Browser, engine: Engine) -> None:
    back = go(browser)
    elsewhere = Browser(TestClient(browser.client.app, base_url=SITE))
    before = contents(engine)["sign_in"]
    assert elsewhere.open(back).status_code == 502
    go(elsewhere)
    assert elsewhere.open(back).status_code == 502, "a state of somebody else's"
    assert contents(engine)["sign_in"] == before
    assert browser.open(back).status_code == 200
    assert browser.open(back).status_code == 502


def test_the_way_back_is_open_for_a_quarter_of_an_hour(browser: Browser, clock: Clock) -> None:
    back = go(browser)
    clock.now += timedelta(minutes=15)
    assert browser.open(back).status_code == 502


def test_a_provider_that_does_not_answer_is_one_friendly_page(
    browser: Browser, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.discovery = {"token_endpoint": None}
    with caplog.at_level(logging.WARNING):
        answer = browser.open("/login/provider")
    assert (answer.status_code, "Signing in did not work" in answer.text) == (502, True)
    (line,) = (record for record in caplog.records if record.name == "web.closed_doors")
    assert vars(line)["reason"] == "the provider cannot be asked"
    assert vars(line)["cause"] == "ValidationError"


def test_an_address_that_the_provider_does_not_vouch_for_is_proven_by_mail_once(
    browser: Browser, provider: Provider, mailbox: Mailbox, session: Session
) -> None:
    provider.told["email_verified"] = False
    assert "Check your mail" in come_back(browser).text
    assert browser.open("/account").url == f"{SITE}/login?next=%2Faccount"
    browser.open(link_in(mailbox()[0]))
    assert ADVISER in browser.press().text
    assert [one.subject for one in session.scalars(select(Identity))] == ["7"]
    again = Browser(TestClient(browser.client.app, base_url=SITE))
    assert ADVISER in come_back(again).text
    assert len(mailbox()) == 1


def test_a_link_that_is_opened_at_another_browser_ties_nobody_to_the_address(
    browser: Browser, provider: Provider, mailbox: Mailbox, session: Session
) -> None:
    provider.told["email_verified"] = False
    come_back(browser)
    victim = Browser(TestClient(browser.client.app, base_url=SITE))
    victim.open(link_in(mailbox()[0]))
    assert ADVISER in victim.press().text
    assert session.scalars(select(Identity)).all() == []
    assert "Check your mail" in come_back(browser).text


def test_who_is_known_with_another_address_proves_the_new_one(
    browser: Browser, provider: Provider, mailbox: Mailbox
) -> None:
    provider.told["email_verified"] = False
    come_back(browser)
    browser.open(link_in(mailbox()[0]))
    browser.press()
    provider.told["email"] = "administrator@example.org"
    other = Browser(TestClient(browser.client.app, base_url=SITE))
    assert "Check your mail" in come_back(other).text
    assert mailbox()[1]["To"] == "administrator@example.org"


def test_where_no_mail_can_be_sent_an_unproven_address_is_refused(
    provider: Provider, settings_of_both: Settings, engine: Engine, clock: Clock, key: str
) -> None:
    assert key
    provider.told["email_verified"] = False
    app = create_app(settings_of_both, engine, clock)
    answer = come_back(Browser(TestClient(app, base_url=SITE)))
    assert answer.status_code == 403
    assert "does not say that the address is yours" in answer.text
